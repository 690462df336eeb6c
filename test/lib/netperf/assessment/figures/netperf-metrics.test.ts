import fc from 'fast-check'
import { expect, test } from 'vitest'
import { netperfMetrics } from '../../../../../lib/netperf/assessment/figures/netperf-metrics.ts'
import { flowLabels, testLabels } from '../../../../../lib/netperf/matrix/test-labels.ts'
import type { NetperfRun } from '../../../../../lib/netperf/netperf-run.ts'
import type { RequestReading } from '../../../../../lib/netperf/reading.ts'
import type { TestCase } from '../../../../../lib/netperf/test-case.ts'
import type { Metric } from '../../../../../lib/record/run-record.ts'
import { evaluateThreshold } from '../../../../../lib/thresholds/evaluate.ts'
import { parseThreshold } from '../../../../../lib/thresholds/threshold.ts'
import { failed, flow, GBIT, MBIT, measured, netperfRun, pair, reading } from '../../netperf-run-example.ts'
import { testCase } from '../../test-case-example.ts'

const options = { samples: 2, wasAborted: false }

function metrics(run: NetperfRun, name?: string): Metric[] {
  return netperfMetrics(run, options).filter((metric) => name === undefined || metric.name === name)
}

function only(run: NetperfRun, name: string): Metric {
  const [metric, ...others] = metrics(run, name)
  expect(others).toEqual([])
  if (metric === undefined) throw new Error(`no ${name}`)
  return metric
}

test('tcp: one value for each sample of the pair, with the interval of their mean', () => {
  const run = netperfRun({
    samples: [
      measured({ sample: 1 }, reading([flow(3 * GBIT, { retransmits: 20, rtt: { meanSeconds: 0.002 } })])),
      measured({ sample: 0 }, reading([flow(1 * GBIT, { retransmits: 40 })], { clientCores: 0.5, serverCores: 0.75 })),
    ],
  })
  const labels = {
    engine: 'iperf3',
    protocol: 'tcp',
    path: 'pod',
    placement: 'other-node',
    direction: 'forward',
    ip_family: '4',
    streams: '1',
  }
  const ofPair = { ...labels, pair: '0', client_node: 'node-a', server_node: 'node-b' }
  expect(only(run, 'tcp_throughput')).toEqual({
    name: 'tcp_throughput',
    unit: 'bit/s',
    labels: ofPair,
    statistics: {
      count: 2,
      min: GBIT,
      mean: 2 * GBIT,
      max: 3 * GBIT,
      stddev: Math.SQRT2 * GBIT,
      p50: GBIT,
      ci95: expect.closeTo(12.706_204_736 * GBIT, 0),
    },
    samples: [GBIT, 3 * GBIT],
    source: 'iperf3',
  })
  expect(only(run, 'tcp_retransmits')).toMatchObject({ unit: '1/s', samples: [4, 2] })
  expect(only(run, 'tcp_rtt')).toMatchObject({ unit: 's', samples: [0.002] })
  expect(only(run, 'sender_cpu')).toMatchObject({ unit: 'cores', samples: [0.5], labels: ofPair })
  expect(only(run, 'receiver_cpu')).toMatchObject({ samples: [0.75] })
  expect(only(run, 'pair_tcp_throughput')).toMatchObject({ labels, samples: [GBIT] })
  expect(only(run, 'total_tcp_throughput')).toMatchObject({ labels, samples: [GBIT, 3 * GBIT] })
  expect(only(run, 'pair_tcp_retransmits').samples).toEqual([3])
})

test('what failed or is not known is no metric, and never 0', () => {
  const run = netperfRun({ samples: [failed({ sample: 0 }, 'refused'), failed({ sample: 1 }, 'refused')] })
  expect(metrics(run)).toEqual([])
  const half = netperfRun({
    samples: [measured({ sample: 0 }, reading([flow(GBIT)])), failed({ sample: 1 }, 'refused')],
  })
  expect(metrics(half).map(({ name }) => name)).toEqual([
    'tcp_throughput',
    'pair_tcp_throughput',
    'total_tcp_throughput',
  ])
  expect(only(half, 'tcp_throughput').statistics).toEqual({ count: 1, min: GBIT, mean: GBIT, max: GBIT })
})

