import type { AcrossPairs, Verdict, WorstPair } from '../../../record/details/netperf-details.ts'
import { describe } from '../../../stats/describe.ts'
import { jainFairness } from '../../../stats/fairness.ts'
import { quantile } from '../../../stats/quantile.ts'
import { sortSamples } from '../../../stats/sorted-samples.ts'
import type { Pair } from '../../pair.ts'

export interface PairValue {
  readonly pair: Pair
  readonly value: number
}

/** How far the pairs differ; undefined for none. */
export function acrossPairs(values: readonly number[]): AcrossPairs | undefined {
  const { count = 0, min, max, p05, p95 } = describe(values)
  if (min === undefined || max === undefined) return undefined
  const fairness = count < 2 ? undefined : jainFairness(values)
  return {
    pairs: count,
    min,
    ...(p05 === undefined ? {} : { p05 }),
    p50: quantile(sortSamples(values), 0.5),
    ...(p95 === undefined ? {} : { p95 }),
    max,
    ...(fairness === undefined ? {} : { fairness }),
  }
}

/** The pair with the lowest throughput or rate; undefined where there is nothing to be worse than. */
export function worstPair(values: readonly PairValue[]): WorstPair | undefined {
  const [first, ...others] = values
  if (first === undefined || others.length === 0) return undefined
  const { pair, value } = others.reduce((worst, next) => (next.value < worst.value ? next : worst), first)
  return { pair: pair.index, value, clientNode: pair.client.node, serverNode: pair.server.node }
}

/** What most pairs are limited by: in the words of the worst of them, and how many they are where not all agree. */
export function commonVerdict(verdicts: readonly { verdict: Verdict; value: number | undefined }[]): Verdict {
  const judged = verdicts.filter(({ value }) => value !== undefined)
  const groups = [...Map.groupBy(judged, ({ verdict }) => verdict.limit).values()]
  const [most] = groups.toSorted((a, b) => b.length - a.length)
  const worst = most?.toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0))[0]?.verdict
  if (most === undefined || worst === undefined) return { limit: 'unknown', text: 'unknown', evidence: [] }
  if (most.length === judged.length) return worst
  return { ...worst, text: `${worst.text}, ${most.length} of ${judged.length} pairs` }
}
