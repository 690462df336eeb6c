import type { Pair } from '../../pair.ts'
import type { TestCase } from '../../test-case.ts'
import type { MeasuredTest } from '../measured-tests.ts'

/**
 * The shortest transaction over the same path and IP family between the same two nodes, which a request and its response
 * of a byte over one connection (mode rr) have taken: the round trip of a network that carries nothing else. Undefined: no
 * such test.
 */
export function idleRtt(
  tests: readonly MeasuredTest[],
  { client, server }: Pair,
  { path, ipFamily }: Pick<TestCase, 'path' | 'ipFamily'>,
): number | undefined {
  const trips = tests
    .filter(({ test }) => test.mode === 'rr' && test.path === path && test.ipFamily === ipFamily)
    .filter(({ test }) => (test.connections ?? 1) === 1)
    .flatMap(({ pairs }) => pairs)
    .filter(({ pair }) => pair.client.node === client.node && pair.server.node === server.node)
    .flatMap(({ samples }) => samples.flatMap(({ reading }) => reading.requests?.latency?.minSeconds ?? []))
  return trips.length === 0 ? undefined : Math.min(...trips)
}
