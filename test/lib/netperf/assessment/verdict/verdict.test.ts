import { expect, test } from 'vitest'
import type { FlowEvidence } from '../../../../../lib/netperf/assessment/verdict/flow-evidence.ts'
import { judgeFlow } from '../../../../../lib/netperf/assessment/verdict/verdict.ts'
import { GBIT, MBIT } from '../../netperf-run-example.ts'
import { testCase } from '../../test-case-example.ts'

const idle = { throttledSamples: 0, throttledShare: 0 }
const client = { side: 'client', ...idle } as const
const server = { side: 'server', ...idle } as const

function evidence(changes: Partial<FlowEvidence>): FlowEvidence {
  return {
    test: testCase(),
    tool: 'iperf 3.12',
    bitsPerSecond: GBIT,
    cv: 0.05,
    sender: { ...client, cores: 0.3 },
    receiver: { ...server, cores: 0.4 },
    lossShare: 0,
    lostPackets: 0,
    mssBytes: 1448,
    congestionControl: 'cubic',
    ...changes,
  }
}

const judge = (changes: Partial<FlowEvidence>) => judgeFlow(evidence(changes), 5)

test('nothing is full: the network, with the evidence beside it', () => {
  expect(judge({ rttSeconds: 0.001 })).toEqual({
    limit: 'network',
    text: 'network',
    evidence: [
      'sender used 0.3 cores',
      'receiver used 0.4 cores',
      'segments sent again: 0 (0%)',
      'round trip under load 1ms',
      'congestion control cubic',
      'samples differ by 5% (coefficient of variation)',
    ],
  })
})

test('a process that fills its core, of the two the fuller one: the figure is a floor', () => {
  const sender = judge({ sender: { ...client, cores: 0.95 }, receiver: { ...server, cores: 0.9 } })
  expect(sender).toMatchObject({ limit: 'sender-cpu', text: 'sender CPU (95% of one core)', isFloor: true })
  expect(sender.advice).toBe('--streams 4')
  const receiver = judge({ sender: { ...client, cores: 0.96 }, receiver: { ...server, cores: 0.98 } })
  expect(receiver).toMatchObject({ limit: 'receiver-cpu', text: 'receiver CPU (98% of one core)' })
  expect(judge({ sender: { ...client, cores: 0.94 } }).limit).toBe('network')
})

test.each([
  ['iperf 3.12', 4, 'forward', 0.97, 'sender-cpu'],
  ['iperf 3.15', 4, 'forward', 0.97, 'sender-cpu'],
  ['iperf 3.16', 4, 'forward', 0.97, 'network'],
  ['iperf 3.16', 4, 'forward', 3.9, 'sender-cpu'],
  ['iperf 3.21', 4, 'bidirectional', 3.9, 'network'],
  ['iperf 3.21', 4, 'bidirectional', 7.8, 'sender-cpu'],
  ['iperf 2.1.8', 4, 'forward', 0.97, 'network'],
  ['iperf 2.1.8', 4, 'forward', 3.9, 'sender-cpu'],
  ['netperf 2.7.1', 2, 'forward', 1.95, 'sender-cpu'],
] as const)('%s with %i streams (%s) that uses %f cores: %s', (tool, streams, direction, cores, limit) => {
  const verdict = judge({ tool, test: testCase({ streams, direction }), sender: { ...client, cores } })
  expect(verdict.limit).toBe(limit)
})

test('streams that share a thread get one each from a newer tool', () => {
  const verdict = judge({ test: testCase({ streams: 4 }), sender: { ...client, cores: 0.97 } })
  expect(verdict.advice).toContain('iperf3 3.16')
})

test('a process that waits for a core most of the time it does not run has none to itself', () => {
  const verdict = judge({ sender: { ...client, cores: 0.25, waitShare: 0.72 } })
  expect(verdict).toMatchObject({
    limit: 'sender-cpu',
    text: 'sender CPU (25% of one core, and waited for one 72% of the time)',
  })
  expect(verdict.advice).toBeUndefined()
})

