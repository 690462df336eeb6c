import { type NotReadyReason, reasonName } from '../../workload/pods/not-ready-reason.ts'
import type { PodObject } from '../../workload/pods/pod-status.ts'
import { mergeSchedulingFailures, type SchedulingFailure } from '../../workload/scheduling/scheduling-failure.ts'

/** Pods without a node that wait for the same reason. */
export interface PendingGroup {
  count: number
  /** Of the oldest: when it was created, in ms since the epoch, and `namespace/name`. */
  oldestMs: number
  oldest: string
  /** The refusals of all of them as one, where the scheduler's messages could be read. */
  failure?: SchedulingFailure
  /** What the scheduler says of the first, where its message is of another kind. */
  message: string
}

/** Counts a pod with the others that wait for the same reason. */
export function addPending(groups: Map<string, PendingGroup>, pod: PodObject, reason: NotReadyReason): void {
  const name = reasonName(reason)
  const { namespace = '', name: podName, creationTimestamp = '' } = pod.metadata
  const createdMs = Date.parse(creationTimestamp)
  const group = groups.get(name)
  if (group === undefined) {
    groups.set(name, {
      count: 1,
      oldestMs: createdMs,
      oldest: `${namespace}/${podName}`,
      message: reason.message,
      ...(reason.scheduling === undefined ? {} : { failure: reason.scheduling }),
    })
    return
  }
  group.count += 1
  if (createdMs < group.oldestMs) {
    group.oldestMs = createdMs
    group.oldest = `${namespace}/${podName}`
  }
  if (reason.scheduling !== undefined) {
    group.failure =
      group.failure === undefined ? reason.scheduling : mergeSchedulingFailures([group.failure, reason.scheduling])
  }
}
