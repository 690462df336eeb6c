import { MeasurementFault } from '../../../lib/netperf/measurement-fault.ts'
import type { NetperfRun, PairSample } from '../../../lib/netperf/netperf-run.ts'
import type { Endpoint, Pair } from '../../../lib/netperf/pair.ts'
import type { FlowReading, Reading } from '../../../lib/netperf/reading.ts'
import { testCase } from './test-case-example.ts'

// Runs made by hand, so that every figure of their records is known beforehand.

export const MBIT = 1e6
export const GBIT = 1e9

export function endpoint(pod: string, node: string, changes: Partial<Endpoint> = {}): Endpoint {
  return {
    namespace: 'perf-abc123',
    pod,
    node,
    hostNetwork: false,
    addresses: ['10.0.0.1'],
    nodeAddresses: ['192.0.2.1'],
    ...changes,
  }
}

export function pair(index: number, clientNode: string, serverNode: string): Pair {
  return {
    index,
    client: endpoint(`client-${index}`, clientNode),
    server: endpoint(`server-${index}`, serverNode),
    processes: [{ engine: 'iperf3', ipFamily: 4, port: 5201 + 2 * index }],
  }
}

export function flow(receivedBitsPerSecond: number, changes: Partial<FlowReading> = {}): FlowReading {
  return { direction: 'forward', seconds: 10, receivedBitsPerSecond, ...changes }
}

export function reading(flows: readonly FlowReading[], changes: Partial<Reading> = {}): Reading {
  return { tool: 'iperf 3.12', flows, ...changes }
}

export function measured(
  where: { pair?: number; test?: number; sample: number },
  of: Reading,
  changes: Partial<PairSample> = {},
): PairSample {
  return { pair: 0, test: 0, startedMs: 1000, ...where, result: { kind: 'measured', reading: of }, ...changes }
}

export function failed(where: { pair?: number; test?: number; sample: number }, message: string): PairSample {
  const fault = new MeasurementFault('ConnectionRefused', message)
  return { pair: 0, test: 0, startedMs: 1000, ...where, result: { kind: 'failed', fault } }
}

/** All pairs in every test, unless told otherwise. */
export function netperfRun(changes: Partial<NetperfRun> = {}): NetperfRun {
  const { tests = [testCase()], pairs = [pair(0, 'node-a', 'node-b')] } = changes
  const numbers = pairs.map(({ index }) => index)
  return {
    phases: [],
    tests,
    pairs,
    pairsOfTest: new Map(tests.map((_, index) => [index, numbers])),
    samples: [],
    startSpreads: [],
    endpointFacts: new Map(),
    pathMtus: [],
    clusterFacts: {},
    findings: [],
    leftBehind: [],
    ...changes,
  }
}