test('a node without idle CPU limits traffic that takes part in filling it, unless the rate is flat', () => {
  const busy = {
    sender: { ...client, cores: 0.2, nodeBusy: 0.99 },
    receiver: { ...server, cores: 0.25, nodeBusy: 0.98 },
  }
  expect(judge(busy)).toMatchObject({ limit: 'receiver-cpu', text: 'receiver CPU (its node is 98% busy)' })
  expect(judge(busy).advice).toContain('--client-node')
  expect(judge({ ...busy, cv: 0.005 }).limit).toBe('network')
  // Somebody else fills the node.
  const light = {
    sender: { ...client, cores: 0.02, nodeBusy: 0.99 },
    receiver: { ...server, cores: 0.05, nodeBusy: 0.98 },
  }
  expect(judge(light).limit).toBe('network')
  const softirq = { receiver: { ...server, cores: 0.5, busiestCore: 0.99, nodeBusy: 0.2 } }
  expect(judge(softirq)).toMatchObject({ limit: 'receiver-cpu', text: 'receiver CPU (a core of its node is 99% busy)' })
})

test('throttling outranks a full core, where half of the samples have it', () => {
  const throttled = (throttledSamples: number, throttledShare: number) =>
    judge({ sender: { ...client, cores: 0.99, throttledSamples, throttledShare } }).limit
  expect(throttled(3, 0.2)).toBe('cpu-throttling')
  expect(throttled(2, 0.2)).toBe('sender-cpu')
  expect(throttled(5, 0.001)).toBe('sender-cpu')
})

test('a limit by annotation that is reached', () => {
  const limited = judge({ limitBitsPerSecond: 10 * MBIT, bitsPerSecond: 9.5 * MBIT, lossShare: 0.02, lostPackets: 100 })
  expect(limited).toMatchObject({ limit: 'bandwidth-limit', text: 'bandwidth annotation (10 Mbit/s)' })
  expect(judge({ limitBitsPerSecond: 10 * GBIT }).limit).toBe('network')
})

test('line rate only against a link speed, and not against one that is exceeded', () => {
  const link = (share: number) => judge({ link: { bitsPerSecond: GBIT, share }, lossShare: 0.01, lostPackets: 999 })
  expect(link(0.99)).toMatchObject({ limit: 'line-rate', text: 'line rate (99% of what 1 Gbit/s can carry)' })
  expect(link(1.02).limit).toBe('line-rate')
  expect(link(0.94).limit).not.toBe('line-rate')
  expect(link(17).limit).not.toBe('line-rate')
})

test('what is offered and arrives is limited by the offer; of UDP only where nearly nothing is lost', () => {
  const offered = { bitsPerSecond: 100 * MBIT, protocol: 'udp' } as const
  const udp = (bitsPerSecond: number, lossShare: number) =>
    judge({ test: testCase(offered), bitsPerSecond, lossShare, lostPackets: lossShare * 1e6 })
  expect(udp(100 * MBIT, 0)).toMatchObject({ limit: 'offered-rate', text: 'offered rate (100 Mbit/s)' })
  expect(udp(99 * MBIT, 0.01)).toMatchObject({ limit: 'loss', text: 'loss (1% of datagrams)' })
  expect(udp(60 * MBIT, 0.4).limit).toBe('loss')
  expect(udp(60 * MBIT, 0).limit).toBe('network')
  const receiver = (socketDrops: number) =>
    judge({
      test: testCase(offered),
      bitsPerSecond: 99 * MBIT,
      lossShare: 0.01,
      lostPackets: 1000,
      receiver: { ...server, cores: 0.4, socketDrops },
    })
  expect(receiver(500).limit).toBe('loss')
  expect(receiver(750)).toMatchObject({
    limit: 'receiver-buffer',
    text: 'receiver socket buffer (0.75% of datagrams)',
    isFloor: true,
  })
  expect(receiver(750).evidence).toContain("datagrams that found the receiver's socket full: 750")
  // Other sockets of the pod have drops of their own.
  expect(receiver(4000).text).toBe('receiver socket buffer (1% of datagrams)')
  expect(judge({ test: testCase({ bitsPerSecond: GBIT }), bitsPerSecond: 0.96 * GBIT }).limit).toBe('offered-rate')
})

