import type { PodObject } from './pod-status.ts'
import { isStaying, type OnPassed, STATES, stateOf, type TrackedPod, updatePod, waitsFor } from './tracked-pod.ts'

export interface PodCounts {
  /** Pods followed so far, those that are gone included. */
  tracked: number
  /** Pods that there should be: those created by request, and as many as controllers were told to make. */
  expected: number
  /** Those that are there and not on their way out. */
  present: number
  /** Of those that are there: bound to a node. */
  scheduled: number
  /** Of those that are there: they were Ready, and have not broken since. */
  ready: number
  /** Of those that are there: the scheduler has found no node. */
  unschedulable: number
  /** Not ready, and never going to be: a fault of the container, also after it was ready, or a pod that somebody else deleted. */
  failed: number
  gone: number
}

export interface PodTracker {
  readonly counts: Readonly<PodCounts>
  /** Pods that are there and not ready, by the reason that the watch showed last. */
  readonly waiting: ReadonlyMap<string, number>
  pods(): TrackedPod[]
  /** Tells each milestone of each pod once, at the moment it is seen; returns how to stop that. */
  subscribe(listener: OnPassed): () => void
  /**
   * The load is about to delete this pod, the pods of this owner, or all of a namespace: that they go is no failure, and
   * from now on they do not count as being there. Returns those that were.
   */
  expectDeletion(namespace: string, of?: { pod: string } | { owner: string }): TrackedPod[]
  /** Begins to follow a pod; call it before its create request is sent, since the watch may be faster than the response. */
  add(namespace: string, name: string, sentMs: number): void
  /** So many more pods are to come from controllers. */
  expect(count: number): void
  /** Forgets a pod that the server refused. */
  forget(namespace: string, name: string): void
  observe(type: 'ADDED' | 'MODIFIED' | 'DELETED', pod: PodObject, receivedMs: number): void
  /** Takes a fresh list of all pods of the run after events were missed: what is not in it is gone. */
  resync(pods: readonly PodObject[], receivedMs: number): void
  /** From now on pods go because we want it: a pod that goes is no failure. */
  expectDeletions(): void
  /** Resolves as soon as the counts satisfy the predicate; rejects with the signal's reason. */
  until(predicate: (counts: PodCounts) => boolean, signal: AbortSignal): Promise<void>
}

/** Follows the pods of one run from the events of a watch. Pods it was not told of are taken for those of controllers. */
export function trackPods(): PodTracker {
  const pods = new Map<string, TrackedPod>()
  // A name that is used again, as churn does, begins a pod anew.
  const retired: TrackedPod[] = []
  const counts: PodCounts = {
    tracked: 0,
    expected: 0,
    present: 0,
    scheduled: 0,
    ready: 0,
    unschedulable: 0,
    failed: 0,
    gone: 0,
  }
  const waiting = new Map<string, number>()
  const countWaiting = (reason: string | undefined, change: 1 | -1) => {
    if (reason === undefined) return
    const count = (waiting.get(reason) ?? 0) + change
    if (count === 0) waiting.delete(reason)
    else waiting.set(reason, count)
  }
  let deleting = false
  const listeners = new Set<OnPassed>()
  const onPassed: OnPassed = (pod, milestone, atMs) => {
    for (const listener of listeners) listener(pod, milestone, atMs)
  }
  const waiters = new Set<{ predicate: (counts: PodCounts) => boolean; resolve: () => void }>()
  const changed = () => {
    for (const waiter of waiters) {
      if (waiter.predicate(counts)) waiter.resolve()
    }
  }

  /** Lets the counts follow what happens to a pod. */
  const change = (tracked: TrackedPod, happen: () => void) => {
    const before = stateOf(tracked, deleting)
    const waitedFor = waitsFor(tracked)
    happen()
    const after = stateOf(tracked, deleting)
    for (const key of STATES) counts[key] += after[key] - before[key]
    countWaiting(waitedFor, -1)
    countWaiting(waitsFor(tracked), 1)
  }

  const follow = (pod: TrackedPod): TrackedPod => {
    const key = `${pod.namespace}/${pod.name}`
    const earlier = pods.get(key)
    if (earlier !== undefined) retired.push(earlier)
    pods.set(key, pod)
    counts.tracked += 1
    counts.present += 1
    return pod
  }
  const adopt = ({ metadata: { namespace = '', name } }: PodObject, receivedMs: number): TrackedPod =>
    follow({ namespace, name, sentMs: receivedMs, controlled: true, passedMs: {}, seen: false })
  const observe: PodTracker['observe'] = (type, pod, receivedMs) => {
    const tracked = pods.get(keyOf(pod)) ?? (type === 'DELETED' ? undefined : adopt(pod, receivedMs))
    if (tracked === undefined || tracked.goneMs !== undefined) return
    change(tracked, () => {
      tracked.seen = true
      if (type === 'DELETED') {
        tracked.goneMs = receivedMs
        if (!deleting) tracked.terminating = true
      }
      // While the whole load is deleted, what a pod still goes through says nothing of the load: one that was pending gets
      // scheduled into the room that others leave.
      else if (!deleting) updatePod(tracked, pod, receivedMs, onPassed)
    })
    changed()
  }

  return {
    counts,
    waiting,
    pods: () => [...retired, ...pods.values()],
    observe,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    add(namespace, name, sentMs) {
      follow({ namespace, name, sentMs, controlled: false, passedMs: {}, seen: false })
      counts.expected += 1
    },
    expect(count) {
      counts.expected += count
      changed()
    },
    expectDeletion(namespace, of) {
      const named = of !== undefined && 'pod' in of ? [pods.get(`${namespace}/${of.pod}`)] : pods.values()
      const owner = of !== undefined && 'owner' in of ? of.owner : undefined
      const meant = [...named]
        .filter((pod) => pod !== undefined)
        .filter((pod) => pod.namespace === namespace && pod.goneMs === undefined)
        .filter((pod) => owner === undefined || pod.owner === owner)
      const staying = meant.filter(isStaying)
      for (const pod of meant) {
        change(pod, () => {
          pod.deletionExpected = true
        })
      }
      return staying
    },
    expectDeletions() {
      deleting = true
    },
    forget(namespace, name) {
      if (pods.delete(`${namespace}/${name}`)) {
        counts.tracked -= 1
        counts.present -= 1
        counts.expected -= 1
      }
      changed()
    },
    resync(listed, receivedMs) {
      const present = new Set(listed.map(keyOf))
      for (const pod of listed) observe('MODIFIED', pod, receivedMs)
      for (const [key, { namespace, name, seen }] of pods) {
        if (seen && !present.has(key)) observe('DELETED', { metadata: { namespace, name } }, receivedMs)
      }
    },
    until(predicate, signal) {
      return new Promise((resolve, reject) => {
        if (predicate(counts)) return resolve()
        if (signal.aborted) return reject(signal.reason)
        const abandon = () => settle(() => reject(signal.reason))
        const waiter = { predicate, resolve: () => settle(resolve) }
        const settle = (done: () => void) => {
          waiters.delete(waiter)
          signal.removeEventListener('abort', abandon)
          done()
        }
        waiters.add(waiter)
        signal.addEventListener('abort', abandon)
      })
    },
  }
}

function keyOf({ metadata }: PodObject): string {
  return `${metadata.namespace}/${metadata.name}`
}
