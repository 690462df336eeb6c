import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { iperf3 } from '../../../../../lib/netperf/engines/iperf3/iperf3.ts'
import type { Reading } from '../../../../../lib/netperf/reading.ts'
import { testCase } from '../../test-case-example.ts'
import { clientRequest, outcomeOf, recorded, recordedNames, requestOf } from '../recorded.ts'

const VERSIONS = ['3.9', '3.12', '3.18', '3.22'] as const

interface Printed {
  start: { test_start: { blksize: number } }
  end: Record<
    string,
    { bytes: number; seconds: number; packets: number; lost_packets: number; retransmits: number }
  > & {
    streams: {
      sender: { sender: boolean; min_rtt: number; max_rtt: number; max_snd_cwnd: number; retransmits: number }
    }[]
    cpu_utilization_percent: { host_total: number; remote_total: number }
  }
}

const read = (name: string): Reading => iperf3.read(requestOf(name), recorded(name))
const fault = (name: string) => {
  const outcome = outcomeOf(iperf3, requestOf(name), recorded(name))
  if (!(outcome instanceof Error)) throw new Error(`${name} was read`)
  return outcome
}
const printed = (name: string) => JSON.parse(recorded(name).stdout) as Printed

test('a TCP stream is read to the last number', () => {
  const [name, { end }] = ['iperf3-3.12-tcp', printed('iperf3-3.12-tcp')]
  expect(read(name)).toEqual({
    tool: 'iperf 3.12',
    flows: [
      {
        direction: 'forward',
        seconds: 2.00589,
        receivedBitsPerSecond: 6689089878.308382,
        sentBitsPerSecond: 6703052790.096627,
        retransmits: 496,
        rtt: { minSeconds: 0.000385, meanSeconds: 0.000499, maxSeconds: 0.000574 },
        congestionWindowBytes: 2360240,
      },
    ],
    clientCores: end.cpu_utilization_percent.host_total / 100,
    serverCores: end.cpu_utilization_percent.remote_total / 100,
    mssBytes: 1448,
    clientCongestionControl: 'bbr',
    serverCongestionControl: 'bbr',
  })
})

