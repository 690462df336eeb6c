import {
  type ComparedFigure,
  type Comparison,
  type ComparisonVerdict,
  LEAST_MEASUREMENTS,
} from '../record/details/compare-details.ts'
import type { RunRecord } from '../record/run-record.ts'
import { holm } from '../stats/holm.ts'
import { mannWhitney } from '../stats/mann-whitney.ts'
import { median } from '../stats/quantile.ts'
import { differenceShift, ratioShift, type Shift } from '../stats/shift.ts'
import { isHeadline, isWhole } from './headline.ts'
import { coarser, countRuns, type Observations, observe } from './observations.ts'
import { pairSides } from './pair-sides.ts'

/** What is more likely than this to come about by chance is no difference. */
export const SIGNIFICANCE = 0.05

export interface ComparisonRules {
  /** Worse by more than this share is a regression that fails. Undefined: nothing does. */
  readonly failOnRegression?: number
  /** Names of the metrics that gate; undefined: the headline figures of the command. */
  readonly gating?: readonly string[]
}

/** Holds the runs of two sides against each other, figure by figure. */
export function compareSides(
  base: readonly RunRecord[],
  next: readonly RunRecord[],
  rules: ComparisonRules,
): Comparison {
  // The samples of a run share its cluster's state: where there are several runs, each of them is one measurement.
  const unit = countRuns(base) === 1 && countRuns(next) === 1 ? 'sample' : 'run'
  const [ofBase, ofNext] = [observe(base, unit), observe(next, unit)]
  const { pairs, ...unpaired } = pairSides(ofBase, ofNext)
  const isWanted = wantedFigures(base[0]?.kind ?? '', ofBase, rules)
  const drafts = pairs.map(([before, after]) => draft(before, after, isWanted(before)))
  return {
    unit,
    figures: judge(drafts, rules),
    ...unpaired,
    ungated: ungated([...ofBase, ...ofNext].filter(isWanted), drafts, rules),
  }
}

/** What should gate and cannot is no pass. */
function ungated(
  wanted: readonly Observations[],
  drafts: readonly Draft[],
  { gating = [] }: ComparisonRules,
): string[] {
  const names = wanted.flatMap(({ metric, better }) => (better === undefined ? [] : [metric]))
  const compared = new Set(drafts.flatMap(({ metric, gates }) => (gates ? [metric] : [])))
  return [...new Set([...gating, ...names])].filter((metric) => !compared.has(metric))
}

type Draft = Omit<ComparedFigure, 'verdict' | 'adjustedP' | 'isBeyondLimit'>

/** As thresholds have it, the name of a metric means its overall series where there is one, not its parts. */
function wantedFigures(
  kind: string,
  figures: readonly Observations[],
  { gating }: ComparisonRules,
): (figure: Observations) => boolean {
  if (gating === undefined) return (figure) => isHeadline(kind, figure)
  const whole = new Set(figures.filter(isWhole).map(({ metric }) => metric))
  return (figure) => gating.includes(figure.metric) && (isWhole(figure) || !whole.has(figure.metric))
}

function draft(before: Observations, after: Observations, isWanted: boolean): Draft {
  const { values: base, samples: _, ...identity } = before
  const next = after.values
  const resolution = coarser(before.resolution, after.resolution)
  const isPositive = [...base, ...next].every((value) => value > 0)
  const shift = isPositive ? ratioShift(base, next) : differenceShift(base, next)
  const isEnough = Math.min(base.length, next.length) >= LEAST_MEASUREMENTS
  return {
    ...identity,
    ...(resolution === undefined ? {} : { resolution }),
    base,
    next,
    baseMedian: median(base),
    nextMedian: median(next),
    change: isPositive ? { kind: 'ratio', ...asChange(shift) } : { kind: 'difference', ...shift },
    ...(isEnough ? { p: mannWhitney(base, next).pTwoSided } : {}),
    gates: isWanted && before.better !== undefined,
  }
}

function asChange({ estimate, interval }: Shift): Shift {
  return {
    estimate: estimate - 1,
    ...(interval === undefined ? {} : { interval: [interval[0] - 1, interval[1] - 1] as const }),
  }
}

/** Many figures are looked at, and one of them differs by chance soon: those that gate have to show more. */
function judge(drafts: readonly Draft[], { failOnRegression }: ComparisonRules): ComparedFigure[] {
  const tested = drafts.filter(({ gates, p }) => gates && p !== undefined)
  const adjusted = new Map(holm(tested.map(({ p = 1 }) => p)).map((p, index) => [tested[index], p]))
  return drafts.map((figure) => {
    const adjustedP = adjusted.get(figure)
    const verdict = verdictOf(figure, adjustedP ?? figure.p)
    const isBeyondLimit =
      failOnRegression === undefined || adjustedP === undefined
        ? undefined
        : verdict === 'regression' && worsening(figure) > failOnRegression
    return {
      ...figure,
      ...(adjustedP === undefined ? {} : { adjustedP }),
      verdict,
      ...(isBeyondLimit === undefined ? {} : { isBeyondLimit }),
    }
  })
}

function verdictOf(figure: Draft, p: number | undefined): ComparisonVerdict {
  const { better, change, baseMedian, nextMedian, resolution = 0 } = figure
  if (p === undefined) return 'too-few'
  const isMeasurable = change.estimate !== 0 && Math.abs(nextMedian - baseMedian) > resolution
  if (p >= SIGNIFICANCE || !isMeasurable) return 'no-difference-shown'
  if (better === undefined) return 'changed'
  return change.estimate > 0 === (better === 'higher') ? 'improvement' : 'regression'
}

/** As a share of the base; what was 0 and is more is worse without a bound. */
function worsening({ better, change, baseMedian }: Draft): number {
  const share = change.kind === 'ratio' ? change.estimate : change.estimate / Math.abs(baseMedian)
  return better === 'higher' ? -share : share
}
