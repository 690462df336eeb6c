import type { Metric, RunRecord } from '../../../record/run-record.ts'
import { bestFirst } from '../../../stats/best-source.ts'
import { scale, scaleMeasured } from '../../scale.ts'
import { type Html, html } from '../html.ts'
import {
  binCounts,
  type Curve,
  cumulativeShare,
  type Distribution,
  distributionOf,
  isSpreadWide,
  valueAt,
} from '../pieces/distribution.ts'
import { count, figure, wholeNumber } from '../pieces/figure.ts'
import { MOST_SERIES, plotFigure } from '../pieces/plot.ts'
import { seriesNames } from '../pieces/series-name.ts'
import { number, table, text } from '../pieces/table.ts'
import { type Section, section } from '../section.ts'

interface Drawn {
  readonly metric: Metric
  readonly name: string
  readonly distribution: Distribution
}

const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1] as const

/** Of each metric with enough values how they are distributed: cumulated, and by bins. */
export function distributions({ metrics }: RunRecord): readonly Section[] {
  const groups = Map.groupBy(metrics, ({ name }) => name)
  return section(
    'Distributions',
    [...groups].map(([name, group]) => distributionOfMetric(name, group)),
  )
}

function distributionOfMetric(name: string, group: readonly Metric[]): Html {
  const nameOf = seriesNames(group)
  const all = bestFirst(group).flatMap((metric): Drawn[] => {
    const distribution = distributionOf(metric)
    return distribution === undefined ? [] : [{ metric, name: nameOf(metric), distribution }]
  })
  // The overall series first, then those that say most.
  const ranked = all.toSorted(
    (a, b) =>
      Object.keys(a.metric.labels).length - Object.keys(b.metric.labels).length ||
      b.distribution.total - a.distribution.total,
  )
  const drawn = ranked.slice(0, MOST_SERIES)
  const [first] = drawn
  if (first === undefined) return html``
  const left = ranked.length - drawn.length
  const note = [
    ...(drawn.length === 1 ? [`${wholeNumber(first.distribution.total)} values`] : [`${drawn.length} series`]),
    ...(left === 0 ? [] : [`${left} more are not drawn`]),
    `source: ${[...new Set(drawn.map(({ metric }) => metric.source))].join(', ')}`,
  ].join('; ')
  return html`<div class="plots">${cumulated(name, drawn, note)}${binned(name, first, drawn.length > 1)}</div>`
}

function cumulated(name: string, drawn: readonly Drawn[], note: string): Html {
  const unit = drawn[0]?.metric.unit ?? 'count'
  const curves = drawn.map(({ name: label, distribution }) => ({ label, ...cumulativeShare(distribution) }))
  // What is 0 has no place on a logarithmic axis.
  const isLogarithmic =
    drawn.some(({ distribution }) => isSpreadWide(distribution)) &&
    drawn.every(({ distribution }) => (distribution.values[0]?.[0] ?? 0) > 0)
  const isThinned = drawn.some(
    ({ distribution }, index) => distribution.values.length + 1 > (curves[index]?.x.length ?? 0),
  )
  return plotFigure({
    title: `${name}: share of values up to x`,
    note: isThinned ? `${note}; of all values, drawn in ${Math.max(...curves.map(({ x }) => x.length))} steps` : note,
    plot: {
      kind: 'steps',
      xLabel: name,
      xUnit: unit,
      xScale: isLogarithmic ? 'log' : 'linear',
      yLabel: 'share of values',
      yUnit: 'ratio',
      yMax: 1,
      series: curves,
    },
    alternative: drawn.map(describe).join(' '),
    figures: table({
      caption: `Quantiles of ${name}`,
      note: 'Nearest rank, of all values; a quantile that so few values cannot tell from the maximum is left out.',
      columns: [text('Series'), number('Values'), ...QUANTILES.map((q) => number(quantileName(q)))],
      rows: drawn.map(({ metric, name: label, distribution }) => [
        label,
        count(distribution.total),
        ...QUANTILES.map((q) =>
          q < 1 && distribution.total * Math.min(q, 1 - q) < 1 - 1e-9
            ? undefined
            : figure(valueAt(distribution, q), metric.unit, metric.resolution),
        ),
      ]),
    }),
  })
}

function quantileName(q: number): string {
  return q === 1 ? 'Max' : `P${String(q).slice(2).padEnd(2, '0')}`
}

function describe({ metric: { unit, resolution = 0 }, name, distribution }: Drawn): string {
  const at = (share: number) => {
    const value = valueAt(distribution, share)
    return unit === 's' ? scaleMeasured(value, resolution) : scale(value, unit)
  }
  return `${name}: ${wholeNumber(distribution.total)} values, half of them up to ${at(0.5)}, nine in ten up to ${at(0.9)}, all up to ${at(1)}.`
}

function binned(name: string, { metric, name: series, distribution }: Drawn, isOneOfMany: boolean): Html {
  const { unit, resolution = 0 } = metric
  const [lowest, highest] = [distribution.values[0]?.[0], distribution.values.at(-1)?.[0]]
  if (lowest === highest)
    return html`<p class="note">All ${wholeNumber(distribution.total)} values are ${figure(lowest, unit, resolution)}.</p>`
  const isLogarithmic = isSpreadWide(distribution)
  const curve = binCounts(distribution, isLogarithmic, resolution)
  return plotFigure({
    title: `${name}: how many values where`,
    note: isOneOfMany ? `of the series: ${series}` : `${curve.x.length - 1} bins`,
    plot: {
      kind: 'areas',
      xLabel: name,
      xUnit: unit,
      xScale: isLogarithmic ? 'log' : 'linear',
      yLabel: 'values',
      yUnit: 'count',
      series: [{ label: series, ...curve }],
    },
    alternative: `Histogram with ${curve.x.length - 1} bins from ${scale(lowest, unit)} to ${scale(highest, unit)}; the fullest begins at ${scale(fullest(curve), unit)}.`,
    figures: table({
      caption: `Bins of ${name}`,
      columns: [number('From'), number('To'), number('Values')],
      rows: curve.x
        .slice(0, -1)
        .map((from, index) => [figure(from, unit), figure(curve.x[index + 1], unit), count(curve.y[index])]),
      fixed: true,
    }),
  })
}

function fullest({ x, y }: Curve): number | undefined {
  return x[y.indexOf(y.reduce((most, value) => Math.max(most, value), 0))]
}