describe.each(VERSIONS)('iperf3 %s', (version) => {
  test.each(['tcp', 'tcp-streams', 'tcp-mss', 'tcp-rate', 'tcp-ipv6'])('%s: what the receiver got', (what) => {
    const name = `iperf3-${version}-${what}`
    const { end } = printed(name)
    const { tool, flows, mssBytes } = read(name)
    expect(tool).toBe(`iperf ${version}`)
    expect(flows).toHaveLength(1)
    const { sum_received: received, sum_sent: sent } = end
    expect(flows[0]?.receivedBitsPerSecond).toBeCloseTo(((received?.bytes ?? 0) * 8) / (received?.seconds ?? 0), 3)
    expect(flows[0]).toMatchObject({ direction: 'forward', seconds: received?.seconds, retransmits: sent?.retransmits })
    const minima = end.streams.map(({ sender }) => sender.min_rtt / 1e6)
    const maxima = end.streams.map(({ sender }) => sender.max_rtt / 1e6)
    expect(flows[0]?.rtt).toMatchObject({ minSeconds: Math.min(...minima), maxSeconds: Math.max(...maxima) })
    // IPv6 has 20 bytes less of a packet; 1200 are asked for, of which timestamps take 12.
    expect(mssBytes).toBe(what === 'tcp-ipv6' ? 1428 : what === 'tcp-mss' ? 1188 : 1448)
  })

  test('in reverse the round trip is not known, and the congestion control changes sides', () => {
    const name = `iperf3-${version}-tcp-reverse`
    const [flow] = read(name).flows
    expect(flow).toMatchObject({ direction: 'reverse', retransmits: printed(name).end.sum_sent?.retransmits })
    expect(flow).not.toHaveProperty('rtt')
    expect(flow).not.toHaveProperty('congestionWindowBytes')
  })

  test.each(['tcp-bidir', 'tcp-bidir-streams'])('%s: both directions, each its own', (what) => {
    const name = `iperf3-${version}-${what}`
    const { flows } = read(name)
    const { streams } = printed(name).end
    const retransmits = (isClient: boolean) =>
      streams
        .flatMap(({ sender }) => (sender.sender === isClient ? [sender.retransmits] : []))
        .reduce((a, b) => a + b, 0)
    expect(flows.map(({ direction }) => direction)).toEqual(['forward', 'reverse'])
    expect(flows.map((flow) => flow.retransmits)).toEqual([retransmits(true), retransmits(false)])
    expect(flows[0]).toHaveProperty('rtt')
    expect(flows[1]).not.toHaveProperty('rtt')
  })

  test.each(['udp', 'udp-message', 'udp-streams', 'udp-reverse', 'udp-loss'])('%s: datagrams', (what) => {
    const name = `iperf3-${version}-${what}`
    const { start, end } = printed(name)
    const flow = read(name).flows[0]
    const { sent = 0, lost = 0, ...rest } = flow?.datagrams ?? {}
    const counted = version === '3.9' ? end.sum : end.sum_received
    expect(sent).toBe(counted?.packets)
    expect(lost).toBe(counted?.lost_packets)
    const bits = (sent - lost) * start.test_start.blksize * 8
    expect(flow?.receivedBitsPerSecond).toBeCloseTo(bits / (flow?.seconds ?? 0), 3)
    expect(Object.keys(rest).includes('outOfOrder')).toBe(what === 'udp-reverse')
    if (what === 'udp-loss') expect(lost / sent).toBeGreaterThan(0.03)
  })

  test('UDP in both directions', () => {
    const { flows } = read(`iperf3-${version}-udp-bidir`)
    expect(flows.map(({ direction }) => direction)).toEqual(['forward', 'reverse'])
    for (const { datagrams } of flows) expect(datagrams?.sent).toBeGreaterThan(8000)
  })

  test('nothing that arrives is no figure', () => {
    expect(fault(`iperf3-${version}-tcp-nothing`).code).toBe('NothingReceived')
    expect(fault(`iperf3-${version}-udp-nothing`).code).toBe('NothingReceived')
  })

  test('faults by their reason, in its words, whatever the exit code', () => {
    const unknown = version === '3.9'
    expect({
      refused: fault(`iperf3-${version}-refused`).code,
      timeout: fault(`iperf3-${version}-timeout`).code,
      'no-route': fault(`iperf3-${version}-no-route`).code,
      name: fault(`iperf3-${version}-name`).code,
      busy: fault(`iperf3-${version}-busy`).code,
      'server-killed': fault(`iperf3-${version}-server-killed`).code,
      sigterm: fault(`iperf3-${version}-sigterm`).code,
      option: fault(`iperf3-${version}-option`).code,
    }).toEqual({
      refused: unknown ? 'ToolFailed' : 'ConnectionRefused',
      timeout: unknown ? 'ToolFailed' : 'ConnectionTimedOut',
      'no-route': unknown ? 'ToolFailed' : 'NoRoute',
      name: unknown ? 'ToolFailed' : 'NameNotResolved',
      busy: unknown ? 'ConnectionLost' : 'ServerBusy',
      'server-killed': 'ConnectionLost',
      sigterm: 'ToolFailed',
      option: 'ToolFailed',
    })
    expect(fault(`iperf3-${version}-refused`).message).toContain('to 10.77.0.2 port 5201: ')
    expect(fault(`iperf3-${version}-sigterm`).message).toContain('interrupt - the client has terminated')
  })

  test('half of the time is another measurement', () => {
    const name = `iperf3-${version}-tcp`
    const request = { ...requestOf(name), timing: { durationSeconds: 4, warmupSeconds: 0 } }
    expect(outcomeOf(iperf3, request, recorded(name))).toMatchObject({ code: 'ShortMeasurement' })
  })
})

