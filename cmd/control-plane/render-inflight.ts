import type { Metric, RunRecord } from '../../lib/record/run-record.ts'
import { NO_DATA, scale } from '../../lib/report/scale.ts'
import { right } from '../../lib/report/table.ts'
import { byValue, type ControlPlaneRenderOptions, figureTable, named, type Row } from './tables.ts'

/**
 * Requests in flight against what may be, and the seats of each priority level: how many are taken, how much of the time
 * they were, how many requests wait for one, and how many got none.
 */
export function renderInFlight({ metrics }: RunRecord, options: ControlPlaneRenderOptions): string {
  const instances = [...new Set(named(metrics, 'apiserver_inflight_requests').map(({ labels }) => labels.instance))]
  const rows = instances.flatMap((instance) => {
    const own = metrics.filter(({ labels }) => labels.instance === instance)
    return [...requestRows(own), ...levelRows(own)]
  })
  const columns = [
    { title: 'IN FLIGHT' },
    right('AT-END'),
    right('LIMIT'),
    right('USED'),
    right('QUEUED'),
    right('REJECTED'),
  ]
  return figureTable(options, columns, rows)
}

const KINDS: Readonly<Record<string, string>> = { readOnly: 'reading requests', mutating: 'mutating requests' }

/** Both kinds share one limit, as far as API Priority and Fairness is at work. */
function requestRows(metrics: readonly Metric[]): Row[] {
  const atEnd = named(metrics, 'apiserver_inflight_requests').filter(({ labels }) => labels.when === 'after')
  const [first] = atEnd
  if (first === undefined) return []
  const [limit] = named(metrics, 'apiserver_inflight_limit')
  const all = atEnd.reduce((sum, { statistics }) => sum + (statistics.value ?? 0), 0)
  const whole: Row = [
    [
      'requests',
      String(all),
      limit === undefined ? 'unknown' : scale(limit.statistics.value, 'count'),
      '',
      sumOf(named(metrics, 'apiserver_queued_requests')),
      sumOf(named(metrics, 'apiserver_rejected_requests')),
    ],
    first,
  ]
  const kinds = atEnd.map((metric): Row => {
    const { kind = '' } = metric.labels
    return [[`- ${KINDS[kind] ?? kind}`, scale(metric.statistics.value, 'count'), '', '', '', ''], metric]
  })
  return [whole, ...kinds]
}

function levelRows(metrics: readonly Metric[]): Row[] {
  const ofLevel = (name: string, level: string) =>
    named(metrics, name).filter(({ labels }) => labels.priority_level === level)
  const used = (level: string) => ofLevel('apiserver_seat_use', level)[0]?.statistics.value
  return named(metrics, 'apiserver_seat_limit')
    .toSorted(byValue)
    .toSorted((a, b) => (used(b.labels.priority_level ?? '') ?? 0) - (used(a.labels.priority_level ?? '') ?? 0))
    .map((limit): Row => {
      const { priority_level: level = '' } = limit.labels
      // A level that no request has come to has no series of its own: 0, where other levels have one.
      const sum = (name: string) => sumOf(ofLevel(name, level), named(metrics, name).length > 0 ? '0' : NO_DATA)
      const cells = [
        `seats of ${level}`,
        sum('apiserver_seats_in_use'),
        scale(limit.statistics.value, 'count'),
        scale(used(level), 'ratio'),
        sum('apiserver_queued_requests'),
        sum('apiserver_rejected_requests'),
      ]
      return [cells, limit]
    })
}

function sumOf(metrics: readonly Metric[], without = NO_DATA): string {
  if (metrics.length === 0) return without
  return String(metrics.reduce((sum, { statistics }) => sum + (statistics.value ?? 0), 0))
}
