import type { Labels, Sample } from '../prometheus/exposition/exposition.ts'
import { sumSamples } from '../prometheus/figures/aggregate.ts'
import type { Metric } from '../record/run-record.ts'
import { valueMetric } from '../stats/metric.ts'
import type { MetricFamilies } from '../workload/control-plane/metric-families.ts'
import { resourceName } from '../workload/control-plane/object-counts.ts'
import type { ProcessWindow } from '../workload/control-plane/process-window.ts'
import { firstKnown, highest, ratesOf, sumAtEnd } from '../workload/control-plane/series.ts'
import {
  requestRates,
  SERVER_FAMILIES,
  type ServerFigures,
  serverFigures,
} from '../workload/control-plane/server-metrics.ts'
import { SEAT_FAMILIES, seatFigures } from './seats.ts'
import { WORK_QUEUE_FAMILIES, workQueueFigures } from './work-queues.ts'

const LONG_RUNNING = 'apiserver_longrunning_requests'
const WATCH_EVENTS = 'apiserver_watch_events_total'
// Its names since Kubernetes 1.28, and since 1.26; older ones have etcd's endpoints in the label only.
const DATABASE_SIZES = ['apiserver_storage_size_bytes', 'apiserver_storage_db_total_size_in_bytes'] as const

/** What a look at the control plane reads of an API server. */
export const API_SERVER_FAMILIES = {
  ...SERVER_FAMILIES,
  ...SEAT_FAMILIES,
  ...WORK_QUEUE_FAMILIES,
  [LONG_RUNNING]: 'gauge',
  [WATCH_EVENTS]: 'counter',
  [DATABASE_SIZES[0]]: 'gauge',
  [DATABASE_SIZES[1]]: 'gauge',
} as const satisfies MetricFamilies

/** What the API servers did, together: that of any load, and their rates, watches, seats, queues and database. */
export function apiServerFigures(windows: readonly ProcessWindow[], source: string): ServerFigures {
  const figures = serverFigures(windows, source)
  const resolution = 1 / Math.max(...windows.map(({ seconds }) => seconds))
  const rates = (name: 'apiserver_request_rate' | 'apiserver_watch_event_rate', samples: readonly Sample[]) =>
    samples.map(({ labels, value }) => valueMetric(name, value, { labels: { ...labels }, source, resolution }))
  return {
    findings: figures.findings,
    metrics: [
      ...figures.metrics,
      ...rates('apiserver_request_rate', requestRates(windows)),
      ...watchers(windows, source),
      ...rates('apiserver_watch_event_rate', sumSamples(ratesOf(windows, WATCH_EVENTS), ofWatched)),
      ...databaseSizes(windows, source),
      ...seatFigures(windows, source),
      ...workQueueFigures('apiserver', windows, source),
    ],
  }
}

/** Before Kubernetes 1.31 events were counted by kind, in place of resource. */
function ofWatched({ resource, kind = '', group = '' }: Labels): Labels {
  return { resource: resourceName(resource ?? kind, group) }
}

function watchers(windows: readonly ProcessWindow[], source: string): Metric[] {
  const open = sumAtEnd(windows, LONG_RUNNING, ({ verb = '', resource = '', group = '' }) =>
    verb === 'WATCH' ? { resource: resourceName(resource, group) } : null,
  )
  return open.map(({ labels, value }) =>
    valueMetric('apiserver_watchers', value, { labels: { ...labels }, source, resolution: 1 }),
  )
}

/** Every server asks the same etcd. */
function databaseSizes(windows: readonly ProcessWindow[], source: string): Metric[] {
  const sizes = highest(
    windows.map(({ after }) => after),
    firstKnown(windows, DATABASE_SIZES),
    ({ storage_cluster_id: id, endpoint = '' }) => ({ cluster: id ?? endpoint }),
  )
  return sizes
    .filter(({ value }) => value > 0)
    .map(({ labels, value }) => valueMetric('etcd_database_size', value, { labels: { ...labels }, source }))
}
