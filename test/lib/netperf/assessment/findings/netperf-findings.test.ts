import { expect, test } from 'vitest'
import { PerfError } from '../../../../../lib/errors/perf-error.ts'
import type { AssessmentOptions } from '../../../../../lib/netperf/assessment/assessment.ts'
import { netperfFindings, netperfOutcome } from '../../../../../lib/netperf/assessment/findings/netperf-findings.ts'
import type { NetperfRun } from '../../../../../lib/netperf/netperf-run.ts'
import type { DatagramReading, RequestReading } from '../../../../../lib/netperf/reading.ts'
import type { TestCase } from '../../../../../lib/netperf/test-case.ts'
import { endpoint, failed, flow, GBIT, MBIT, measured, netperfRun, pair, reading } from '../../netperf-run-example.ts'
import { testCase } from '../../test-case-example.ts'

function findings(run: NetperfRun, changes: Partial<AssessmentOptions> = {}) {
  return netperfFindings(run, { samples: 1, wasAborted: false, ...changes })
}

const codes = (run: NetperfRun, changes?: Partial<AssessmentOptions>) => findings(run, changes).map(({ code }) => code)
const fine = (sample = 0, rate = 9 * GBIT) => measured({ sample }, reading([flow(rate)]))

test('a complete run has nothing to tell', () => {
  const run = netperfRun({ samples: [fine()] })
  expect(findings(run)).toEqual([])
  expect(netperfOutcome(run, { samples: 1, wasAborted: false })).toBe('passed')
})

test('samples that are missing: how many, and for each reason which pairs', () => {
  const run = netperfRun({
    pairs: [pair(0, 'node-a', 'node-b'), pair(1, 'node-b', 'node-a')],
    samples: [
      fine(),
      fine(1),
      failed({ pair: 1, sample: 0 }, '10.0.0.2:5203: Connection refused'),
      failed({ pair: 1, sample: 1 }, '10.0.0.2:5203: Connection refused'),
    ],
  })
  expect(findings(run, { samples: 2 })).toEqual([
    { severity: 'error', code: 'RunFailed', message: '2 of 4 samples were measured' },
    {
      severity: 'error',
      code: 'SampleFailed',
      message: 'tcp pod other-node: 2 of 4 samples failed: 10.0.0.2:5203: Connection refused',
      objects: ['perf-abc123/client-1 (node-b) → perf-abc123/server-1 (node-a)'],
      count: 2,
    },
  ])
  expect(netperfOutcome(run, { samples: 2, wasAborted: false })).toBe('no-data')
})

test('a run without tests or pairs has measured nothing', () => {
  const run = netperfRun({ pairs: [] })
  expect(netperfOutcome(run, { samples: 1, wasAborted: false })).toBe('no-data')
  expect(findings(run)).toMatchObject([{ code: 'RunFailed', message: '0 of 0 samples were measured' }])
})

test('the fault that ended the run comes first, with its advice; a user who stops it knows why', () => {
  const failure = new PerfError('pods did not get ready', { advice: ['kubectl describe', 'wait'] })
  const run = netperfRun({
    failure,
    samples: [fine()],
    findings: [{ severity: 'info', code: 'MorePairsThanNodes', message: '50 pairs on 2 nodes' }],
    leftBehind: [{ severity: 'warning', code: 'LeftBehind', message: 'a namespace' }],
  })
  expect(findings(run, { samples: 2 })).toMatchObject([
    { severity: 'error', code: 'RunFailed', message: 'pods did not get ready', advice: 'kubectl describe; wait' },
    { code: 'MorePairsThanNodes' },
    { code: 'LeftBehind' },
  ])
  expect(netperfOutcome(run, { samples: 1, wasAborted: false })).toBe('error')
  expect(codes(run, { wasAborted: true })).toEqual(['MorePairsThanNodes', 'LeftBehind'])
})

