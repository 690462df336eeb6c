import type { TestCase } from '../../../lib/netperf/test-case.ts'

/** TCP in its plainest form, between pods on other nodes, and what differs. */
export function testCase(parts: Partial<TestCase> = {}): TestCase {
  return {
    engine: 'iperf3',
    protocol: 'tcp',
    mode: 'stream',
    path: 'pod',
    placement: 'other-node',
    direction: 'forward',
    ipFamily: 4,
    streams: 1,
    isBaseline: false,
    ...parts,
  }
}
