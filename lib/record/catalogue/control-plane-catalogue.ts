import { latency, type MetricDefinition, rate } from './metric-definition.ts'

const gauge = (description: string): MetricDefinition => ({ unit: 'count', threshold: 'max', description })

/** What the control plane does in a window. */
export const controlPlaneCatalogue = {
  apiserver_request_rate: rate('Requests that the API server answered per second, by verb, resource and status code'),
  apiserver_watchers: gauge('Watches that are open at one API server at the end, by resource or kind'),
  apiserver_watch_event_rate: rate('Events that the API server sent to watchers per second, by resource'),
  etcd_database_size: { unit: 'B', threshold: 'max', description: 'Size of the database of etcd at the end' },
  apiserver_inflight_limit: gauge('Requests that may be in flight at once, reading and mutating ones together'),
  apiserver_seat_limit: gauge('Seats that a priority level has for executing requests at the end'),
  apiserver_seats_in_use: gauge('Seats of a priority level that requests have taken at the end'),
  apiserver_seat_use: {
    unit: 'ratio',
    threshold: 'max',
    description: 'Share of the seats of a priority level that was taken, on average over the window',
    better: 'lower',
  },
  apiserver_queued_requests: gauge('Requests that wait for a seat at the end, by priority level'),
  workqueue_depth: gauge('Objects that wait in a work queue at the end, by component and queue'),
  workqueue_add_rate: rate('Objects put into a work queue per second, by component and queue'),
  workqueue_latency: latency('An object waiting in a work queue, by component and queue'),
  workqueue_work_latency: latency('An object of a work queue being worked on, by component and queue'),
} as const satisfies Record<string, MetricDefinition>
