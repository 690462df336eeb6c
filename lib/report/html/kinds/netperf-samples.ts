import type { Metric } from '../../../record/run-record.ts'
import type { Html } from '../html.ts'
import { figure } from '../pieces/figure.ts'
import { MOST_SERIES, plotFigure } from '../pieces/plot.ts'
import { seriesNames } from '../pieces/series-name.ts'
import { number, table } from '../pieces/table.ts'

/** Each sample in its order, of the totals: whether a test warms up, drifts or stumbles. */
export function sampleOrder(metrics: readonly Metric[]): readonly Html[] {
  const totals = metrics.filter(
    ({ name, samples = [] }) => /^total_\w+_(throughput|rate)$/.test(name) && samples.length > 1,
  )
  return [...Map.groupBy(totals, ({ name }) => name)].map(([name, group]) => plotOf(name, group))
}

function plotOf(name: string, group: readonly Metric[]): Html {
  const drawn = group.slice(0, MOST_SERIES)
  const nameOf = seriesNames(drawn)
  const unit = drawn[0]?.unit ?? 'bit/s'
  const longest = drawn.reduce((most, { samples = [] }) => Math.max(most, samples.length), 0)
  return plotFigure({
    title: `${name} by sample`,
    ...(group.length > drawn.length ? { note: `${drawn.length} of ${group.length} tests` } : {}),
    plot: {
      kind: 'lines',
      xLabel: 'sample',
      xUnit: 'count',
      xScale: 'linear',
      yLabel: name,
      yUnit: unit,
      series: drawn.map((metric) => ({
        label: nameOf(metric),
        x: (metric.samples ?? []).map((_, index) => index + 1),
        y: metric.samples ?? [],
      })),
    },
    alternative: `${name} of each of ${longest} samples, for ${drawn.length} tests; the figures are in the table below.`,
    figures: table({
      caption: `${name} by sample`,
      columns: [number('Sample'), ...drawn.map((metric) => number(nameOf(metric)))],
      rows: Array.from({ length: longest }, (_, index) => [
        String(index + 1),
        ...drawn.map(({ samples = [] }) => figure(samples[index], unit)),
      ]),
      fixed: true,
    }),
  })
}
