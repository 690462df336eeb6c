import { densityRuns } from '../../lib/record/details/density-details.ts'
import type { Metric, RunRecord } from '../../lib/record/run-record.ts'
import { NO_DATA, scaleMeasured } from '../../lib/report/scale.ts'
import { renderTable, right } from '../../lib/report/table.ts'
import type { RenderOptions } from '../render-record.ts'

const MEDIANS = [
  ['SCHEDULED', 'pod_scheduled_latency'],
  ['SANDBOX+CNI', 'pod_sandbox_ready_latency'],
  ['INITIALIZED', 'pod_initialized_latency'],
  ['STARTED', 'pod_started_latency'],
] as const
const READY = 'pod_ready_latency'

/** Pod latencies by node and by namespace, in the wide table: medians of the steps, and how long pods took to get ready. */
export function renderBreakdown(record: RunRecord, options: RenderOptions): string {
  if (!options.wide) return ''
  const slow = new Set(densityRuns(record).flatMap(({ slowNodes = [] }) => slowNodes.map(({ node }) => node)))
  const tables = [
    renderGroups(record, 'node', options, (node) => (slow.has(node) ? 'slow' : '')),
    renderGroups(record, 'namespace', options, () => ''),
  ]
  return tables.filter((table) => table !== '').join('\n')
}

function renderGroups(
  { metrics }: RunRecord,
  label: 'node' | 'namespace',
  { headers, columns: width }: RenderOptions,
  note: (group: string) => string,
): string {
  const isPart = ({ labels }: Metric) => label in labels && Object.keys(labels).length === 1
  const groups = Map.groupBy(metrics.filter(isPart), ({ labels }) => labels[label] ?? '')
  const rows = [...groups].flatMap(([group, parts]) => {
    const of = (name: string) => parts.find((metric) => metric.name === name)
    const ready = of(READY)
    const count = ready?.statistics.count
    if (count === undefined) return []
    return [
      [
        group,
        String(count),
        ...MEDIANS.map(([, name]) => figure(of(name), 'p50')),
        ...(['p50', 'p90', 'max'] as const).map((key) => figure(ready, key)),
        note(group),
      ],
    ]
  })
  const columns = [
    { title: `BY ${label.toUpperCase()}` },
    right('PODS'),
    ...MEDIANS.map(([title]) => right(`${title}-P50`)),
    ...['P50', 'P90', 'MAX'].map((title) => right(`READY-${title}`)),
    { title: 'NOTE', optional: true },
  ]
  return renderTable(columns, rows, headers, width)
}

function figure(metric: Metric | undefined, key: 'p50' | 'p90' | 'max'): string {
  if (metric === undefined) return NO_DATA
  return scaleMeasured(metric.statistics[key], metric.resolution ?? 0)
}
