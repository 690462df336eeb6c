import { type NotReadyReason, notReadyReason, reasonName } from './not-ready-reason.ts'
import { type PodOrigin, podOrigin } from './pod-origin.ts'
import { podOwner } from './pod-owner.ts'
import {
  condition,
  creationTime,
  hasPassed,
  MILESTONES,
  type Milestone,
  type PodObject,
  serverTime,
} from './pod-status.ts'

/** One pod of a run. Times are in ms of the monotonic clock (performance.now), server times in ms since the epoch. */
export interface TrackedPod {
  readonly namespace: string
  readonly name: string
  /** Known once the watch has shown it. */
  uid?: string
  /** When the create request was handed to a connection; of a controller's pod, when the watch showed it first. */
  readonly sentMs: number
  /** Made by a controller, not by a request of ours. */
  readonly controlled: boolean
  /** The controller that made it, e.g. `deployments/web`; see podOwner. */
  owner?: string
  node?: string
  /** When the watch showed each milestone for the first time. */
  readonly passedMs: Partial<Record<Milestone, number>>
  /** When the watch showed the condition ContainersReady, which a pod with readiness gates has before it is ready. */
  containersReadyMs?: number
  /** What kube-burner's labels say of who made it. */
  origin?: PodOrigin
  /** The server's own timestamps, whole seconds; `created` is metadata.creationTimestamp. */
  server?: { created: number; passed: Partial<Record<Milestone, number>> }
  goneMs?: number
  /** The load itself deletes it. */
  deletionExpected?: boolean
  /** When the request of the load that deletes it was handed to a connection. */
  deletionSentMs?: number
  /** The watch has shown it at least once. */
  seen: boolean
  /** It was deleted while the load was on: it no longer counts as being there. */
  terminating?: boolean
  /** Why it is not ready, as of the last look at it; undefined while it is. Of one that was ready: why it broke. */
  reason?: NotReadyReason
}

export type OnPassed = (pod: TrackedPod, milestone: Milestone, atMs: number) => void

/** Takes in how the watch shows it now. */
export function updatePod(tracked: TrackedPod, pod: PodObject, receivedMs: number, onPassed: OnPassed): void {
  if (pod.metadata.uid !== undefined) tracked.uid = pod.metadata.uid
  // The end of a pod looks like progress, and hides why it was not ready: its containers are terminated, it has failed.
  if (pod.metadata.deletionTimestamp !== undefined) tracked.terminating = true
  if (tracked.terminating === true || tracked.deletionExpected === true) return
  if (tracked.passedMs.ready !== undefined) {
    watchOver(tracked, pod)
    return
  }
  if (tracked.controlled && tracked.owner === undefined) {
    const owner = podOwner(pod)
    if (owner !== undefined) tracked.owner = owner
  }
  if (tracked.origin === undefined) {
    const origin = podOrigin(pod)
    if (origin !== undefined) tracked.origin = origin
  }
  if (tracked.containersReadyMs === undefined && condition(pod, 'ContainersReady')?.status === 'True') {
    tracked.containersReadyMs = receivedMs
  }
  const node = pod.spec?.nodeName
  if (node !== undefined) tracked.node = node
  for (const milestone of MILESTONES) {
    if (tracked.passedMs[milestone] !== undefined || !hasPassed(pod, milestone)) continue
    tracked.passedMs[milestone] = receivedMs
    onPassed(tracked, milestone, receivedMs)
  }
  if (tracked.passedMs.ready === undefined) {
    tracked.reason = notReadyReason(pod)
    return
  }
  delete tracked.reason
  const created = creationTime(pod)
  if (created === undefined) return
  tracked.server = { created, passed: {} }
  for (const milestone of MILESTONES) {
    const time = serverTime(pod, milestone)
    if (time !== undefined) tracked.server.passed[milestone] = time
  }
}

/**
 * Its figures are those of the first time that it was ready, and a probe that fails for a while changes nothing. But one
 * whose container crashes, or that its node gave up, is not there for whoever waits; one that has done its work is.
 */
function watchOver(tracked: TrackedPod, pod: PodObject): void {
  if (hasPassed(pod, 'ready')) {
    delete tracked.reason
    return
  }
  const reason = notReadyReason(pod)
  if (reason.isFinal && pod.status?.phase !== 'Succeeded') tracked.reason = reason
}

/** It was ready, and has broken since. */
export function isBroken({ passedMs, reason }: TrackedPod): boolean {
  return passedMs.ready !== undefined && reason !== undefined
}

/** The reason that it is counted under while it is there and not ready; undefined where it is neither. */
export function waitsFor(pod: TrackedPod): string | undefined {
  return pod.reason === undefined || !isStaying(pod) ? undefined : reasonName(pod.reason)
}

/** Is it there to stay? Not from the delete request on: it must not pass for the one that takes its place. */
export function isStaying({ goneMs, terminating, deletionExpected }: TrackedPod): boolean {
  return goneMs === undefined && terminating !== true && deletionExpected !== true
}

/** Somebody else has deleted it; a controller replaces its pods, so only the loss of one of our own is final. */
export function isLostPod({ goneMs, controlled, deletionExpected }: TrackedPod): boolean {
  return goneMs !== undefined && !controlled && deletionExpected !== true
}

/** What a pod can be counted as; one pod may be several of these at once. */
export const STATES = ['present', 'scheduled', 'ready', 'unschedulable', 'failed', 'gone'] as const

/** What the pod adds to each count; while the whole load is deleted, no pod counts as lost. */
export function stateOf(pod: TrackedPod, deleting: boolean): Record<(typeof STATES)[number], 0 | 1> {
  const isGone = pod.goneMs !== undefined
  const isHere = isStaying(pod)
  const isReady = pod.passedMs.ready !== undefined && !isBroken(pod)
  const isLost = isLostPod(pod) && !deleting
  return {
    present: isHere ? 1 : 0,
    scheduled: isHere && pod.passedMs.scheduled !== undefined ? 1 : 0,
    ready: isHere && isReady ? 1 : 0,
    unschedulable: isHere && pod.reason?.reason === 'Unschedulable' ? 1 : 0,
    failed: isLost || (isHere && pod.reason?.isFinal === true) ? 1 : 0,
    gone: isGone ? 1 : 0,
  }
}
