import { scale } from '../../scale.ts'
import type { Plot, PlotSeries } from '../plot-data.ts'

/** What the plot shows at x, in words: of steps the value that holds there, of lines that of the point. */
export function readOut(plot: Plot, x: number | undefined): string {
  if (x === undefined) return ''
  const { series, xLabel, xUnit, yUnit } = plot
  const values = series.flatMap(({ label, ...points }) => {
    const value = valueAt(plot, points, x)
    if (value === undefined) return []
    const text = value === null ? 'no data' : scale(value, yUnit)
    return [series.length === 1 ? text : `${label} ${text}`]
  })
  return `${xLabel} ${scale(x, xUnit)}: ${values.join(', ')}`
}

function valueAt({ kind }: Plot, { x: xs, y }: Pick<PlotSeries, 'x' | 'y'>, x: number): number | null | undefined {
  if (kind === 'lines') {
    const index = xs.indexOf(x)
    return index < 0 ? undefined : y[index]
  }
  return y[xs.findLastIndex((at) => at <= x)]
}
