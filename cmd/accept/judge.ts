import type { SuiteItem } from '../../lib/acceptance/suite/read-suite.ts'
import type { AcceptItem, ItemVerdict } from '../../lib/record/details/accept-details.ts'
import type { Metric, ThresholdResult } from '../../lib/record/run-record.ts'
import { scale } from '../../lib/report/scale.ts'
import { evaluateThreshold } from '../../lib/thresholds/evaluate.ts'
import type { Threshold } from '../../lib/thresholds/threshold.ts'
import type { Measured } from './work.ts'

type Judgement = Pick<AcceptItem, 'result' | 'reason' | 'thresholds'>

/** What a measurement means for its item: a figure that breaks a threshold fails it, one that is missing leaves it open. */
export function judge(
  { thresholds: asked, thresholdsWhereReported }: Pick<SuiteItem, 'thresholds' | 'thresholdsWhereReported'>,
  measured: Measured,
): Judgement {
  const { outcome, reason, refusal, metrics } = measured
  const evaluate = (threshold: Threshold) => evaluateThreshold(threshold, [...metrics])
  const reported = thresholdsWhereReported.map(evaluate).filter(({ observed }) => observed !== null)
  const thresholds = [...asked.map(evaluate), ...reported]
  if (outcome !== 'measured') return { result: outcome, ...(reason === undefined ? {} : { reason }), thresholds }
  const broken = thresholds.filter(({ passed, observed }) => !passed && observed !== null)
  const missing = thresholds.filter(({ observed }) => observed === null)
  const reasons = [...(refusal === undefined ? [] : [refusal]), ...broken.map(describeBroken)]
  if (reasons.length > 0) return { result: 'fail', reason: reasons.join('; '), thresholds }
  if (missing.length > 0) {
    const figures = missing.map(({ expression }) => figureOf(expression)).join(', ')
    return { result: 'no-data', reason: `there is no figure for ${figures}`, thresholds }
  }
  return { result: 'pass', thresholds }
}

/** `udp_loss.max is 2.1%, and has to be < 0.1%`. */
function describeBroken({ expression, observed, unit }: ThresholdResult): string {
  const limit = expression.slice(figureOf(expression).length).trim()
  return `${figureOf(expression)} is ${observed === null ? 'unknown' : scale(observed, unit ?? 'count')}, and has to be ${limit}`
}

/** The left side of a threshold; labels may have an operator in their quotes. */
export function figureOf(expression: string): string {
  return (/^(?:[^{<>=!]|\{[^}]*\})*/.exec(expression)?.[0] ?? expression).trim()
}

/** As series of the whole run: which item they are of is one of their labels. */
export function metricsOfItem(item: string, metrics: readonly Metric[]): Metric[] {
  return metrics.map((metric) => ({ ...metric, labels: { ...metric.labels, item } }))
}

/** Does an item with this result keep the cluster from being accepted? */
export function isOpen(result: ItemVerdict): boolean {
  return result === 'no-data' || result === 'not-permitted'
}
