import { isMetricName, metricDefinition } from '../../../record/catalogue/metric-catalogue.ts'
import type { Metric, RunRecord, Statistics } from '../../../record/run-record.ts'
import { type Content, html } from '../html.ts'
import { bar } from '../pieces/bar.ts'
import { count, figure, statistic, wholeNumber } from '../pieces/figure.ts'
import { labelText } from '../pieces/series-name.ts'
import { number, table, text } from '../pieces/table.ts'
import { type Section, section } from '../section.ts'

/** Of one metric there may be thousands of series, one for each map of each node. */
const MOST_OF_ONE_METRIC = 60

const COLUMNS = ['min', 'p05', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const

/** Every figure of the record, with its spread. */
export function metrics({ metrics: all }: RunRecord): readonly Section[] {
  const groups = [...Map.groupBy(all, ({ name }) => name)]
  const left = groups.reduce((sum, [, group]) => sum + Math.max(0, group.length - MOST_OF_ONE_METRIC), 0)
  const every = table({
    caption: 'Every metric of the run',
    note:
      left === 0
        ? 'The bar reaches from the least to the greatest value, on one scale for each metric; its mark is the median.'
        : `Of each metric the first ${MOST_OF_ONE_METRIC} series; ${wholeNumber(left)} more are in the record of the run. The bar reaches from the least to the greatest value, on one scale for each metric.`,
    columns: [
      text('Metric'),
      text('Series'),
      number('Value'),
      number('Count'),
      ...COLUMNS.map((key) => number(key === 'min' || key === 'max' ? capital(key) : key.toUpperCase())),
      number('Mean'),
      text('Spread'),
      text('Source'),
    ],
    rows: groups.flatMap(([, group]) => {
      const whole = rangeOf(group)
      return group.slice(0, MOST_OF_ONE_METRIC).map((metric) => rowOf(metric, whole))
    }),
    most: Number.POSITIVE_INFINITY,
  })
  // For those who look for one: a page of figures hides the others.
  return section(
    'All metrics',
    all.length === 0
      ? []
      : [
          html`<details><summary>${wholeNumber(all.length)} series of ${groups.length} metrics</summary>${every}</details>`,
        ],
  )
}

function rowOf(metric: Metric, whole: { from: number; to: number }): Content[] {
  const { name, unit, labels, statistics, source } = metric
  const { value, mean, ci95, min, max, p50 } = statistics
  const shown = (key: keyof Statistics) => (statistics[key] === undefined ? '' : statistic(metric, key))
  return [
    html`<span title="${isMetricName(name) ? metricDefinition(name).description : ''}">${name}</span>`,
    labelText(labels),
    value === undefined && statistics.count === 0 ? figure(undefined, unit) : shown('value'),
    statistics.count === undefined ? '' : count(statistics.count),
    ...COLUMNS.map(shown),
    mean === undefined
      ? ''
      : html`${figure(mean, unit)}${ci95 === undefined ? undefined : html` <span class="spread">± ${figure(ci95, unit)}</span>`}`,
    min === undefined || max === undefined ? '' : bar({ from: min, to: max }, whole, p50 === undefined ? [] : [p50]),
    source,
  ]
}

function rangeOf(group: readonly Metric[]): { from: number; to: number } {
  const known = (values: readonly (number | undefined)[]) => values.filter((value) => value !== undefined)
  const greatest = known(group.map(({ statistics }) => statistics.max)).reduce(
    (most, value) => Math.max(most, value),
    0,
  )
  const least = known(group.map(({ statistics }) => statistics.min)).reduce((most, value) => Math.min(most, value), 0)
  return { from: least, to: greatest }
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