test('an interval wider than a tenth says little: how many samples would do', () => {
  // 10 ± 1.24 Gbit/s: t(0.975, 4)·1/√5.
  const rates = [9, 9, 10, 11, 11].map((rate, sample) => fine(sample, rate * GBIT))
  expect(findings(netperfRun({ samples: rates }), { samples: 5 })).toEqual([
    {
      severity: 'warning',
      code: 'WideInterval',
      message: 'tcp pod other-node: 10 Gbit/s ± 1.24 Gbit/s (12.4%) of 5 samples says little',
      advice: '--samples 8, or a longer --duration',
    },
  ])
  const steady = [9.5, 9.5, 10, 10.5, 10.5].map((rate, sample) => fine(sample, rate * GBIT))
  expect(codes(netperfRun({ samples: steady }), { samples: 5 })).toEqual([])
  const wild = [1, 19].map((rate, sample) => fine(sample, rate * GBIT))
  expect(findings(netperfRun({ samples: wild }), { samples: 2 })).toMatchObject([
    { code: 'WideInterval', advice: expect.stringContaining('look at the samples') },
  ])
})

test('clients that start apart matter by the measured time, and only where there are several', () => {
  const spread = (seconds: number) => [{ test: 0, sample: 0, clients: 2, seconds, resolutionSeconds: 0.001 }]
  const pairs = [pair(0, 'node-a', 'node-b'), pair(1, 'node-b', 'node-a')]
  const samples = [fine(), measured({ pair: 1, sample: 0 }, reading([flow(9 * GBIT)]))]
  expect(findings(netperfRun({ pairs, samples, startSpreads: spread(0.6) }))).toMatchObject([
    {
      code: 'StartSpread',
      message: 'tcp pod other-node: clients started up to 600ms apart (known within 1ms), of 10s measured',
    },
  ])
  expect(codes(netperfRun({ pairs, samples, startSpreads: spread(0.4) }))).toEqual([])
  expect(codes(netperfRun({ samples: [fine()], startSpreads: spread(5) }))).toEqual([])
})

const http = (requests: Partial<RequestReading>) =>
  netperfRun({
    tests: [testCase({ engine: 'fortio', protocol: 'http', connections: 8 })],
    samples: [
      measured({ sample: 0 }, reading([], { requests: { seconds: 10, completed: 5000, errors: {}, ...requests } })),
    ],
  })
const latency = { count: 5000, meanSeconds: 0.001, p50: 0.001, p99: 0.002, resolutionSeconds: 0.00001 }

test('latencies that leave out waiting requests are told: an open loop that was not kept, or none', () => {
  expect(codes(http({ latency, openLoop: { requestedPerSecond: 500, isKept: true } }))).toEqual([])
  expect(findings(http({ latency, openLoop: { requestedPerSecond: 700, isKept: false } }))).toMatchObject([
    { severity: 'warning', code: 'OpenLoopNotKept', message: expect.stringContaining('700/s were to be sent') },
  ])
  expect(codes(http({ latency }))).toEqual(['ClosedLoopLatency'])
  // Each of 8 connections sends every 1.6 ms, and one answer in a hundred takes 2 ms.
  expect(findings(http({ latency, openLoop: { requestedPerSecond: 5000, isKept: true } }))).toMatchObject([
    {
      severity: 'info',
      code: 'WaitsLeftOut',
      message: expect.stringContaining('(p99 2ms) took longer than the 1.6ms between two requests'),
      advice: '--connections 10, or a lower --requests-per-second',
    },
  ])
  expect(codes(http({ latency, openLoop: { requestedPerSecond: 4000, isKept: true } }))).toEqual([])
  const rr = netperfRun({
    tests: [testCase({ mode: 'rr' })],
    samples: [
      measured({ sample: 0 }, reading([], { requests: { seconds: 10, completed: 5000, errors: {}, latency } })),
    ],
  })
  expect(codes(rr)).toEqual([])
})

test('a latency without quantiles', () => {
  const { p50: _, p99: __, ...plain } = latency
  expect(codes(http({ latency: plain, openLoop: { requestedPerSecond: 500, isKept: true } }))).toEqual(['NoQuantiles'])
})