test('a total is of samples in which no pair is missing; a pair is the median of its samples', () => {
  const run = netperfRun({
    pairs: [pair(0, 'node-a', 'node-b'), pair(1, 'node-b', 'node-a')],
    samples: [
      measured({ sample: 0 }, reading([flow(5 * GBIT)])),
      measured({ sample: 1 }, reading([flow(1 * GBIT)])),
      measured({ sample: 2 }, reading([flow(4 * GBIT)])),
      measured({ pair: 1, sample: 0 }, reading([flow(2 * GBIT)])),
      failed({ pair: 1, sample: 1 }, 'refused'),
      measured({ pair: 1, sample: 2 }, reading([flow(3 * GBIT)])),
    ],
  })
  expect(only(run, 'total_tcp_throughput').samples).toEqual([7 * GBIT, 7 * GBIT])
  expect(only(run, 'pair_tcp_throughput').samples).toEqual([4 * GBIT, 2 * GBIT])
  expect(only(run, 'pair_fairness').statistics.value).toBeCloseTo(36 / 40, 12)
  expect(metrics(run, 'tcp_throughput').map(({ labels }) => labels.pair)).toEqual(['0', '1'])
})

test('udp: loss is known no finer than one datagram, and is the mean over the samples of a pair', () => {
  const datagrams = (lost: number, sent = 40_000) =>
    reading([flow(99 * MBIT, { datagrams: { sent, lost, outOfOrder: 4, jitterSeconds: 0.0005 } })])
  const run = netperfRun({
    tests: [testCase({ protocol: 'udp', bitsPerSecond: 100 * MBIT })],
    samples: [measured({ sample: 0 }, datagrams(0)), measured({ sample: 1 }, datagrams(400))],
  })
  expect(only(run, 'udp_loss')).toMatchObject({ unit: 'ratio', samples: [0, 0.01], resolution: 1 / 40_000 })
  expect(only(run, 'pair_udp_loss').samples).toEqual([0.005])
  expect(only(run, 'udp_packet_rate')).toMatchObject({ unit: '1/s', samples: [4000, 3960] })
  expect(only(run, 'total_udp_packet_rate').samples).toEqual([4000, 3960])
  expect(only(run, 'udp_jitter')).toMatchObject({ unit: 's', samples: [0.0005, 0.0005] })
  expect(only(run, 'udp_out_of_order').samples).toEqual([0.0001, 0.0001])
  expect(metrics(run, 'udp_latency')).toEqual([])
  expect(only(run, 'udp_throughput').labels).toMatchObject({ protocol: 'udp', bandwidth: '100000000' })
})

test('bidirectional: two series, each with the CPU of the end that sends in it', () => {
  const run = netperfRun({
    tests: [testCase({ direction: 'bidirectional' })],
    samples: [
      measured(
        { sample: 0 },
        reading([flow(GBIT), flow(2 * GBIT, { direction: 'reverse' })], { clientCores: 0.2, serverCores: 0.3 }),
      ),
    ],
  })
  const by = (name: string) => metrics(run, name).map(({ labels, samples }) => [labels.direction, samples])
  expect(by('tcp_throughput')).toEqual([
    ['bidirectional-forward', [GBIT]],
    ['bidirectional-reverse', [2 * GBIT]],
  ])
  expect(by('sender_cpu')).toEqual([
    ['bidirectional-forward', [0.2]],
    ['bidirectional-reverse', [0.3]],
  ])
})

const requests = (changes: Partial<RequestReading>): RequestReading => ({
  seconds: 10,
  completed: 1000,
  errors: {},
  ...changes,
})

