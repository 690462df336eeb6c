import type { NetperfRun } from '../netperf-run.ts'

/**
 * A run as if it had had some of its tests only, with the pairs, the phases and the findings of all.
 * @param tests indices in the run's tests
 */
export function partOfRun(run: NetperfRun, tests: readonly number[]): NetperfRun {
  const renumbered = new Map(tests.map((test, index) => [test, index]))
  const own = <T extends { readonly test: number }>(parts: readonly T[]): T[] =>
    parts.flatMap((part) => {
      const test = renumbered.get(part.test)
      return test === undefined ? [] : [{ ...part, test }]
    })
  return {
    ...run,
    tests: tests.flatMap((test) => run.tests[test] ?? []),
    pairsOfTest: new Map(tests.map((test, index) => [index, run.pairsOfTest.get(test) ?? []])),
    samples: own(run.samples),
    startSpreads: own(run.startSpreads),
  }
}
