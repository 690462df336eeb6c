import { metricDefinition } from '../record/catalogue/metric-catalogue.ts'
import { isLowerLimit } from '../record/lower-limit.ts'
import type { Metric, ThresholdResult } from '../record/run-record.ts'
import { bestSources } from '../stats/best-source.ts'
import { QUANTILES } from '../stats/describe.ts'
import { quantile, samplesToCarry } from '../stats/quantile.ts'
import { sortSamples } from '../stats/sorted-samples.ts'
import type { Operator, Selection, Statistic, Threshold } from './threshold.ts'

interface Observation {
  labels: Readonly<Record<string, string>>
  value: number
}

/**
 * Holds a threshold against the metrics of a run. It means the series that has just the labels of the selector where
 * there is one: without labels the overall series, not its parts by node or namespace. Else it means every series with
 * those labels and maybe more: each must hold and the worst is what was observed. A series without the figure, or no
 * series at all, is no data and fails the threshold (`observed: null`).
 */
export function evaluateThreshold(threshold: Threshold, metrics: readonly Metric[]): ThresholdResult {
  const observations = observe(threshold, metrics)
  const worst = observations === null ? undefined : worstOf(observations, threshold)
  const { unit } =
    threshold.denominator === undefined ? metricDefinition(threshold.numerator.metric) : { unit: 'ratio' as const }
  if (worst === undefined) return { expression: threshold.expression, observed: null, unit, passed: false }
  return {
    expression: threshold.expression,
    observed: worst.value,
    unit: threshold.numerator.statistic === 'count' && threshold.denominator === undefined ? 'count' : unit,
    passed: holds(worst.value, threshold.operator, threshold.limit),
    ...(Object.keys(worst.labels).length === 0 ? {} : { series: { ...worst.labels } }),
  }
}

type Condition = Pick<Threshold, 'operator' | 'limit'>

function observe(threshold: Threshold, metrics: readonly Metric[]): Observation[] | null {
  const { numerator, denominator } = threshold
  const over = select(numerator, metrics, denominator === undefined ? threshold : undefined)
  if (over === null || denominator === undefined) return over
  const under = select(denominator, metrics)
  if (under === null) return null
  const ratios: Observation[] = []
  for (const { labels, value } of over) {
    const divisor = under.length === 1 ? under[0] : under.find((other) => sameLabels(other.labels, labels))
    if (divisor === undefined || divisor.value === 0) return null
    ratios.push({ labels, value: value / divisor.value })
  }
  return ratios
}

function select(
  { metric: name, labels, statistic }: Selection,
  metrics: readonly Metric[],
  condition?: Condition,
): Observation[] | null {
  const matching = bestSources(
    metrics.filter((metric) => metric.name === name && hasLabels(identityOf(metric), labels)),
  )
  const { source: _, ...selected } = labels
  const exact = matching.filter((metric) => sameLabels(metric.labels, selected))
  const series = exact.length === 0 ? matching : exact
  if (series.length === 0) return null
  const single = series.flatMap(({ statistics }) => statistics.value ?? [])
  if (single.length === series.length && statistic !== 'value') {
    const value = statisticOf(single, statistic)
    return value === null ? null : [{ labels: {}, value }]
  }
  const observations: Observation[] = []
  for (const metric of series) {
    const value =
      told(metric, statistic, condition) ??
      worstInBucket(metric, statistic, condition) ??
      statisticOf(rawSamples(metric), statistic) ??
      extreme(metric, statistic)
    if (value === null) return null
    observations.push({ labels: metric.labels, value })
  }
  return observations
}

/** Of the quantiles that a threshold may ask for. */
const SHARES = { ...QUANTILES, p10: 0.1 } as const

function isQuantile(statistic: Statistic): statistic is keyof typeof SHARES {
  return statistic in SHARES
}

// By nearest rank a quantile that the sample is too small to carry is its maximum (or minimum): a threshold may use it,
// although the record does not print it as a quantile of its own.
function statisticOf(values: readonly number[], statistic: Statistic): number | null {
  if (statistic === 'count') return values.length
  const samples = sortSamples(values)
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined) return null
  if (isQuantile(statistic)) return quantile(samples, SHARES[statistic])
  if (statistic === 'min') return first
  if (statistic === 'max') return last
  if (statistic === 'mean') return samples.reduce((sum, value) => sum + value, 0) / samples.length
  return null
}

// A statistic that the record has.
function told(metric: Metric, statistic: Statistic, condition: Condition | undefined): number | null {
  const value = statistic === 'p10' ? undefined : metric.statistics[statistic]
  if (value === undefined || statistic === 'p10' || !isLowerLimit(metric, statistic)) return value ?? null
  return lowerLimit(value, condition)
}

// What lies in a server's last bucket is above the bound that stands for it, nobody knows how far: that decides a limit below
// the bound, and is no data for any other.
function lowerLimit(bound: number, condition: Condition | undefined): number | null {
  if (condition === undefined || condition.operator === '==' || condition.operator === '!=') return null
  return condition.limit < bound ? bound : null
}

// Of a server's histogram only the bucket of the maximum is known, which is also that of a quantile that the observations
// do not carry: the threshold is held against the end of it that is worse.
function worstInBucket({ interpolated }: Metric, statistic: Statistic, condition?: Condition): number | null {
  const isMaximum = statistic === 'max' || (isQuantile(statistic) && SHARES[statistic] >= 0.5)
  if (interpolated?.max === undefined || !isMaximum || condition === undefined) return null
  const [lower, upper] = interpolated.max
  const { operator } = condition
  if (operator === '<' || operator === '<=') return upper ?? lowerLimit(lower, condition)
  return operator === '>' || operator === '>=' ? lower : null
}

// The same of a series that has kept no samples.
function extreme({ statistics: { count = 0, min, max } }: Metric, statistic: Statistic): number | null {
  if (!isQuantile(statistic) || count === 0 || count >= samplesToCarry(SHARES[statistic])) return null
  return (SHARES[statistic] < 0.5 ? min : max) ?? null
}

function rawSamples({ samples, histogram }: Metric): number[] {
  return samples ?? histogram?.flatMap(([bound, count]) => Array.from({ length: count }, () => bound)) ?? []
}

function worstOf(observations: readonly Observation[], { operator, limit }: Threshold): Observation | undefined {
  const badness = ({ value }: Observation) => {
    if (operator === '<' || operator === '<=') return value
    if (operator === '>' || operator === '>=') return -value
    return operator === '==' ? Math.abs(value - limit) : -Math.abs(value - limit)
  }
  return observations.reduce<Observation | undefined>(
    (worst, next) => (worst === undefined || badness(next) > badness(worst) ? next : worst),
    undefined,
  )
}

function holds(value: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '>=':
      return value >= limit
    case '==':
      return value === limit
    case '!=':
      return value !== limit
  }
}

function identityOf({ labels, source }: Metric): Record<string, string> {
  return { source, ...labels }
}

function hasLabels(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value)
}

function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return Object.keys(a).length === Object.keys(b).length && hasLabels(a, b)
}