test('http: the requests of all samples are one distribution, errors are counted by code', () => {
  const latency = (histogram: [number, number][], maxSeconds: number) => ({
    count: 500,
    minSeconds: 0.001,
    meanSeconds: 0.002,
    maxSeconds,
    resolutionSeconds: 0.00001,
    histogram,
  })
  const run = netperfRun({
    tests: [testCase({ engine: 'fortio', protocol: 'http', connections: 8 })],
    samples: [
      measured(
        { sample: 0 },
        reading([], {
          requests: requests({
            latency: latency(
              [
                [0.0015, 300],
                [0.002, 200],
              ],
              0.002,
            ),
          }),
        }),
      ),
      measured(
        { sample: 1 },
        reading([], {
          requests: requests({
            completed: 900,
            errors: { '503': 20, '-1': 5 },
            latency: latency(
              [
                [0.002, 450],
                [0.004, 0],
                [0.006, 50],
              ],
              0.005,
            ),
          }),
        }),
      ),
    ],
  })
  expect(only(run, 'http_request_rate').samples).toEqual([100, 90])
  const metric = only(run, 'http_request_latency')
  expect(metric).toMatchObject({
    histogram: [
      [0.0015, 300],
      [0.002, 650],
      [0.004, 0],
      [0.006, 50],
    ],
    resolution: 0.00001,
  })
  expect(metric.statistics).toMatchObject({ count: 1000, min: 0.001, mean: 0.002, max: 0.005 })
  // 500 - 300 of 650 between 1.5 and 2 ms; 990 - 950 of 50 between 4 and 5 ms, the maximum.
  expect(metric.statistics.p50).toBeCloseTo(0.0015 + 0.0005 * (200 / 650), 12)
  expect(metric.statistics.p99).toBeCloseTo(0.004 + 0.001 * (40 / 50), 12)
  expect(metric.interpolated?.p99).toEqual([0.004, 0.005])
  const errors = metrics(run, 'http_errors').map(({ labels, samples }) => [labels.code, samples])
  expect(errors).toEqual([
    [undefined, [0, 25]],
    ['-1', [0, 5]],
    ['503', [0, 20]],
  ])
})

test('where one bucket holds all requests of a sample, no quantile is known', () => {
  const latency = {
    count: 500,
    minSeconds: 0.001,
    maxSeconds: 0.1,
    resolutionSeconds: 0.099,
    histogram: [[0.1, 500] as const],
  }
  const run = netperfRun({
    tests: [testCase({ engine: 'fortio', protocol: 'http' })],
    samples: [0, 1].map((sample) => measured({ sample }, reading([], { requests: requests({ latency }) }))),
  })
  expect(only(run, 'http_request_latency').statistics).toEqual({ count: 1000, min: 0.001, max: 0.1 })
})

test('rr without histograms: the median of what the tool says of each sample', () => {
  const latency = (p99: number) => ({ count: 100, meanSeconds: p99 / 2, p99, resolutionSeconds: 1e-6 })
  const run = netperfRun({
    tests: [testCase({ engine: 'netperf', mode: 'crr' })],
    samples: [0.001, 0.009, 0.003].map((p99, sample) =>
      measured({ sample }, reading([], { requests: requests({ latency: latency(p99) }) })),
    ),
  })
  const metric = only(run, 'rr_latency')
  expect(metric.statistics).toEqual({ count: 300, mean: expect.closeTo(0.013 / 6, 12), p99: 0.003 })
  expect(metric.labels).toMatchObject({ mode: 'crr', protocol: 'tcp' })
  expect(only(run, 'rr_errors').samples).toEqual([0, 0, 0])
})

test('start spread and path MTU', () => {
  const run = netperfRun({
    startSpreads: [
      { test: 0, sample: 0, clients: 2, seconds: 0.003, resolutionSeconds: 0.001 },
      { test: 0, sample: 1, clients: 2, seconds: 0.002, resolutionSeconds: 0.002 },
    ],
    pathMtus: [{ pair: 0, bytes: 1450, interfaceBytes: 1500, ipFamily: 6 }],
  })
  expect(only(run, 'start_spread')).toMatchObject({ samples: [0.003, 0.002], resolution: 0.002, source: 'client' })
  expect(only(run, 'path_mtu')).toMatchObject({
    unit: 'B',
    statistics: { value: 1450 },
    labels: { pair: '0', client_node: 'node-a', server_node: 'node-b', ip_family: '6' },
  })
})

test('% of host: sample by sample against the baseline row', () => {
  const run = netperfRun({
    tests: [testCase(), testCase({ path: 'host', isBaseline: true })],
    samples: [
      measured({ sample: 0 }, reading([flow(8 * GBIT)])),
      measured({ sample: 1 }, reading([flow(9 * GBIT)])),
      measured({ test: 1, sample: 0 }, reading([flow(10 * GBIT)])),
      measured({ test: 1, sample: 1 }, reading([flow(12 * GBIT)])),
    ],
  })
  expect(only(run, 'host_share')).toMatchObject({ unit: 'ratio', samples: [0.8, 0.75], labels: { path: 'pod' } })
})

