import { bucketOf, isLowerLimit } from '../../../record/lower-limit.ts'
import type { Metric, Statistics, Unit } from '../../../record/run-record.ts'
import { scale, scaleMeasured } from '../../scale.ts'
import { type Html, html } from '../html.ts'

const UNIT_WORDS: Readonly<Record<Unit, string>> = {
  s: ' s',
  B: ' B',
  'bit/s': ' bit/s',
  'B/s': ' B/s',
  '1/s': '/s',
  ratio: '',
  count: '',
  cores: ' cores',
}

/** What stands where there is no figure: never 0. */
export const noData: Html = html`<span class="none">no data</span>`

/**
 * A figure as a person reads it, with its exact value as tool tip, and as what the column is sorted by.
 * @param resolution how fine it was measured, in its unit: no digits beyond
 */
export function figure(value: number | undefined | null, unit: Unit, resolution = 0): Html {
  if (value === undefined || value === null) return noData
  const text = unit === 's' ? scaleMeasured(value, resolution) : scale(value, unit)
  const exact = `${value}${UNIT_WORDS[unit]}`
  return html`<data value="${value}" title="${exact}">${text}</data>`
}

/** A statistic of a metric, with its sign where no more is known than that it is above. */
export function statistic(metric: Metric, key: keyof Statistics): Html {
  // Of a histogram it is known by its own bucket, and not by the widest that some other statistic lies in.
  const [lower, upper] = bucketOf(metric, key) ?? []
  const resolution = lower === undefined || typeof upper !== 'number' ? metric.resolution : upper - lower
  const shown = figure(metric.statistics[key], metric.unit, resolution)
  return isLowerLimit(metric, key) ? html`&gt;${shown}` : shown
}

/** A whole number with its thousands apart. */
export function count(value: number | undefined): Html {
  if (value === undefined) return noData
  return html`<data value="${value}">${wholeNumber(value)}</data>`
}

export function wholeNumber(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 3 })
}

/** `16.9 Gbit/s ± 0.4 Gbit/s`: how sure the mean is. */
export function estimate(value: { mean: number; ci95?: number } | undefined, unit: Unit): Html {
  if (value === undefined) return noData
  return value.ci95 === undefined
    ? figure(value.mean, unit)
    : html`${figure(value.mean, unit)} <span class="spread">± ${scale(value.ci95, unit)}</span>`
}
