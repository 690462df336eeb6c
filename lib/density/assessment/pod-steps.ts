import { MILESTONES, type Milestone } from '../../workload/pods/pod-status.ts'
import type { TrackedPod } from '../../workload/pods/tracked-pod.ts'
import type { PodEventFacts } from '../instruments/pod-event-log.ts'

/** Parts of a pod's way to Ready, one after the other; a step has the name of the milestone on which it ends. */
export const STEPS = [
  'scheduled',
  'sandboxReady',
  'imagePulled',
  'initialized',
  'started',
  'ready',
] as const satisfies readonly (Milestone | 'imagePulled')[]
export type Step = (typeof STEPS)[number]

/** Seconds that each step took; one that was not seen is missing, its time being in the next one. */
export type StepSeconds = Partial<Record<Step, number>>

/**
 * When the pod passed a milestone by its kubelet's events, in ms of the monotonic clock. They tell sandbox and start more
 * exactly than the status, which up to 1.34 has them only with the readiness; of the others they tell nothing.
 */
export function toldAt(milestone: Milestone, events: PodEventFacts | undefined): number | undefined {
  if (milestone === 'sandboxReady') return events?.sandboxReadyMs
  return milestone === 'started' ? events?.startedMs : undefined
}

/**
 * Takes the way of a pod to Ready apart: all steps together make its ready latency. Pulling images, and waiting to,
 * counts for itself wherever it happened. Undefined for a pod that is not ready.
 */
export function stepSeconds(pod: TrackedPod, events?: PodEventFacts): StepSeconds | undefined {
  const readyMs = pod.passedMs.ready
  if (readyMs === undefined) return undefined
  const passedAt = (milestone: Milestone) => toldAt(milestone, events) ?? pod.passedMs[milestone]
  const startedMs = passedAt('started') ?? readyMs
  const steps: StepSeconds = {}
  let pulledMs = 0
  let sinceMs = pod.sentMs
  for (const [index, milestone] of MILESTONES.entries()) {
    const atMs = passedAt(milestone)
    // Of milestones that one event of the watch showed together only the last is known to have taken the time.
    const later = MILESTONES.slice(index + 1).map((next) => toldAt(next, events) ?? pod.passedMs[next])
    if (atMs === undefined || (toldAt(milestone, events) === undefined && later.includes(atMs))) continue
    // The status tells with some delay that the pod is initialized: later than the containers that waited for it started.
    const latestMs = milestone === 'initialized' ? Math.min(startedMs, readyMs) : readyMs
    const untilMs = Math.max(sinceMs, Math.min(atMs, latestMs))
    const ofPulls = overlap(sinceMs, untilMs, events)
    pulledMs += ofPulls
    steps[milestone] = (untilMs - sinceMs - ofPulls) / 1000
    sinceMs = untilMs
  }
  if (pulledMs > 0) steps.imagePulled = pulledMs / 1000
  return steps
}

/** How much of an interval went by with pulls, which kubelets do one after the other for the containers of a pod. */
function overlap(fromMs: number, untilMs: number, events?: PodEventFacts): number {
  const pulls = events?.pulls ?? []
  return pulls.reduce((sum, { endedMs, pullMs = 0, waitMs = 0 }) => {
    const beganMs = endedMs - pullMs - waitMs
    return sum + Math.max(0, Math.min(untilMs, endedMs) - Math.max(fromMs, beganMs))
  }, 0)
}