test('loss is what did not arrive, where iperf3 counts the warm-up or, of an older server, nothing', () => {
  const losses = [
    'iperf3-3.12-udp-loss-warmup',
    'iperf3-3.18-udp-loss-old-server',
    'iperf3-3.22-udp-loss-old-server',
  ].map((name) => {
    const { sum_received: received } = printed(name).end
    const { sent = 0, lost = 0 } = read(name).flows[0]?.datagrams ?? {}
    return { share: lost / sent, its: (received?.lost_packets ?? 0) / (received?.packets ?? 1) }
  })
  // Dropped were 5 %, and what a busy machine dropped beside.
  for (const { share } of losses) expect(share).toBeGreaterThan(0.04)
  for (const { share } of losses) expect(share).toBeLessThan(0.09)
  expect(losses.slice(1).map(({ its }) => its)).toEqual([0, 0])
  expect(losses[0]?.its).toBeGreaterThan(1.3 * (losses[0]?.share ?? 1))
})

test('datagrams that were sent after the last one that arrived are lost; those under way at the end are not', () => {
  const [name, sent] = ['iperf3-3.12-udp', 8629]
  const cutOff = (arrived: number) => {
    const { stdout, ...rest } = recorded(name)
    const output = JSON.parse(stdout) as Printed
    const { sum_received: received } = output.end
    if (received === undefined) throw new Error('nothing was received')
    Object.assign(received, { packets: arrived, bytes: arrived * output.start.test_start.blksize, lost_packets: 0 })
    return iperf3.read(requestOf(name), { ...rest, stdout: JSON.stringify(output) }).flows[0]?.datagrams
  }
  expect(printed(name).end.sum_sent?.packets).toBe(sent)
  expect(cutOff(4000)).toMatchObject({ sent, lost: sent - 4000 })
  expect(cutOff(sent - 150)).toMatchObject({ sent: sent - 150, lost: 0 })
})

test('with a warm-up iperf3 3.9 has no figure of UDP', () => {
  expect(fault('iperf3-3.9-udp-loss-warmup').code).toBe('UnknownOutput')
})

test('a segment size that cannot be told is not told', () => {
  // Both 1200 and 1188 divide every window.
  const output = recorded('iperf3-3.12-tcp-mss')
  const ambiguous = output.stdout.replaceAll(/"snd_cwnd":\t\d+/g, '"snd_cwnd":\t118800')
  expect(iperf3.read(requestOf('iperf3-3.12-tcp-mss'), { ...output, stdout: ambiguous })).not.toHaveProperty('mssBytes')
  // The path takes less than was asked for.
  expect(read('iperf3-3.22-mss-too-large').mssBytes).toBe(1448)
})

test('what is missing, cut off or not JSON is never read', () => {
  const names = recordedNames('iperf3').filter((name) => recorded(name).stdout !== '')
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.double({ min: 0, max: 0.999, noNaN: true }), (name, share) => {
      const output = recorded(name)
      const stdout = output.stdout.trimEnd().slice(0, Math.floor(output.stdout.trimEnd().length * share))
      expect(outcomeOf(iperf3, requestOf(name), { ...output, stdout })).toBeInstanceOf(Error)
    }),
  )
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), fc.string(), fc.nat(255), (stdout, stderr, exitCode) => {
      expect(outcomeOf(iperf3, clientRequest(), { stdout, stderr, exitCode })).toBeInstanceOf(Error)
    }),
  )
})

test('whatever the numbers, they come out as they went in', () => {
  const count = fc.integer({ min: 1, max: 2 ** 50 })
  const template = JSON.parse(recorded('iperf3-3.18-tcp').stdout) as {
    end: { streams: unknown[]; sum_received: { seconds: number } }
  }
  fc.assert(
    fc.property(fc.array(fc.record({ sent: count, received: count }), { minLength: 1, maxLength: 9 }), (streams) => {
      const [first] = template.end.streams as { sender: object; receiver: object }[]
      const output = structuredClone(template)
      output.end.streams = streams.map(({ sent, received }) => ({
        sender: { ...first?.sender, bytes: sent, seconds: 2 },
        receiver: { ...first?.receiver, bytes: received },
      }))
      output.end.sum_received.seconds = 2
      const { flows } = iperf3.read(clientRequest(), { stdout: JSON.stringify(output), stderr: '', exitCode: 0 })
      const total = (key: 'sent' | 'received') => streams.reduce((sum, stream) => sum + stream[key], 0)
      expect(flows[0]?.sentBitsPerSecond).toBe((total('sent') * 8) / 2)
      expect(flows[0]?.receivedBitsPerSecond).toBe((total('received') * 8) / 2)
    }),
  )
})

