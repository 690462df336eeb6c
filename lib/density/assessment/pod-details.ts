import type { PodDetail } from '../../record/details/density-details.ts'
import { sum } from '../../stats/sum.ts'
import { MILESTONES } from '../../workload/pods/pod-status.ts'
import type { TrackedPod } from '../../workload/pods/tracked-pod.ts'
import type { DensityRun } from '../density-run.ts'
import type { PodEventFacts } from '../instruments/pod-event-log.ts'
import { notReadyName } from './density-metrics.ts'
import { deletionMs, eventsOfPods, isMeasured } from './measured-pods.ts'

/** Each pod of a run by itself. What was not seen is missing, never 0. */
export function podDetails(run: DensityRun): PodDetail[] {
  const eventsOf = eventsOfPods(run)
  return run.pods.map((pod) => {
    const { namespace, name, node, origin, server } = pod
    const events = eventsOf(pod)
    const notMeasured = isMeasured(run, pod) ? undefined : notReadyName(pod)
    return {
      namespace,
      name,
      ...(node === undefined ? {} : { node }),
      ...origin,
      ms: watched(run, pod),
      ...(server === undefined ? {} : { server: serverTimes(server) }),
      ...(events === undefined ? {} : { events: told(pod, events) }),
      ...(isReplacement(run, pod) ? { churned: true as const } : {}),
      ...(notMeasured === undefined ? {} : { notMeasured }),
    }
  })
}

function isReplacement({ churns }: DensityRun, { sentMs }: TrackedPod): boolean {
  return churns.some(({ startedMs, endedMs = Number.POSITIVE_INFINITY }) => sentMs >= startedMs && sentMs <= endedMs)
}

function watched(run: DensityRun, pod: TrackedPod): PodDetail['ms'] {
  const { sentMs, passedMs, containersReadyMs } = pod
  return withoutGaps({
    ...Object.fromEntries(MILESTONES.map((milestone) => [milestone, since(sentMs, passedMs[milestone])])),
    containersReady: since(sentMs, containersReadyMs),
    deleted: deletionMs(run, pod),
  })
}

function told({ sentMs }: TrackedPod, events: PodEventFacts): NonNullable<PodDetail['events']> {
  const { volumesAttachedMs, sandboxReadyMs, startedMs, pulls } = events
  const together = (durations: readonly number[]) => (durations.length === 0 ? undefined : sum(durations))
  return withoutGaps({
    volumesAttached: since(sentMs, volumesAttachedMs),
    sandboxReady: since(sentMs, sandboxReadyMs),
    started: since(sentMs, startedMs),
    pullWait: together(pulls.flatMap(({ waitMs }) => waitMs ?? [])),
    pull: together(pulls.flatMap(({ pullMs }) => pullMs ?? [])),
  })
}

function serverTimes({ created, passed }: NonNullable<TrackedPod['server']>): NonNullable<PodDetail['server']> {
  const seconds = (timeMs: number) => new Date(timeMs).toISOString().replace('.000Z', 'Z')
  return {
    created: seconds(created),
    ...Object.fromEntries(Object.entries(passed).map(([milestone, timeMs]) => [milestone, seconds(timeMs)])),
  }
}

function since(sentMs: number, atMs: number | undefined): number | undefined {
  return atMs === undefined ? undefined : atMs - sentMs
}

/** Only what is known, to the microsecond: more digits would be noise. */
function withoutGaps(times: Readonly<Record<string, number | undefined>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(times).flatMap(([step, ms]) => (ms === undefined ? [] : [[step, Math.round(ms * 1000) / 1000]])),
  )
}
