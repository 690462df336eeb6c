import { PerfError } from '../../errors/perf-error.ts'
import { schedulingAdvice } from '../scheduling/scheduling-advice.ts'
import { notReadyReason, reasonName } from './not-ready-reason.ts'
import { condition, type PodObject } from './pod-status.ts'
import type { WatchedPods } from './pod-watch.ts'

/** A cluster that adds nodes by itself has them by then, or never. */
const UNSCHEDULABLE_GRACE_MS = 60_000

export interface PodsWait {
  pods: WatchedPods
  namespace: string
  names: readonly string[]
  isAsWanted: (pod: PodObject) => boolean
  /** Ends the waiting, by its reason. */
  signal: AbortSignal
  /** The time that there is for the pods, which several waits may share, and how long it was. */
  limit: AbortSignal
  timeoutMs: number
  /** Pods that are not as wanted, by reason and all together; told whenever a pod changes. */
  onWaiting: (waiting: ReadonlyMap<string, number>, left: number) => void
  /** What to do where a pod stays as it is: what the command knows of its reason, undefined where it is nothing. */
  advise: (reason: string, message: string) => string | undefined
}

/**
 * Waits until all pods of a run are as they should be.
 * @throws PerfError as soon as it is known that one will not be, and why; the signal's reason
 */
export async function untilPods(wait: PodsWait): Promise<void> {
  const { pods, names, signal, limit } = wait
  const impatience = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const look = (): true | undefined => {
    const waiting = new Map<string, number>()
    let left = 0
    let isUnschedulable = false
    for (const name of names) {
      const pod = podOf(wait, name)
      if (pod !== undefined && wait.isAsWanted(pod)) continue
      const reason = pod === undefined ? undefined : notReadyReason(pod)
      if (pod !== undefined && reason?.isFinal === true) throw notReady(wait, pod)
      if (reason?.reason === 'Unschedulable') isUnschedulable = true
      left += 1
      const word = reason === undefined ? 'NotScheduled' : reasonName(reason)
      waiting.set(word, (waiting.get(word) ?? 0) + 1)
    }
    wait.onWaiting(waiting, left)
    if (isUnschedulable) timer ??= setTimeout(() => impatience.abort(), UNSCHEDULABLE_GRACE_MS)
    else clearTimeout(timer)
    if (!isUnschedulable) timer = undefined
    return waiting.size === 0 ? true : undefined
  }
  try {
    await pods.until(look, AbortSignal.any([signal, limit, impatience.signal]))
  } catch (error) {
    if (signal.aborted || !(limit.aborted || impatience.signal.aborted)) throw error
    const late = names.map((name) => podOf(wait, name)).find((pod) => pod !== undefined && !wait.isAsWanted(pod))
    if (late !== undefined) throw notReady(wait, late)
    throw new PerfError(`not all pods were there within ${wait.timeoutMs / 1000}s`)
  } finally {
    clearTimeout(timer)
  }
}

/** Has the scheduler chosen a node for it? */
export function isScheduled({ spec }: PodObject): boolean {
  return spec?.nodeName !== undefined
}

/** Ready, and with an address to be reached at. */
export function isReady(pod: PodObject): boolean {
  return condition(pod, 'Ready')?.status === 'True' && addressesOf(pod).length > 0
}

/** The addresses of the pod, that of its primary IP family first. */
export function addressesOf({ status }: PodObject): string[] {
  const { podIPs, podIP } = status ?? {}
  return podIPs?.map(({ ip }) => ip) ?? (podIP === undefined ? [] : [podIP])
}

function podOf({ pods, namespace }: PodsWait, name: string): PodObject | undefined {
  const watched = pods.get(namespace, name)
  if (watched?.isGone === true) {
    throw new PerfError(`pod ${watched.pod.metadata.name} was deleted by somebody else before it was ready`)
  }
  return watched?.pod
}

function notReady({ advise, timeoutMs }: PodsWait, pod: PodObject): PerfError {
  const why = notReadyReason(pod)
  const node = pod.spec?.nodeName
  const name = reasonName(why)
  const text = [name, why.message].filter((part) => part !== '').join(': ')
  const advice =
    advise(name, why.message) ??
    schedulingAdvice(name) ??
    `it was waited for ${timeoutMs / 1000}s at most: raise --timeout if its node is just slow`
  const place = node === undefined ? '' : ` on node ${node}`
  return new PerfError(`pod ${pod.metadata.name}${place} is not ready: ${text}`, { advice: [advice] })
}