const udp = (sent: number, more: Partial<TestCase> = {}, latency: Pick<DatagramReading, 'oneWayLatency'> = {}) => {
  const datagrams = { sent, lost: 0, jitterSeconds: 0.001, ...latency }
  return netperfRun({
    tests: [testCase({ protocol: 'udp', bitsPerSecond: 100 * MBIT, ...more })],
    samples: [measured({ sample: 0 }, reading([flow(100 * MBIT, { datagrams })]))],
  })
}

test('a loss of fewer than 25,000 datagrams is not known well: none of n lost means less than 3/n', () => {
  expect(findings(udp(10_000))).toMatchObject([
    {
      code: 'FewDatagrams',
      message:
        'udp pod other-node: of 10000 datagrams a loss is not known finer than 0.03%; 25000 are needed to speak of 0.1%',
    },
  ])
  expect(codes(udp(25_000))).toEqual([])
})

test('tests that have the same name are told apart by what they differ in', () => {
  const rates = [50, 100].map((rate) => testCase({ protocol: 'udp', bitsPerSecond: rate * MBIT }))
  const datagrams = { sent: 10_000, lost: 0, jitterSeconds: 0.001 }
  const samples = [0, 1].map((index) => measured({ test: index, sample: 0 }, reading([flow(50 * MBIT, { datagrams })])))
  expect(findings(netperfRun({ tests: rates, samples })).map(({ message }) => message.split(':')[0])).toEqual([
    'udp pod other-node 50 Mbit/s',
    'udp pod other-node 100 Mbit/s',
  ])
})

test('an engine that times datagrams says why there is no time of one way', () => {
  expect(findings(udp(25_000, { engine: 'iperf2' }))).toEqual([
    {
      severity: 'info',
      code: 'NoOneWayLatency',
      message: 'udp pod other-node: there is no one-way latency, since the clocks of two nodes cannot be compared',
      advice: '--rr measures the round trip, --placement same-node one way by one clock',
    },
  ])
  expect(codes(udp(25_000, { engine: 'iperf2' }, { oneWayLatency: { meanSeconds: 1e-5 } }))).toEqual([])
})

test('CPU limits that held back a pod, and generators that were the limit', () => {
  const cpu = { clientCores: 0.99, serverCores: 0.5 }
  const bound = netperfRun({ samples: [measured({ sample: 0 }, reading([flow(9 * GBIT)], cpu))] })
  expect(findings(bound)).toEqual([
    {
      severity: 'info',
      code: 'GeneratorBound',
      message:
        'tcp pod other-node: limited by sender CPU (99% of one core), so the figure is a floor: the network can do more',
      advice: '--streams 4',
    },
  ])
  const clientThrottling = { periods: 20, seconds: 1.5 }
  const throttled = netperfRun({ samples: [measured({ sample: 0 }, reading([flow(GBIT)]), { clientThrottling })] })
  expect(findings(throttled)).toMatchObject([
    {
      severity: 'warning',
      code: 'CpuThrottled',
      message: expect.stringContaining('the client of pair 0 for up to 1.5s'),
      count: 1,
    },
  ])
})

test('traffic within a node that is slower than between nodes is explained', () => {
  const run = (same: number) =>
    netperfRun({
      tests: [testCase(), testCase({ placement: 'same-node' })],
      samples: [fine(0, 10 * GBIT), measured({ test: 1, sample: 0 }, reading([flow(same)]))],
    })
  expect(findings(run(7 * GBIT))).toMatchObject([
    {
      code: 'SameNodeSlower',
      message: expect.stringContaining('tcp pod same-node is slower than tcp pod other-node, by 30%'),
    },
  ])
  expect(codes(run(12 * GBIT))).toEqual([])
})

test('a path that is narrower than the interface, with the nodes', () => {
  const run = netperfRun({
    samples: [fine()],
    pathMtus: [
      { pair: 0, bytes: 1450, interfaceBytes: 1500, ipFamily: 4 },
      { pair: 0, bytes: 1500, interfaceBytes: 1500, ipFamily: 6 },
    ],
  })
  expect(findings(run)).toEqual([
    {
      severity: 'warning',
      code: 'PathMtuMismatch',
      message:
        "IPv4 packets of up to 1450 B arrive unfragmented from node-a at node-b, while the pod's interface has an MTU of 1500 B",
      advice: 'set the MTU of the pod network to 1450 or less, or find the narrower link',
      objects: ['node-a → node-b'],
      count: 1,
    },
  ])
})

