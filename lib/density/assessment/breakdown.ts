import type { Metric } from '../../record/run-record.ts'
import { summaryMetric } from '../../stats/metric.ts'
import { MILESTONES, type Milestone } from '../../workload/pods/pod-status.ts'
import type { TrackedPod } from '../../workload/pods/tracked-pod.ts'
import { EVENT_RESOLUTION_SECONDS } from '../instruments/pod-event-reading.ts'
import type { EventsOf } from './measured-pods.ts'
import { METRIC_OF } from './milestone-metrics.ts'
import { toldAt } from './pod-steps.ts'

/** With more nodes only the ready latency is given for each, or a record would consist of little else. */
const MOST_NODES = 100
const MOST_NAMESPACES = 50

/**
 * The latencies of each node's pods, and of each namespace's where namespaces are few and have several pods: statistics
 * without samples, from events where those tell of as many pods as the watch does.
 * @param resolution of what the watch shows, in seconds
 */
export function breakdown(pods: readonly TrackedPod[], eventsOf: EventsOf, resolution: number): Metric[] {
  const byNode = Map.groupBy(
    pods.filter(({ node }) => node !== undefined),
    ({ node = '' }) => node,
  )
  const byNamespace = Map.groupBy(pods, ({ namespace }) => namespace)
  const summarize = (label: string, groups: ReadonlyMap<string, TrackedPod[]>, milestones: readonly Milestone[]) =>
    [...groups].flatMap(([group, members]) =>
      milestones.flatMap((milestone) => part(members, { [label]: group }, milestone, eventsOf, resolution)),
    )
  const hasSeveral = [...byNamespace.values()].some(({ length }) => length > 1)
  return [
    ...summarize('node', byNode, byNode.size <= MOST_NODES ? MILESTONES : ['ready']),
    ...(hasSeveral && byNamespace.size <= MOST_NAMESPACES ? summarize('namespace', byNamespace, MILESTONES) : []),
  ]
}

/**
 * The latencies of each job of a kube-burner configuration, and how long the containers took to be ready, which such
 * configurations have thresholds for.
 */
export function breakdownByJob(pods: readonly TrackedPod[], eventsOf: EventsOf, resolution: number): Metric[] {
  const byJob = Map.groupBy(
    pods.filter(({ origin }) => origin !== undefined),
    ({ origin }) => origin?.job ?? '',
  )
  return [...byJob].flatMap(([job, members]) => [
    ...MILESTONES.flatMap((milestone) => part(members, { job }, milestone, eventsOf, resolution)),
    ...containersReady(members, { job }, resolution),
  ])
}

/** From the condition ContainersReady, which a pod with readiness gates has before it is ready. */
export function containersReady(
  pods: readonly TrackedPod[],
  labels: Record<string, string>,
  resolution: number,
): Metric[] {
  const watched = seconds(pods, ({ containersReadyMs }) => containersReadyMs)
  if (watched.length === 0) return []
  return [summaryMetric('pod_containers_ready_latency', watched, { labels, source: 'watch', resolution })]
}

function part(
  pods: readonly TrackedPod[],
  labels: Record<string, string>,
  milestone: Milestone,
  eventsOf: EventsOf,
  resolution: number,
): Metric[] {
  const watched = seconds(pods, ({ passedMs }) => passedMs[milestone])
  const told = seconds(pods, (pod) => toldAt(milestone, eventsOf(pod)))
  const name = METRIC_OF[milestone]
  if (watched.length === 0) return []
  return told.length < watched.length
    ? [summaryMetric(name, watched, { labels, source: 'watch', resolution })]
    : [summaryMetric(name, told, { labels, source: 'events', resolution: EVENT_RESOLUTION_SECONDS })]
}

function seconds(pods: readonly TrackedPod[], momentOf: (pod: TrackedPod) => number | undefined): number[] {
  return pods.flatMap((pod) => {
    const atMs = momentOf(pod)
    return atMs === undefined ? [] : [(atMs - pod.sentMs) / 1000]
  })
}
