import type { Labels, Sample } from '../../prometheus/exposition/exposition.ts'
import type { GroupOf } from '../../prometheus/figures/aggregate.ts'
import { sumSamples } from '../../prometheus/figures/aggregate.ts'
import type { MetricName } from '../../record/catalogue/metric-catalogue.ts'
import type { Finding, Metric } from '../../record/run-record.ts'
import { valueMetric } from '../../stats/metric.ts'
import { type MetricFamilies, PROCESS_FAMILIES } from './metric-families.ts'
import { objectCounts, resourceName, STORED_OBJECTS } from './object-counts.ts'
import type { ProcessWindow } from './process-window.ts'
import { firstKnown, growthOf, histogramMetrics, ratesOf, samplesOf, sumAtEnd } from './series.ts'
import { rejectionFindings, resetFindings } from './server-metrics-findings.ts'

const REQUESTS = 'apiserver_request_total'
const LATENCY = 'apiserver_request_duration_seconds'
// Its names since Kubernetes 1.26 and 1.23; without webhooks and, since 1.27, without waiting in queues.
const SLI_LATENCIES = ['apiserver_request_sli_duration_seconds', 'apiserver_request_slo_duration_seconds'] as const
const WATCH_LIST_LATENCY = 'apiserver_watch_list_duration_seconds'
const ETCD_LATENCY = 'etcd_request_duration_seconds'
const INFLIGHT = 'apiserver_current_inflight_requests'
const REJECTED = 'apiserver_flowcontrol_rejected_requests_total'
const DISPATCHED = 'apiserver_flowcontrol_dispatched_requests_total'
const QUEUE_WAIT = 'apiserver_flowcontrol_request_wait_duration_seconds'

/** The families of an API server's /metrics that its figures come from: some 60 % of its lines. */
export const SERVER_FAMILIES = {
  ...PROCESS_FAMILIES,
  [REQUESTS]: 'counter',
  [LATENCY]: 'histogram',
  [SLI_LATENCIES[0]]: 'histogram',
  [SLI_LATENCIES[1]]: 'histogram',
  [WATCH_LIST_LATENCY]: 'histogram',
  [ETCD_LATENCY]: 'histogram',
  [INFLIGHT]: 'gauge',
  [REJECTED]: 'counter',
  [DISPATCHED]: 'counter',
  [QUEUE_WAIT]: 'histogram',
  [STORED_OBJECTS[0]]: 'gauge',
  [STORED_OBJECTS[1]]: 'gauge',
} as const satisfies MetricFamilies

export interface ServerFigures {
  metrics: Metric[]
  findings: Finding[]
}

/**
 * What the API servers of a cluster did, all together. Latencies are those that SIG scalability's SLOs look at: of
 * resources, and of requests that end (no watches, exec, attach, port-forward, proxies or logs).
 * @param source of each figure, as the record has it
 */
export function serverFigures(windows: readonly ProcessWindow[], source: string): ServerFigures {
  const latencies = (name: MetricName, family: string, groupOf: GroupOf) =>
    histogramMetrics(name, windows, family, groupOf, source)
  const rejections = rejectedRequests(windows, source)
  return {
    metrics: [
      ...latencies('apiserver_request_latency', LATENCY, ofRequest({ duration: 'total' })),
      ...latencies('apiserver_request_latency', firstKnown(windows, SLI_LATENCIES), ofRequest({ duration: 'sli' })),
      ...latencies('apiserver_request_latency', WATCH_LIST_LATENCY, ofWatchList),
      ...counts('apiserver_requests', sumSamples(growthOf(windows, REQUESTS), ofCounted), source),
      ...latencies('etcd_request_latency', ETCD_LATENCY, ofEtcd),
      ...rejections,
      ...latencies('apiserver_queue_latency', QUEUE_WAIT, ofFlow),
      ...inflightRequests(windows, source),
      ...objectCounts(
        windows.map(({ after }) => after),
        source,
      ),
    ],
    findings: [...rejectionFindings(rejections), ...resetFindings(windows)],
  }
}

/** Requests that an API server answered, by the second: each server by its own window. */
export function requestRates(windows: readonly ProcessWindow[]): Sample[] {
  return sumSamples(ratesOf(windows, REQUESTS), (labels) => {
    const { scope: _, ...row } = ofCounted(labels)
    return row
  }).filter(({ value }) => value > 0)
}

/** Rows that ClusterLoader2's APIResponsiveness measures: verb!="WATCH", subresource!~"log|exec|portforward|attach|proxy". */
function ofRequest(added: Labels): GroupOf {
  return ({ verb = '', resource = '', subresource = '', scope = '' }) =>
    resource === '' || LONG_RUNNING_VERBS.has(verb) || LONG_RUNNING_SUBRESOURCES.has(subresource)
      ? null
      : { verb, resource: subresource === '' ? resource : `${resource}/${subresource}`, scope, ...added }
}

const LONG_RUNNING_VERBS: ReadonlySet<string> = new Set(['WATCH', 'WATCHLIST', 'CONNECT', 'PROXY'])
const LONG_RUNNING_SUBRESOURCES: ReadonlySet<string> = new Set(['log', 'exec', 'portforward', 'attach', 'proxy'])

/** A list that is streamed as a watch; its histogram has no verb. */
function ofWatchList({ resource = '', scope = '' }: Labels): Labels {
  return { verb: 'WATCHLIST', resource, scope, duration: 'total' }
}

/** Before Kubernetes 1.34 the type of object was one label, now it is its group and its resource. */
function ofEtcd({ operation = '', type, group = '', resource = '' }: Labels): Labels {
  return { operation, type: type ?? resourceName(resource, group) }
}

function ofFlow({ priority_level = '', flow_schema = '' }: Labels): Labels {
  return { priority_level, flow_schema }
}

function ofCounted({ verb = '', resource = '', subresource = '', scope = '', code = '' }: Labels) {
  return {
    verb,
    // What is no resource has its path in the place of a subresource.
    resource: resource === '' || subresource === '' ? resource + subresource : `${resource}/${subresource}`,
    scope,
    code,
  }
}

/** Where priority and fairness is at work but nothing was rejected, its counter is absent: that is a true 0. */
function rejectedRequests(windows: readonly ProcessWindow[], source: string): Metric[] {
  const groupOf: GroupOf = ({ reason = '', ...flow }) => ({ ...ofFlow(flow), reason })
  const rejected = counts('apiserver_rejected_requests', sumSamples(growthOf(windows, REJECTED), groupOf), source)
  if (rejected.length > 0 || growthOf(windows, DISPATCHED).length === 0) return rejected
  return [valueMetric('apiserver_rejected_requests', 0, { source, resolution: 1 })]
}

function counts(name: MetricName, samples: readonly Sample[], source: string): Metric[] {
  return samples
    .filter(({ value }) => value > 0)
    .map(({ labels, value }) => valueMetric(name, value, { labels: { ...labels }, source, resolution: 1 }))
}

function inflightRequests(windows: readonly ProcessWindow[], source: string): Metric[] {
  const ofKind: GroupOf = ({ request_kind: kind = '' }) => ({ kind })
  const moments = [
    [
      'before',
      sumSamples(
        samplesOf(
          windows.map(({ before }) => before),
          INFLIGHT,
        ),
        ofKind,
      ),
    ],
    ['after', sumAtEnd(windows, INFLIGHT, ofKind)],
  ] as const
  return moments.flatMap(([when, samples]) =>
    samples.map(({ labels, value }) =>
      valueMetric('apiserver_inflight_requests', value, { labels: { ...labels, when }, source, resolution: 1 }),
    ),
  )
}
