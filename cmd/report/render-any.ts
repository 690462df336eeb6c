import type { RunRecord } from '../../lib/record/run-record.ts'
import { seriesNames } from '../../lib/report/html/pieces/series-name.ts'
import { scale, scaleStatistic } from '../../lib/report/scale.ts'
import { renderTable, right } from '../../lib/report/table.ts'
import { type RenderOptions, renderFindings, renderThresholds, renderVerdict } from '../render-record.ts'
import { carriedStatistics, statisticColumns } from '../render-statistics.ts'

/** What every record has, of whatever command: its figures, a row for each series, and the verdict last. */
export function renderAny(record: RunRecord, options: RenderOptions): string {
  const blocks = [
    renderMetrics(record, options),
    renderThresholds(record, options),
    renderFindings(record, options),
    renderVerdict(record, options),
  ]
  return blocks.filter((block) => block !== '').join('\n')
}

function renderMetrics({ metrics }: RunRecord, { wide, headers, columns: width }: RenderOptions): string {
  const statistics = carriedStatistics(metrics, wide)
  const named = [...Map.groupBy(metrics, ({ name }) => name).values()].flatMap((series) => {
    const nameOf = seriesNames(series)
    return series.map((metric) => ({ ...metric, series: series.length === 1 ? '' : nameOf(metric) }))
  })
  const rows = named.map((metric) => {
    const { value, count } = metric.statistics
    return [
      metric.name,
      metric.series,
      value === undefined ? '' : scale(value, metric.unit),
      count === undefined ? '' : String(count),
      ...statistics.map((key) => (value === undefined ? scaleStatistic(metric, key) : '')),
      wide ? metric.source : '',
    ]
  })
  const columns = [
    { title: 'METRIC' },
    { title: 'SERIES', optional: true, dispensable: 1 },
    { ...right('VALUE'), optional: true },
    { ...right('COUNT'), optional: true },
    ...statisticColumns(statistics),
    { title: 'SOURCE', optional: true },
  ]
  return renderTable(columns, rows, headers, width)
}
