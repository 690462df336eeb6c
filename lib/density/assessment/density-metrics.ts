import type { Metric } from '../../record/run-record.ts'
import { sampledMetric, valueMetric } from '../../stats/metric.ts'
import { reasonName } from '../../workload/pods/not-ready-reason.ts'
import { MILESTONES, type Milestone } from '../../workload/pods/pod-status.ts'
import { isBroken, type TrackedPod } from '../../workload/pods/tracked-pod.ts'
import type { DensityRun } from '../density-run.ts'
import { watchResolution } from '../instruments/loop-delay.ts'
import { breakdown, breakdownByJob, containersReady } from './breakdown.ts'
import { deletionMs, eventsOfPods, isMeasured } from './measured-pods.ts'
import { METRIC_OF } from './milestone-metrics.ts'
import { loadThroughputs, phaseNamed, throughput } from './phase-throughput.ts'
import { schedulingThroughput } from './scheduling-throughput.ts'

/** Kubernetes writes its timestamps in whole seconds. */
const STATUS_RESOLUTION_SECONDS = 1

/** The metrics of a run. A pod without a figure is missing from the samples and counted in pods_not_ready, never 0. */
export function densityMetrics(run: DensityRun): Metric[] {
  const resolution = watchResolution(run.loopDelay)
  return [
    valueMetric('pods_created', run.pods.length, { source: 'client' }),
    valueMetric('pods_measured', run.pods.filter((pod) => isMeasured(run, pod)).length, { source: 'watch' }),
    ...[...countNotReady(run)].map(([reason, count]) =>
      valueMetric('pods_not_ready', count, { labels: { reason }, source: 'watch' }),
    ),
    ...MILESTONES.flatMap((milestone) => latencies(run.pods, milestone, resolution)),
    ...containersReady(run.pods, {}, resolution),
    ...deletions(run),
    ...schedulingThroughput(run.pods),
    ...loadThroughputs(run),
    ...run.requests,
    ...run.readings.flatMap(({ metrics }) => metrics),
    ...breakdown(run.pods, eventsOfPods(run), resolution),
    ...(run.jobs.length > 1 ? breakdownByJob(run.pods, eventsOfPods(run), resolution) : []),
  ]
}

/**
 * How many pods are not ready for which reason; those the run never got to create are not among them. In front what keeps
 * a pod from ever getting ready, before those that were only on their way still; then the reason of the most pods.
 */
export function countNotReady(run: DensityRun): Map<string, number> {
  const counts = new Map<string, { pods: number; blocked: boolean }>()
  for (const pod of run.pods) {
    const reason = notReadyName(pod)
    if (reason === undefined) continue
    const { pods = 0, blocked = false } = counts.get(reason) ?? {}
    counts.set(reason, { pods: pods + 1, blocked: blocked || isBlocked(pod) })
  }
  const inOrder = [...counts].sort(([, a], [, b]) => Number(b.blocked) - Number(a.blocked) || b.pods - a.pods)
  return new Map(inOrder.map(([reason, { pods }]) => [reason, pods]))
}

/** Waiting longer does not help it by itself: its image or container is at fault, no node takes it, or somebody deleted it. */
function isBlocked({ reason, goneMs }: TrackedPod): boolean {
  return reason === undefined ? goneMs !== undefined : reason.isFinal || reason.scheduling !== undefined
}

export const DELETED = 'Deleted'

/** By what a pod that is not ready, or did not stay so, is counted; undefined for one that is. */
export function notReadyName(pod: TrackedPod): string | undefined {
  const { passedMs, reason, goneMs } = pod
  if (passedMs.ready !== undefined && !isBroken(pod)) return undefined
  if (reason !== undefined) return reasonName(reason)
  return goneMs === undefined ? 'NotSeen' : DELETED
}

function latencies(pods: readonly TrackedPod[], milestone: Milestone, resolution: number): Metric[] {
  const watched = pods.flatMap(({ sentMs, passedMs }) => {
    const passed = passedMs[milestone]
    return passed === undefined ? [] : [(passed - sentMs) / 1000]
  })
  const server = pods.flatMap(({ server: times }) => {
    const passed = times?.passed[milestone]
    return times === undefined || passed === undefined ? [] : [(passed - times.created) / 1000]
  })
  const name = METRIC_OF[milestone]
  return [
    ...(watched.length === 0 ? [] : [sampledMetric(name, watched, { source: 'watch', resolution })]),
    ...(server.length === 0
      ? []
      : [sampledMetric(name, server, { source: 'status', resolution: STATUS_RESOLUTION_SECONDS })]),
  ]
}

function deletions(run: DensityRun): Metric[] {
  const deletedMs = run.pods.flatMap((pod) => deletionMs(run, pod) ?? [])
  if (deletedMs.length === 0) return []
  const atTheEnd = run.pods.filter((pod) => pod.deletionExpected !== true && deletionMs(run, pod) !== undefined)
  const seconds = deletedMs.map((ms) => ms / 1000)
  const resolution = watchResolution(run.deletionLoopDelay)
  return [
    sampledMetric('pod_deleted_latency', seconds, { source: 'watch', resolution }),
    ...throughput('pod_delete_throughput', atTheEnd.length, phaseNamed(run, 'delete'), { source: 'watch' }),
  ]
}
