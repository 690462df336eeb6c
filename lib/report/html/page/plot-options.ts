import uPlot from 'uplot'
import { scale } from '../../scale.ts'
import type { Plot } from '../plot-data.ts'

// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- uPlot's enum is there for types only, without values
const LOGARITHMIC = 3 as uPlot.Scale.Distr

const FONT = '12px system-ui, sans-serif'

/** Of what is counted there are no halves. */
const WHOLE_STEPS = [1, 2, 5]
  .flatMap((step) => Array.from({ length: 10 }, (_, power) => step * 10 ** power))
  .sort((a, b) => a - b)

/** How uPlot shall draw a plot, in the colours that the style sheet has at the moment. */
export function plotOptions(
  plot: Plot,
  place: HTMLElement,
  height: number,
  onCursor: (index: number | null | undefined) => void,
): uPlot.Options {
  const style = getComputedStyle(place)
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim()
  const { kind, xUnit, xLabel, xScale, yUnit, yMax, series } = plot
  const axis: uPlot.Axis = {
    stroke: color('muted'),
    font: FONT,
    labelFont: FONT,
    grid: { stroke: color('line'), width: 1 },
    ticks: { stroke: color('line'), width: 1 },
  }
  const path = kind === 'lines' ? undefined : uPlot.paths.stepped?.({ align: 1 })
  return {
    width: Math.max(200, place.clientWidth),
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: kind === 'lines' } },
    scales: {
      x: { time: false, ...(xScale === 'log' ? { distr: LOGARITHMIC } : {}) },
      y: {
        range: (_, least, most) => [
          Math.min(0, least),
          Math.max(yMax ?? 0, most === least ? most * 1.1 || 1 : most * 1.02),
        ],
      },
    },
    axes: [
      {
        ...axis,
        label: xLabel,
        labelSize: 18,
        size: 34,
        ...(xUnit === 'count' ? { incrs: WHOLE_STEPS } : {}),
        space: 70,
        values: (_, ticks) => ticks.map((tick) => tickText(tick, xUnit)),
      },
      {
        ...axis,
        size: (_, ticks) => widest(ticks ?? []) + 16,
        ...(yUnit === 'count' ? { incrs: WHOLE_STEPS } : {}),
        values: (_, ticks) => ticks.map((tick) => tickText(tick, yUnit)),
      },
    ],
    series: [
      {},
      ...series.map(({ label, y }, index): uPlot.Series => {
        const stroke = color(`series-${index}`)
        return {
          label,
          stroke,
          width: 2,
          ...(index % 2 === 1 ? { dash: [8, 4] } : {}),
          ...(kind === 'areas' ? { fill: `${stroke}55` } : {}),
          ...(path === undefined ? {} : { paths: path }),
          points: { show: kind === 'lines' && y.length < 40, size: 6 },
        }
      }),
    ],
    hooks: { setCursor: [(chart) => onCursor(chart.cursor.idx)] },
  }
}

/** Short: `1s`, not `1.00s`. Empty where uPlot leaves a tick of a logarithmic axis without a number. */
function tickText(tick: number | null, unit: Plot['xUnit']): string {
  return tick === null ? '' : scale(tick, unit).replace(/\.0+(?=\D|$)|(?<=\.\d)0(?=\D|$)/, '')
}

/** Pixels. */
function widest(texts: readonly string[]): number {
  const context = document.createElement('canvas').getContext('2d')
  if (context === null) return 0
  context.font = FONT
  return texts.reduce((most, text) => Math.max(most, context.measureText(text).width), 0)
}
