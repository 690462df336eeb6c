import { type CesDetails, type CesRow, cesDetails } from '../../lib/record/details/ces-details.ts'
import type { Metric, RunRecord } from '../../lib/record/run-record.ts'
import { NO_DATA, scale } from '../../lib/report/scale.ts'
import { type Column, renderTable, right } from '../../lib/report/table.ts'
import { renderNodeUsage } from '../render-node-usage.ts'
import { type RenderOptions, renderFindings, renderThresholds, renderVerdict } from '../render-record.ts'
import { textLines } from '../text-layout.ts'
import { renderFanOut } from './render-fan-out.ts'
import { renderServerDuringLoad, renderWatchers } from './render-server.ts'
import { renderSlices, renderSteps } from './render-steps.ts'

/** The tables of a run, with the verdict last. */
export function renderCesCompare(record: RunRecord, options: RenderOptions): string {
  const details = cesDetails(record)
  const blocks = [
    ...(details === undefined
      ? []
      : [
          renderRows(details, record.metrics, options),
          renderSteps(details, options),
          renderSlices(details, record.metrics, options),
          renderFanOut(details, options),
          renderWatchers(details, options),
        ]),
    renderServerDuringLoad(record, options),
    renderNodeUsage(record, options),
    details === undefined ? '' : renderWords(details, options),
    renderThresholds(record, options),
    renderFindings(record, options),
    renderVerdict(record, options),
  ]
  return blocks.filter((block) => block !== '').join('\n')
}

/** Three rows: endpoints, slices, and what slices save; in the wide table what was simulated beside it. */
function renderRows(
  { rows, saved }: CesDetails,
  metrics: readonly Metric[],
  { wide, headers, columns: width }: RenderOptions,
): string {
  const shown = rows.filter(({ isSpare }) => wide || isSpare !== true)
  const rateOf = ({ kind, basis }: CesRow, key: 'mean' | 'max') =>
    metrics.find(({ name, labels }) => name === 'watch_event_rate' && labels.kind === kind && labels.basis === basis)
      ?.statistics[key]
  const cells = shown.map((row) => [
    row.kind.toUpperCase(),
    String(row.events),
    ...(wide ? [row.byType.ADDED, row.byType.MODIFIED, row.byType.DELETED].map(({ events }) => String(events)) : []),
    scale(rateOf(row, 'max'), '1/s'),
    ...(wide ? [scale(rateOf(row, 'mean'), '1/s')] : []),
    row.events === 0 ? NO_DATA : scale(row.bytes / row.events, 'B'),
    scale(row.bytes, 'B'),
    scale(row.listBytes, 'B'),
    ...(wide ? [scale(row.listSeconds, 's')] : []),
    row.objects === undefined ? NO_DATA : String(row.objects),
    row.basis,
  ])
  const share = (value: number | undefined) => (value === undefined ? NO_DATA : scale(value, 'ratio'))
  const savedCells = [
    'CES saves',
    share(saved.events),
    ...(wide ? ['', '', ''] : []),
    '',
    ...(wide ? [''] : []),
    '',
    share(saved.bytes),
    share(saved.relist),
    ...(wide ? [''] : []),
    share(saved.objects),
    '',
  ]
  const columns: Column[] = [
    { title: 'KIND' },
    right('EVENTS'),
    ...(wide ? ['ADDED', 'MODIFIED', 'DELETED'].map(right) : []),
    { ...right('PEAK'), dispensable: 2 },
    ...(wide ? [right('MEAN')] : []),
    { ...right('PER-EVENT'), dispensable: 1 },
    right('BYTES'),
    right('FULL-LIST'),
    ...(wide ? [right('LIST-TIME')] : []),
    right('OBJECTS'),
    { title: 'BASIS' },
  ]
  const isCompared = new Set(shown.map(({ kind }) => kind)).size > 1
  return renderTable(columns, isCompared ? [...cells, savedCells] : cells, headers, width)
}

function renderWords({ verdict }: CesDetails, { columns: width }: RenderOptions): string {
  return verdict.map((text) => textLines(text, width)).join('')
}
