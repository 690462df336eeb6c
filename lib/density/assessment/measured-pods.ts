import type { TrackedPod } from '../../workload/pods/tracked-pod.ts'
import type { DensityRun } from '../density-run.ts'
import type { PodEventFacts } from '../instruments/pod-event-log.ts'
import { type StepSeconds, stepSeconds } from './pod-steps.ts'

/** A pod that got ready, with the way it took. */
export interface MeasuredPod {
  pod: TrackedPod
  steps: StepSeconds
}

/** What events tell of a pod; undefined where its kubelet writes none, or nobody may read them. */
export type EventsOf = (pod: TrackedPod) => PodEventFacts | undefined

/** Finds what a pod's events tell. */
export function eventsOfPods({ readings }: DensityRun): EventsOf {
  const known = readings.flatMap(({ podEvents }) => podEvents ?? [])
  return ({ uid = '' }) => known.map((events) => events.get(uid)).find((facts) => facts !== undefined)
}

/** The pods that got ready, with the seconds that each step took them. */
export function measuredPods(run: DensityRun): MeasuredPod[] {
  const eventsOf = eventsOfPods(run)
  return run.pods.flatMap((pod) => {
    const steps = stepSeconds(pod, eventsOf(pod))
    return steps === undefined ? [] : [{ pod, steps }]
  })
}

/** Has the pod the figure that the run waited for? Where it waited for nothing, every pod has. */
export function isMeasured({ waitedFor }: DensityRun, { passedMs }: TrackedPod): boolean {
  return waitedFor === 'none' || passedMs[waitedFor] !== undefined
}

/**
 * Must it have that figure? Not where the load itself deleted it before, or where its controller made another in its place:
 * the run waited for that one.
 */
export function isDue(run: DensityRun, pod: TrackedPod): boolean {
  const { terminating, controlled, deletionExpected } = pod
  return isMeasured(run, pod) || terminating !== true || !(controlled || deletionExpected === true)
}

/** Has every pod its figure that must have one? */
export function isComplete(run: DensityRun): boolean {
  return run.pods.every((pod) => isMeasured(run, pod) || !isDue(run, pod))
}

/** From the request that deleted a pod to the watch showing it gone, in ms; undefined for pods that went otherwise. */
export function deletionMs({ deleteSentMs }: DensityRun, pod: TrackedPod): number | undefined {
  const { namespace, goneMs, deletionExpected, deletionSentMs } = pod
  const sentMs = deletionExpected === true ? deletionSentMs : deleteSentMs.get(namespace)
  return goneMs === undefined || sentMs === undefined || goneMs < sentMs ? undefined : goneMs - sentMs
}