// Seen on a link of 1 Gbit/s made by tbf, and on a path with 5 % random loss (iperf 3.12, cubic and reno).
test.each([
  ['deep queue', { bitsPerSecond: 0.929e9, rttSeconds: 0.0023, lossShare: 0, lostPackets: 0 }, 'network'],
  ['shallow queue', { bitsPerSecond: 0.923e9, rttSeconds: 0.0011, lossShare: 1.4e-4, lostPackets: 45 }, 'network'],
  ['one drop', { bitsPerSecond: 0.795e9, rttSeconds: 0.0124, lossShare: 5e-6, lostPackets: 1 }, 'network'],
  ['drops in bursts', { bitsPerSecond: 0.78e9, rttSeconds: 0.0011, lossShare: 0.01, lostPackets: 2091 }, 'network'],
  ['5 % loss', { bitsPerSecond: 0.036e9, rttSeconds: 0.00014, lossShare: 0.049, lostPackets: 437 }, 'loss'],
  ['5 % loss before tbf', { bitsPerSecond: 0.051e9, rttSeconds: 0.0004, lossShare: 0.051, lostPackets: 686 }, 'loss'],
] as const)('%s', (_, seen, limit) => {
  expect(judge(seen).limit).toBe(limit)
})

test('drops that explain the rate (Mathis): MSS 1448 B, 10 ms, 1 % loss allow 14.2 Mbit/s', () => {
  const lossy = { rttSeconds: 0.01, lossShare: 0.01, lostPackets: 500 }
  const verdict = judge({ ...lossy, bitsPerSecond: 12 * MBIT })
  expect(verdict).toMatchObject({ limit: 'loss', text: 'retransmits (1% of segments)' })
  expect(verdict.evidence).toContain(
    'segments sent again: 500 (1%), which allow at most 14.2 Mbit/s where each is a drop of its own',
  )
  expect(judge({ ...lossy, bitsPerSecond: 40 * MBIT }).limit).toBe('network')
  // Four streams share the loss, each with a window of its own.
  expect(judge({ ...lossy, bitsPerSecond: 48 * MBIT, test: testCase({ streams: 4 }) }).limit).toBe('loss')
})

test('drops do not win over a rate that is flat, nor with BBR, which does not slow down for them', () => {
  const lossy = { bitsPerSecond: 12 * MBIT, rttSeconds: 0.01, lossShare: 0.01, lostPackets: 500 }
  expect(judge({ ...lossy, cv: 0.004 }).limit).toBe('network')
  expect(judge({ ...lossy, congestionControl: 'bbr' }).limit).toBe('network')
  expect(judge({ ...lossy, congestionControl: 'bbr', lossShare: 0.2 }).limit).toBe('loss')
})

test('little loss is the limit only of a long way that is known to have empty queues', () => {
  // 1448 B · 8 · 1.2247 / (50 ms · √1e-5) = 89.7 Mbit/s.
  const far = { bitsPerSecond: 80 * MBIT, rttSeconds: 0.05, lossShare: 1e-5, lostPackets: 20 }
  expect(judge(far).limit).toBe('network')
  expect(judge({ ...far, idleRttSeconds: 0.049 }).limit).toBe('loss')
  expect(judge({ ...far, idleRttSeconds: 0.01 }).limit).toBe('network')
})

test('a window that is always full on a way without queues and drops', () => {
  // 3 MiB in 20 ms: 1.258 Gbit/s.
  const far = { bitsPerSecond: 1.258e9, rttSeconds: 0.02, congestionWindowBytes: 3 * 2 ** 20 }
  expect(judge({ ...far, idleRttSeconds: 0.0199 })).toMatchObject({
    limit: 'window',
    text: 'window (3071 KiB in flight for 20ms)',
    advice: '--streams 4, or larger net.ipv4.tcp_rmem and tcp_wmem',
  })
  expect(judge(far).limit).toBe('network')
  expect(judge({ ...far, idleRttSeconds: 0.001 }).limit).toBe('network')
  expect(judge({ ...far, idleRttSeconds: 0.0199, lostPackets: 50, lossShare: 1e-4 }).limit).not.toBe('window')
  expect(judge({ ...far, idleRttSeconds: 0.0199, congestionWindowBytes: 30 * 2 ** 20 }).limit).toBe('network')
})

test('datagrams that were sent as asked and got lost: not for a busy node', () => {
  const busy = {
    test: testCase({ protocol: 'udp', bitsPerSecond: 100 * MBIT }),
    bitsPerSecond: 90 * MBIT,
    sender: { ...client, cores: 0.3, nodeBusy: 1 },
    lossShare: 0.1,
    lostPackets: 800,
  }
  expect(judge({ ...busy, sentBitsPerSecond: 100 * MBIT })).toMatchObject({ limit: 'loss' })
  // Less was sent than asked for.
  expect(judge({ ...busy, sentBitsPerSecond: 91 * MBIT })).toMatchObject({ limit: 'sender-cpu' })
})
