import type { RunRecord } from '../../lib/record/run-record.ts'
import { scale } from '../../lib/report/scale.ts'
import { renderTable, right } from '../../lib/report/table.ts'
import { renderNodeUsage } from '../render-node-usage.ts'
import { type RenderOptions, renderFindings, renderThresholds, renderVerdict } from '../render-record.ts'
import { carriedStatistics, statisticColumns } from '../render-statistics.ts'
import { renderBreakdown } from './render-breakdown.ts'
import { renderGaps } from './render-gaps.ts'
import { renderPodLatencies, renderSlowest } from './render-pods.ts'
import { renderRequests, renderServer } from './render-requests.ts'

/** The tables of a density run, with the verdict last. */
export function renderDensity(record: RunRecord, options: RenderOptions): string {
  const blocks = [
    renderPhases(record, options),
    renderPodLatencies(record, options),
    renderSlowest(record, options),
    renderBreakdown(record, options),
    renderThroughput(record, options),
    renderRequests(record, options),
    renderServer(record, options),
    renderNodeUsage(record, options),
    renderGaps(record, options),
    renderThresholds(record, options),
    renderFindings(record, options),
    renderVerdict(record, options),
  ]
  return blocks.filter((block) => block !== '').join('\n')
}

function renderPhases({ phases }: RunRecord, { headers, columns: width }: RenderOptions): string {
  const rows = phases.map(({ name, durationSeconds, count, note }) => [
    name,
    scale(durationSeconds, 's'),
    count === undefined ? '' : String(count),
    count === undefined || durationSeconds === 0 ? '' : scale(count / durationSeconds, '1/s'),
    note ?? '',
  ])
  const columns = [
    { title: 'PHASE' },
    right('DURATION'),
    right('OBJECTS'),
    right('RATE'),
    { title: 'NOTE', optional: true },
  ]
  return renderTable(columns, rows, headers, width)
}

/** Rates that were measured second by second; those of whole phases stand with the phases. */
function renderThroughput({ metrics }: RunRecord, { wide, headers, columns: width }: RenderOptions): string {
  const series = metrics.filter(
    ({ name, statistics }) => name.endsWith('_throughput') && statistics.value === undefined,
  )
  const statistics = carriedStatistics(series, wide)
  const rows = series.map(({ name, statistics: values, unit }) => [
    name.replace(/_throughput$/, ''),
    ...statistics.map((key) => scale(values[key], unit)),
    `${values.count ?? 0}`,
  ])
  const columns = [{ title: 'THROUGHPUT' }, ...statisticColumns(statistics), right('SECONDS')]
  return renderTable(columns, rows, headers, width)
}
