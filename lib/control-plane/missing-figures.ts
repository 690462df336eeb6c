import type { MetricName } from '../record/catalogue/metric-catalogue.ts'
import type { Finding, Metric } from '../record/run-record.ts'

/** What a look at the control plane should show, and why it may not be there. */
const WANTED: readonly (readonly [metric: MetricName, what: string, reason: string])[] = [
  [
    'apiserver_request_latency',
    'latency of requests',
    'no request ended in the window, or its histogram is not kept (apiserver_request_duration_seconds)',
  ],
  [
    'etcd_request_latency',
    'latency of etcd',
    'nothing was asked of etcd in the window, or its histogram is not kept (etcd_request_duration_seconds)',
  ],
  [
    'etcd_database_size',
    'size of the database of etcd',
    'the API server does not say it, or it is not kept (apiserver_storage_size_bytes)',
  ],
  [
    'apiserver_inflight_limit',
    'limit of requests in flight',
    'unknown: API Priority and Fairness is off, or its series are not kept (apiserver_flowcontrol_upper_limit_seats)',
  ],
  ['apiserver_watchers', 'watches', 'their series are not kept (apiserver_longrunning_requests)'],
  [
    'stored_objects',
    'counts of objects',
    'the API server has not counted yet, or they are not kept (apiserver_resource_objects)',
  ],
]

/** Figures of the API server that are not there, each with a reason: a figure that is missing is never 0. */
export function missingFigures(metrics: readonly Metric[]): Finding[] {
  const names = new Set(metrics.map(({ name }) => name))
  return WANTED.filter(([name]) => !names.has(name)).map(([, what, reason]) => ({
    severity: 'info',
    code: 'FiguresMissing',
    message: `No ${what}: ${reason}`,
  }))
}