test('command lines', () => {
  const line = (...of: Parameters<typeof clientRequest>) => iperf3.clientCommand(clientRequest(...of)).join(' ')
  const timing = { durationSeconds: 10, warmupSeconds: 1 }
  const start = 'iperf3 -c 10.77.0.2 -p 5201 -4 -J --connect-timeout 5000 -t 10'
  expect(line({}, { timing })).toBe(`${start} -O 1`)
  expect(line({ direction: 'reverse', streams: 4, mssBytes: 1400, bitsPerSecond: 1e9 }, { timing })).toBe(
    `${start} -O 1 -b 250000000 -P 4 -R -M 1400`,
  )
  expect(
    line({ protocol: 'udp', bitsPerSecond: 100e6, direction: 'bidirectional', messageBytes: 1000 }, { timing }),
  ).toBe(`${start} -u -w 425984 -b 100000000 --bidir -l 1000`)
  expect(line({ protocol: 'udp', bitsPerSecond: 'max', ipFamily: 6 }, { timing, bitsPerSecond: 5e8 })).toBe(
    'iperf3 -c 10.77.0.2 -p 5201 -6 -J --connect-timeout 5000 -t 10 -u -w 425984 -b 500000000',
  )
  expect(line({}, { timing: { durationSeconds: 1.5, warmupSeconds: 0 } })).toContain('-t 2')
  expect(() => line({ protocol: 'udp' })).toThrow(RangeError)
  expect(() => line({ protocol: 'udp', bitsPerSecond: 'max' })).toThrow(RangeError)
  expect(iperf3.serverCommand(5201, 6).join(' ')).toBe('iperf3 -s -p 5201 -6')
})

test('a slow sender looks ten times for each message whether it is due, not a thousand times a second', () => {
  const line = (...of: Parameters<typeof clientRequest>) => iperf3.clientCommand(clientRequest(...of)).join(' ')
  expect(line({ bitsPerSecond: 1e6, messageBytes: 16_000 })).toContain('-b 1000000 --pacing-timer 12800 -l')
  // Of a stream, which has its part of the rate; without a size, iperf3 writes 128 KiB.
  expect(line({ bitsPerSecond: 50e6, streams: 5 })).toContain('-b 10000000 --pacing-timer 10485 -P 5')
  expect(line({ bitsPerSecond: 1 })).toContain('--pacing-timer 100000')
  expect(line({ bitsPerSecond: 1e9 })).not.toContain('--pacing-timer')
  expect(line({ protocol: 'udp', bitsPerSecond: 100e6 })).not.toContain('--pacing-timer')
  expect(line({ protocol: 'udp', bitsPerSecond: 500e3 })).toContain('--pacing-timer 2316')
})

test('what it cannot do it refuses', () => {
  expect(iperf3.refuses(testCase())).toBeUndefined()
  expect(iperf3.refuses(testCase({ protocol: 'udp', bitsPerSecond: 1e6, messageBytes: 1400 }))).toBeUndefined()
  expect(iperf3.refuses(testCase({ protocol: 'http' }))).toBe('iperf3 measures TCP and UDP only')
  expect(iperf3.refuses(testCase({ mode: 'rr' }))).toBe('iperf3 measures streams, not requests and responses')
  expect(iperf3.refuses(testCase({ mssBytes: 9217 }))).toBe('iperf3 takes segment sizes up to 9216 bytes')
  expect(iperf3.refuses(testCase({ streams: 129 }))).toBe('iperf3 takes up to 128 streams')
  expect(iperf3.refuses(testCase({ protocol: 'udp', mssBytes: 1400 }))).toContain('UDP has no segments')
  expect(iperf3.refuses(testCase({ protocol: 'udp', messageBytes: 65_508 }))).toContain('65507')
})
