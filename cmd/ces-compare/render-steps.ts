import type { CesDetails } from '../../lib/record/details/ces-details.ts'
import type { Metric } from '../../lib/record/run-record.ts'
import { NO_DATA, scale } from '../../lib/report/scale.ts'
import { renderTable, right } from '../../lib/report/table.ts'
import type { RenderOptions } from '../render-record.ts'

/** What each step of the load brought; what is only observed is one step, told already. */
export function renderSteps({ steps, slices }: CesDetails, { headers, columns: width }: RenderOptions): string {
  if (steps.length < 2 && steps[0]?.name === 'observe') return ''
  const rows = steps.map(({ name, durationSeconds, cep, backlog, ...others }) => {
    const ces = slices.basis === 'measured' ? others.ces : others.simulated
    return [
      name,
      scale(durationSeconds, 's'),
      String(cep.events),
      ces === undefined ? NO_DATA : String(ces.events),
      scale(cep.bytes, 'B'),
      scale(ces?.bytes, 'B'),
      backlog === 0 ? '' : String(backlog),
    ]
  })
  const columns = [
    { title: 'STEP' },
    right('DURATION'),
    right('CEP-EVENTS'),
    right('CES-EVENTS'),
    right('CEP-BYTES'),
    right('CES-BYTES'),
    { ...right('IN-NO-SLICE'), optional: true },
  ]
  return renderTable(columns, rows, headers, width)
}

/** How fast changes get into slices, how many at once, and how full slices are. */
export function renderSlices(
  { operator, fill, changes }: CesDetails,
  metrics: readonly Metric[],
  { wide, headers, columns: width }: RenderOptions,
): string {
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.statistics
  const [delay, folded, endpoints] = [of('propagation_latency'), of('folded_changes'), of('slice_endpoints')]
  const rows = [
    ...((delay?.count ?? 0) === 0
      ? []
      : [['change to slice', `${delay?.count}`, ...scaled(delay, 's'), scale(delay?.mean, 's')]]),
    ...((folded?.count ?? 0) === 0
      ? []
      : [['changes per CES event', `${folded?.count}`, ...scaled(folded, 'count'), figure(folded?.mean)]]),
    ...((endpoints?.count ?? 0) === 0
      ? []
      : [
          [
            `endpoints per slice (of ${operator.rules.sliceSize})`,
            `${endpoints?.count}`,
            ...scaled(endpoints, 'count'),
            figure(endpoints?.mean),
          ],
        ]),
  ]
  const columns = [{ title: 'SLICES' }, right('COUNT'), right('P50'), right('P99'), right('MAX'), right('MEAN')]
  const table = renderTable(columns, rows, headers, width)
  if (!wide) return table
  const histogram = renderTable(
    [{ title: 'ENDPOINTS' }, right('SLICES')],
    fill.map(({ from, to, slices }) => [`${from}-${to}`, String(slices)]),
    headers,
  )
  const kinds = renderTable(
    [{ title: 'CHANGES OF ENDPOINTS' }, right('COUNT')],
    [
      ['carried by slices', String(changes.carried)],
      ['of no concern to slices', String(changes.uncarried)],
      ['undone before a slice carried them', String(changes.cancelled)],
    ],
    headers,
  )
  return [table, histogram, delay === undefined ? '' : kinds].filter((block) => block !== '').join('\n')
}

function scaled(statistics: Metric['statistics'] | undefined, unit: 's' | 'count'): string[] {
  return [statistics?.p50, statistics?.p99, statistics?.max].map((value) => scale(value, unit))
}

function figure(value: number | undefined): string {
  return value === undefined ? NO_DATA : value.toFixed(1)
}