test.each([
  [[4, 6] as const, 'packets'],
  [[6] as const, 'packets'],
])('a path that is narrow for all families that were tried (%j)', (families, word) => {
  const mtus = families.map((ipFamily) => ({ pair: 0, bytes: 1450, interfaceBytes: 1500, ipFamily }))
  const found = findings(netperfRun({ samples: [fine()], pathMtus: mtus }))
  expect(found.map(({ message }) => message.slice(0, word.length + 17))).toEqual([`${word} of up to 1450 B `])
})

test('pairs in different zones, unless that was asked for', () => {
  const pairs = [
    {
      ...pair(0, 'node-a', 'node-b'),
      client: endpoint('client-0', 'node-a', { zone: 'z1' }),
      server: endpoint('server-0', 'node-b', { zone: 'z2' }),
    },
  ]
  expect(findings(netperfRun({ pairs, samples: [fine()] }))).toMatchObject([
    { severity: 'info', code: 'CrossZone', objects: ['node-a (z1) → node-b (z2)'], count: 1 },
  ])
  const tests = [testCase({ placement: 'other-zone' })]
  expect(codes(netperfRun({ pairs, tests, samples: [fine()] }))).toEqual([])
})

test('nodes that are not alike', () => {
  const facts = (kernel: string) => ({ kernel, mtuBytes: 1500 })
  const endpointFacts = new Map([
    ['perf-abc123/client-0', facts('6.8.0')],
    ['perf-abc123/server-0', facts('5.15.0')],
  ])
  expect(findings(netperfRun({ endpointFacts, samples: [fine()] }))).toMatchObject([
    { code: 'UnequalNodes', message: 'the nodes are not alike: kernel 6.8.0 on node-a; 5.15.0 on node-b' },
  ])
})

test('a link speed that the measurement exceeds is not believed', () => {
  const endpointFacts = new Map([['perf-abc123/client-0', { mtuBytes: 1500 }]])
  const run = netperfRun({ endpointFacts, samples: [fine(0, 9 * GBIT)] })
  expect(findings(run, { linkBitsPerSecond: GBIT })).toMatchObject([
    {
      code: 'LinkSpeedExceeded',
      message: expect.stringContaining('node node-a carried 956%'),
      advice: 'give the real --link-speed',
    },
  ])
  expect(codes(run, { linkBitsPerSecond: 10 * GBIT })).toEqual([])
})

test('segments smaller than asked for; what options of TCP take is not counted', () => {
  const run = (mssBytes: number) =>
    netperfRun({
      tests: [testCase({ mssBytes: 8948 })],
      samples: [measured({ sample: 0 }, reading([flow(9 * GBIT)], { mssBytes }))],
    })
  expect(findings(run(1448))).toMatchObject([
    {
      code: 'SmallerSegments',
      message: expect.stringContaining('segments of 1448 B were sent where 8948 were asked for'),
    },
  ])
  expect(codes(run(8936))).toEqual([])
})

test('a slow node is named with its medians', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const ways = names.flatMap((client) =>
    names.filter((server) => server !== client).map((server) => ({ client, server })),
  )
  const pairs = ways.map(({ client, server }, index) => pair(index, client, server))
  const samples = ways.map(({ client, server }, index) =>
    measured({ pair: index, sample: 0 }, reading([flow((client === 'c' || server === 'c' ? 5 : 10) * GBIT)])),
  )
  const run = netperfRun({ tests: [testCase({ placement: 'mesh' })], pairs, samples })
  expect(findings(run)).toMatchObject([
    {
      severity: 'warning',
      code: 'SlowNode',
      message: expect.stringMatching(
        /^tcp pod mesh: node c is slow: 5 Gbit\/s \(median of 10 pairs\) against 10 Gbit\/s elsewhere, 50% less, p/,
      ),
      objects: ['c'],
      count: 10,
    },
  ])
})
