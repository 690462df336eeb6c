import { acceptanceCatalogue } from './acceptance-catalogue.ts'
import { bigTcpCatalogue } from './bigtcp-catalogue.ts'
import { cesCatalogue } from './ces-catalogue.ts'
import { ciliumCatalogue } from './cilium-catalogue.ts'
import { controlPlaneCatalogue } from './control-plane-catalogue.ts'
import { loadCatalogue } from './load-catalogue.ts'
import { maxPodsCatalogue } from './maxpods-catalogue.ts'
import { count, faultCount, latency, type MetricDefinition, workRate } from './metric-definition.ts'
import { netperfCatalogue } from './netperf-catalogue.ts'
import { schedulerCatalogue } from './scheduler-catalogue.ts'

/** Every metric name, with what it means everywhere: a name has one unit and one meaning in all commands. */
const catalogue = {
  pods_created: count('Pods whose create request the API server accepted'),
  pods_measured: count('Pods with a figure for every milestone that was waited for'),
  pods_not_ready: faultCount('Pods that did not become ready, or broke afterwards, by reason'),
  api_request_latency: latency('Request sent to response complete, as the client sees it'),
  api_requests: count('Requests by verb, resource and status code (code 0: no answer)'),
  api_throttled_requests: faultCount('Requests answered with 429 Too Many Requests'),
  api_retries: faultCount('Requests sent again after a 429, a 5xx or a broken connection'),
  pod_scheduled_latency: latency('Create request sent to the pod being bound to a node'),
  pod_sandbox_ready_latency: latency('Create request sent to the pod sandbox and its network being ready'),
  pod_image_pull_latency: latency("One image pulled for one container, waiting for the node's other pulls not counted"),
  pod_image_pull_wait: latency("Waiting for the node's other pulls before an image is pulled for a container"),
  pod_volumes_attached_latency: latency('Create request sent to the last volume attached to the node'),
  pod_initialized_latency: latency('Create request sent to all init containers being done'),
  pod_started_latency: latency('Create request sent to all containers running'),
  pod_containers_ready_latency: latency('Create request sent to all containers being ready, readiness gates aside'),
  pod_ready_latency: latency('Create request sent to the pod being Ready'),
  pod_connection_latency: latency('Pod seen Ready to the first connection that it answers through the network'),
  pod_deleted_latency: latency('Delete request sent to the pod being gone'),
  pod_create_throughput: workRate('Pods created per second of the create phase'),
  pod_ready_throughput: workRate('Pods becoming ready per second, from the first create request to the last pod ready'),
  pod_delete_throughput: workRate('Pods gone per second, from the first delete request to the last pod gone'),
  scheduling_throughput: workRate(
    'Pods bound to nodes in each second, over all seconds from the first binding to the last one, idle ones included',
  ),
  apiserver_request_latency: latency(
    'Request received to response sent, as the API server counts it; duration=sli without webhooks and queue waits',
  ),
  apiserver_requests: count('Requests that the API server answered, by verb, resource, scope and status code'),
  apiserver_rejected_requests: faultCount(
    'Requests that API Priority and Fairness rejected, by level, flow and reason',
  ),
  apiserver_queue_latency: latency('Requests waiting in the queues of API Priority and Fairness'),
  apiserver_inflight_requests: count('Most requests executing at once in the second before the scrape, by kind'),
  etcd_request_latency: latency('Requests of the API server to etcd, by operation and type of object'),
  stored_objects: count('Objects in etcd by resource, when the API server last counted them'),
  node_cpu_usage: {
    unit: 'cores',
    threshold: 'value',
    description: 'CPU that a node uses before the load, at its peak, or at its end',
  },
  node_memory_usage: {
    unit: 'B',
    threshold: 'value',
    description: 'Working set of a node before the load, at its peak, or at its end',
  },
  ...schedulerCatalogue,
  ...controlPlaneCatalogue,
  ...netperfCatalogue,
  ...cesCatalogue,
  ...maxPodsCatalogue,
  ...bigTcpCatalogue,
  ...loadCatalogue,
  ...ciliumCatalogue,
  ...acceptanceCatalogue,
} as const satisfies Record<string, MetricDefinition>

export type MetricName = keyof typeof catalogue

/** Is it a metric of some command? */
export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(catalogue, name)
}

/** What a metric means, in all commands. */
export function metricDefinition(name: MetricName): MetricDefinition {
  return catalogue[name]
}

/** Of all commands. */
export function metricNames(): MetricName[] {
  return Object.keys(catalogue) as MetricName[]
}
