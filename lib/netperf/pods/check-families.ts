import { PerfError } from '../../errors/perf-error.ts'
import { addressOf, type Endpoint } from '../pair.ts'
import type { TestCase } from '../test-case.ts'

/**
 * Finds out before Services are made and servers are asked whether the cluster's pods have the IP families of the tests. Where
 * some pods have one and others do not, each pair tells for itself.
 * @throws PerfError naming the family that no pod has, and the one that is there
 */
export function checkFamilies(
  tests: readonly Pick<TestCase, 'ipFamily'>[],
  endpoints: Iterable<Pick<Endpoint, 'addresses'>>,
): void {
  const pods = [...endpoints]
  const hasSome = (family: 4 | 6) => pods.some(({ addresses }) => addressOf(addresses, family) !== undefined)
  const missing = [...new Set(tests.map(({ ipFamily }) => ipFamily))].find((family) => !hasSome(family))
  if (missing === undefined) return
  const other = missing === 4 ? 6 : 4
  throw new PerfError(`no pod of this run has an IPv${missing} address: the cluster gives its pods IPv${other} alone`, {
    advice: [`--ip-family ${other}`],
  })
}
