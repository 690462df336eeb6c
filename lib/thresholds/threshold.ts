import { UsageError } from '../errors/perf-error.ts'
import { isMetricName, type MetricName, metricDefinition, metricNames } from '../record/catalogue/metric-catalogue.ts'
import { ownLabels, possibleLabels } from '../record/catalogue/metric-labels.ts'
import { nearest } from '../record/nearest-word.ts'
import type { Statistics } from '../record/run-record.ts'
import { unitMultiplier, unitSuffixes } from '../record/unit.ts'

export const OPERATORS = ['<', '<=', '>', '>=', '==', '!='] as const
export type Operator = (typeof OPERATORS)[number]
/** A key of the record's statistics, or p10: what nine of ten reach. */
export type Statistic = keyof Statistics | 'p10'

/** One figure of a metric, over the series whose labels hold all of `labels`. */
export interface Selection {
  metric: MetricName
  labels: Readonly<Record<string, string>>
  statistic: Statistic
}

/** `numerator[/denominator] operator limit`, the limit in the metric's base unit (a plain number for a ratio). */
export interface Threshold {
  expression: string
  numerator: Selection
  denominator?: Selection
  operator: Operator
  limit: number
}

export const STATISTICS: readonly Statistic[] = [
  'value',
  'count',
  'min',
  'mean',
  'stddev',
  'p05',
  'p10',
  'p50',
  'p90',
  'p95',
  'p99',
  'p999',
  'max',
]

/** Not a label of the record, but selects as one: where a figure comes from. */
const SOURCE_LABEL = 'source'

const selection = String.raw`([A-Za-z_][A-Za-z0-9_]*)\s*(\{[^}]*\})?\s*(?:\.\s*([A-Za-z0-9]+))?`
const grammar = new RegExp(
  String.raw`^\s*${selection}\s*(?:/\s*${selection}\s*)?(<=|>=|==|!=|<|>)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([A-Za-zµμ%/]*)\s*$`,
)
const label = /\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^",}]*?))\s*(?:,|$)/y

/**
 * Parses `METRIC[{label=value,…}][.STAT] OP NUMBER[UNIT]`, or the ratio `A[.STAT]/B[.STAT] OP NUMBER`.
 * @throws UsageError naming the part that is wrong and what is allowed there
 */
export function parseThreshold(expression: string): Threshold {
  const match = grammar.exec(expression)
  if (match === null) {
    throw new UsageError(`invalid threshold "${expression}"`, {
      advice: ["write METRIC[{label=value}][.STAT] OP NUMBER[UNIT], e.g. 'pod_ready_latency.p99<5s'"],
    })
  }
  const [, metric = '', labels, statistic, otherMetric, otherLabels, otherStatistic, operator, number, unit = ''] =
    match
  const numerator = parseSelection(expression, metric, labels, statistic)
  const threshold: Threshold = {
    expression: expression.trim(),
    numerator,
    operator: operator as Operator,
    limit: Number(number) * multiplier(expression, numerator, otherMetric !== undefined, unit),
  }
  if (otherMetric !== undefined) {
    const denominator = parseSelection(expression, otherMetric, otherLabels, otherStatistic)
    const units = [numerator, denominator].map(({ metric: name }) => metricDefinition(name).unit)
    if (units[0] !== units[1]) {
      throw new UsageError(`invalid threshold "${expression}": a ratio of ${units.join(' and ')} has no meaning`)
    }
    threshold.denominator = denominator
  }
  return threshold
}

function parseSelection(expression: string, metric: string, labels = '', statistic?: string): Selection {
  if (!isMetricName(metric)) {
    const near = nearest(metric, metricNames())
    throw new UsageError(
      `invalid threshold "${expression}": unknown metric "${metric}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    )
  }
  if (statistic !== undefined && !STATISTICS.includes(statistic as Statistic)) {
    throw new UsageError(
      `invalid threshold "${expression}": unknown statistic "${statistic}", use one of ${STATISTICS.join(', ')}`,
    )
  }
  return {
    metric,
    labels: checkLabels(expression, metric, parseLabels(expression, labels)),
    statistic: (statistic as Statistic | undefined) ?? metricDefinition(metric).threshold,
  }
}

function parseLabels(expression: string, braces: string): Record<string, string> {
  const text = braces.slice(1, -1)
  const labels: Record<string, string> = {}
  label.lastIndex = 0
  while (label.lastIndex < text.length) {
    const from = label.lastIndex
    const match = label.exec(text)
    if (match === null) {
      throw new UsageError(`invalid threshold "${expression}": "${text.slice(from)}" is not label=value`)
    }
    const [, name = '', quoted, bare = ''] = match
    labels[name] = quoted === undefined ? bare : quoted.replaceAll(/\\(.)/g, '$1')
  }
  return labels
}

/** What a label's value may be is known only after the run. */
function checkLabels(expression: string, metric: MetricName, labels: Record<string, string>): Record<string, string> {
  const possible = [...possibleLabels(metric), SOURCE_LABEL]
  const unknown = Object.keys(labels).find((name) => !possible.includes(name))
  if (unknown === undefined) return labels
  const near = nearest(unknown, possible)
  const advice =
    near === undefined ? `use one of ${[...ownLabels(metric), SOURCE_LABEL].join(', ')}` : `did you mean "${near}"?`
  throw new UsageError(`invalid threshold "${expression}": ${metric} has no label "${unknown}"; ${advice}`)
}

function multiplier(expression: string, { metric, statistic }: Selection, isRatio: boolean, suffix: string): number {
  const unit = isRatio ? 'ratio' : statistic === 'count' ? 'count' : metricDefinition(metric).unit
  const factor = unitMultiplier(unit, suffix)
  if (factor === undefined) {
    const allowed = unitSuffixes(unit)
    throw new UsageError(
      `invalid threshold "${expression}": "${suffix}" is no unit of ${isRatio ? 'a ratio' : metric}, ${
        allowed.length === 0 ? 'write a plain number' : `use one of ${allowed.join(', ')}`
      }`,
    )
  }
  return factor
}
