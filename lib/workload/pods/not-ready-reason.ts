import { mainReason, parseSchedulingFailure, type SchedulingFailure } from '../scheduling/scheduling-failure.ts'
import { condition, type PodObject } from './pod-status.ts'

export interface NotReadyReason {
  /** Kubernetes' own word, e.g. Unschedulable, ImagePullBackOff, ContainerCreating. */
  reason: string
  /** What the cluster said of it, if anything. */
  message: string
  /** Waiting longer will not help: the image or the container itself is at fault. */
  isFinal: boolean
  /** Of an unschedulable pod, where the scheduler's message could be read. */
  scheduling?: SchedulingFailure
}

const FINAL_WAITING = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'CreateContainerConfigError',
  'CreateContainerError',
  'CrashLoopBackOff',
  'RunContainerError',
])

/**
 * Whether the kubelet put a pull off because it had begun too many within a second (`registryPullQPS`, 5 by default): it
 * tries again by itself. In its words, as in pkg/kubelet/images/helpers.go.
 */
export function isPullThrottled(message: string | undefined): boolean {
  return message?.includes('pull QPS exceeded') === true
}

/** Why a pod is not ready, from its status alone: the most particular reason that it gives. */
export function notReadyReason(pod: PodObject): NotReadyReason {
  const { status } = pod
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') {
    return { reason: status.reason ?? status.phase, message: status.message ?? '', isFinal: true }
  }
  for (const { state } of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const { reason, message = '' } = state?.waiting ?? {}
    if (reason !== undefined && FINAL_WAITING.has(reason)) {
      return { reason, message, isFinal: !isPullThrottled(message) }
    }
  }
  const scheduled = condition(pod, 'PodScheduled')
  if (scheduled?.status === 'False') {
    const { reason = 'Unschedulable', message = '' } = scheduled
    const scheduling = parseSchedulingFailure(message)
    return { reason, message, isFinal: false, ...(scheduling === undefined ? {} : { scheduling }) }
  }
  if (pod.spec?.nodeName === undefined) {
    return { reason: 'NotScheduled', message: 'no scheduler has looked at it yet', isFinal: false }
  }
  const waiting = status?.containerStatuses?.find(({ state }) => state?.waiting !== undefined)?.state?.waiting
  if (waiting?.reason !== undefined) return { reason: waiting.reason, message: waiting.message ?? '', isFinal: false }
  if (status?.containerStatuses === undefined) {
    return { reason: 'NotStarted', message: `the kubelet of ${pod.spec.nodeName} has not started it`, isFinal: false }
  }
  const ready = condition(pod, 'Ready')
  return { reason: ready?.reason ?? 'NotReady', message: ready?.message ?? '', isFinal: false }
}

/** The name that pods with this reason are counted under: the scheduler's main reason, e.g. `Too many pods`, else Kubernetes' own word. */
export function reasonName({ reason, scheduling }: NotReadyReason): string {
  return (scheduling === undefined ? undefined : mainReason(scheduling)?.reason) ?? reason
}
