import type { Unit } from '../../../record/run-record.ts'
import { scale } from '../../scale.ts'
import type { Content, Html } from '../html.ts'
import { figure, wholeNumber } from './figure.ts'
import { MOST_SERIES, plotFigure } from './plot.ts'
import { number, table, text } from './table.ts'

export interface TimeSeries {
  readonly label: string
  /** Seconds, ascending, and the value; null: none was there. */
  readonly points: readonly (readonly [seconds: number, value: number | null])[]
}

export interface TimeSeriesOptions {
  readonly title: string
  readonly note?: Content
  readonly unit: Unit
  readonly series: readonly TimeSeries[]
  readonly kind?: 'lines' | 'steps'
  readonly yMax?: number
}

/** Lines over time: those that reach highest, where there are more than can be told apart. */
export function timeSeries({ title, note, unit, series, kind = 'lines', yMax }: TimeSeriesOptions): Html {
  const ranked = series
    .map((one) => ({ ...one, summary: summarize(one) }))
    .toSorted((a, b) => b.summary.max - a.summary.max)
  const drawn = ranked.slice(0, MOST_SERIES)
  const left = ranked.length - drawn.length
  const remark =
    left === 0
      ? note
      : [
          note ?? '',
          `${note === undefined ? '' : '; '}the ${drawn.length} highest of ${wholeNumber(ranked.length)} series are drawn`,
        ]
  return plotFigure({
    title,
    ...(remark === undefined ? {} : { note: remark }),
    plot: {
      kind,
      xLabel: 'time',
      xUnit: 's',
      xScale: 'linear',
      yLabel: title,
      yUnit: unit,
      ...(yMax === undefined ? {} : { yMax }),
      series: drawn.map(({ label, points }) => ({
        label,
        x: points.map(([seconds]) => seconds),
        y: points.map(([, value]) => value),
      })),
    },
    alternative: drawn
      .map(({ label, summary: { first, last, max, at } }) =>
        at === undefined
          ? `${label}: no data.`
          : `${label}: from ${scale(first, unit)} to ${scale(last, unit)}, at most ${scale(max, unit)} at ${scale(at, 's')}.`,
      )
      .join(' '),
    figures: table({
      caption: title,
      columns: [
        text('Series'),
        number('Points'),
        number('No data'),
        number('First'),
        number('Min'),
        number('Max'),
        number('Max at'),
        number('Last'),
      ],
      rows: ranked.map(({ label, points, summary: { first, last, min, max, at, missing } }) => [
        label,
        String(points.length),
        missing === 0 ? '' : String(missing),
        figure(first, unit),
        at === undefined ? figure(undefined, unit) : figure(min, unit),
        at === undefined ? figure(undefined, unit) : figure(max, unit),
        figure(at, 's'),
        figure(last, unit),
      ]),
    }),
  })
}

function summarize({ points }: TimeSeries) {
  const known = points.flatMap(([seconds, value]) => (value === null ? [] : [{ seconds, value }]))
  const highest = known.reduce<(typeof known)[number] | undefined>(
    (most, point) => (most === undefined || point.value > most.value ? point : most),
    undefined,
  )
  return {
    first: known[0]?.value,
    last: known.at(-1)?.value,
    min: known.reduce((least, { value }) => Math.min(least, value), Number.POSITIVE_INFINITY),
    max: highest?.value ?? Number.NEGATIVE_INFINITY,
    at: highest?.seconds,
    missing: points.length - known.length,
  }
}
