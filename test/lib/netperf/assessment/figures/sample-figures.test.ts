import { expect, test } from 'vitest'
import { sampleFigures } from '../../../../../lib/netperf/assessment/figures/sample-figures.ts'
import { MeasurementFault } from '../../../../../lib/netperf/measurement-fault.ts'
import type { NetperfRun, PairSample, SampleResult } from '../../../../../lib/netperf/netperf-run.ts'
import type { FlowReading, Reading } from '../../../../../lib/netperf/reading.ts'
import type { TestCase } from '../../../../../lib/netperf/test-case.ts'
import { testCase } from '../../test-case-example.ts'

const TCP = testCase()
const TESTS: readonly TestCase[] = [
  TCP,
  { ...TCP, direction: 'bidirectional' },
  { ...TCP, protocol: 'http', engine: 'fortio', connections: 8 },
]
const end = (node: string) => ({
  namespace: 'perf',
  pod: node,
  node,
  hostNetwork: false,
  addresses: [],
  nodeAddresses: [],
})

function figuresOf(index: number, result: SampleResult) {
  const pairs = [{ index: 0, client: end('node-a'), server: end('node-b'), processes: [] }]
  const run: NetperfRun = {
    phases: [],
    tests: TESTS,
    pairs,
    pairsOfTest: new Map(),
    samples: [],
    startSpreads: [],
    endpointFacts: new Map(),
    pathMtus: [],
    clusterFacts: {},
    findings: [],
    leftBehind: [],
  }
  const sample: PairSample = { pair: 0, test: index, sample: 0, startedMs: 0, result }
  return sampleFigures(sample, run)
}

const measured = (reading: Partial<Reading>): SampleResult => ({
  kind: 'measured',
  reading: { tool: 'iperf 3.12', flows: [], ...reading },
})
const flow = (direction: FlowReading['direction'], receivedBitsPerSecond: number): FlowReading => ({
  direction,
  seconds: 10,
  receivedBitsPerSecond,
  retransmits: 20,
})

test('the throughput comes first, with the labels of its metric; what is not known is not there', () => {
  const figures = figuresOf(0, measured({ flows: [flow('forward', 9e9)], serverCores: 0.7 }))
  expect(figures.map(({ metric, value }) => [metric, value])).toEqual([
    ['tcp_throughput', 9e9],
    ['tcp_retransmits', 2],
    ['receiver_cpu', 0.7],
  ])
  expect(figures[0]?.labels).toMatchObject({
    direction: 'forward',
    pair: '0',
    client_node: 'node-a',
    server_node: 'node-b',
  })
})

test('both directions of one sample are told apart', () => {
  const figures = figuresOf(1, measured({ flows: [flow('forward', 9e9), flow('reverse', 4e9)] }))
  const throughputs = figures.filter(({ metric }) => metric === 'tcp_throughput')
  expect(throughputs.map(({ labels, value }) => [labels.direction, value])).toEqual([
    ['bidirectional-forward', 9e9],
    ['bidirectional-reverse', 4e9],
  ])
})

test('requests by their rate', () => {
  const requests = { seconds: 10, completed: 5000, errors: {} }
  expect(figuresOf(2, measured({ requests }))).toEqual([
    expect.objectContaining({ metric: 'http_request_rate', value: 500 }),
  ])
})

test('a sample that failed has no figures', () => {
  expect(figuresOf(0, { kind: 'failed', fault: new MeasurementFault('ToolFailed', 'x') })).toEqual([])
})