test('goodput share: all pairs that leave a node share its link', () => {
  const facts = { mtuBytes: 1500 }
  const run = netperfRun({
    pairs: [pair(0, 'node-a', 'node-b'), pair(1, 'node-a', 'node-c'), pair(2, 'node-a', 'node-a')],
    endpointFacts: new Map([0, 1, 2].map((index) => [`perf-abc123/client-${index}`, facts])),
    samples: [0.4, 0.5, 30].map((rate, index) => measured({ pair: index, sample: 0 }, reading([flow(rate * GBIT)]))),
  })
  const share = netperfMetrics(run, { ...options, linkBitsPerSecond: GBIT }).find(
    ({ name }) => name === 'goodput_share',
  )
  expect(share?.samples?.[0]).toBeCloseTo(0.9 / (1448 / 1538), 12)
  expect(metrics(run, 'goodput_share')).toEqual([])
})

const anyTest: fc.Arbitrary<TestCase> = fc.record(
  {
    engine: fc.constantFrom('iperf3', 'iperf2', 'netperf', 'fortio'),
    protocol: fc.constantFrom('tcp', 'udp', 'http', 'grpc'),
    mode: fc.constantFrom('stream', 'rr', 'crr'),
    path: fc.constantFrom('pod', 'host', 'service', 'nodeport', 'loadbalancer'),
    placement: fc.constantFrom('other-node', 'same-node', 'mesh'),
    direction: fc.constantFrom('forward', 'reverse', 'bidirectional'),
    ipFamily: fc.constantFrom(4, 6),
    streams: fc.integer({ min: 1, max: 3 }),
    mssBytes: fc.constantFrom(1460, 8948),
    messageBytes: fc.constantFrom(64, 1460),
    bitsPerSecond: fc.constantFrom(1e8, 'max' as const),
    connections: fc.constantFrom(1, 8),
    requestsPerSecond: fc.constantFrom(100, 8),
    isBaseline: fc.boolean(),
  },
  {
    requiredKeys: ['engine', 'protocol', 'mode', 'path', 'placement', 'direction', 'ipFamily', 'streams', 'isBaseline'],
  },
)

const text = (keys: object) => JSON.stringify(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1)))

test('two tests never share their labels, nor do their flows', () => {
  const flows = (test: TestCase) =>
    test.direction === 'bidirectional'
      ? [flowLabels(test, 'forward'), flowLabels(test, 'reverse')]
      : [flowLabels(test, test.direction)]
  fc.assert(
    fc.property(anyTest, anyTest, (one, other) => {
      fc.pre(text(one) !== text(other))
      expect(text(testLabels(one))).not.toBe(text(testLabels(other)))
      const all = [...flows(one), ...flows(other)].map(text)
      expect(new Set(all).size).toBe(all.length)
    }),
    { numRuns: 500 },
  )
})

test('thresholds compare 50 pairs: the third slowest is p05', () => {
  const pairs = Array.from({ length: 50 }, (_, index) => pair(index, 'node-a', 'node-b'))
  // 1.01, 1.02 … 1.50 Gbit/s: p05 is 1.03, p50 1.25.
  const run = netperfRun({
    pairs,
    samples: pairs.map(({ index }) =>
      measured({ pair: index, sample: 0 }, reading([flow((1.01 + index / 100) * GBIT)])),
    ),
  })
  const evaluate = (expression: string) => evaluateThreshold(parseThreshold(expression), metrics(run))
  const ratio = evaluate('pair_tcp_throughput.p05/pair_tcp_throughput.p50>0.7')
  expect(ratio).toMatchObject({ passed: true, observed: expect.closeTo(1.03 / 1.25, 12) })
  expect(evaluate('pair_tcp_throughput.p05/pair_tcp_throughput.p50>0.9').passed).toBe(false)
  expect(evaluate('tcp_throughput>1Gbit/s')).toMatchObject({ passed: true, observed: expect.closeTo(1.01 * GBIT, 0) })
  expect(evaluate('udp_loss<0.1%')).toMatchObject({ passed: false, observed: null })
})

test('with fewer than 20 pairs p05 is the slowest one, for thresholds', () => {
  const pairs = [pair(0, 'node-a', 'node-b'), pair(1, 'node-b', 'node-a'), pair(2, 'node-a', 'node-b')]
  const run = netperfRun({
    pairs,
    samples: pairs.map(({ index }) => measured({ pair: index, sample: 0 }, reading([flow((index + 1) * GBIT)]))),
  })
  const threshold = parseThreshold('pair_tcp_throughput.p05/pair_tcp_throughput.p50>0.7')
  expect(evaluateThreshold(threshold, metrics(run))).toMatchObject({ passed: false, observed: 0.5 })
  expect(only(run, 'pair_tcp_throughput').statistics.p05).toBeUndefined()
})
