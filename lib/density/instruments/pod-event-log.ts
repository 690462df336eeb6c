import { type EventObject, eventTime, type PulledImage, parsePulled } from '../../workload/pods/pod-event.ts'

/** What the events about one pod tell. Times in ms of this process's monotonic clock. */
export interface PodEventFacts {
  /** Sandbox and network were there: the kubelet turned to the first image. */
  sandboxReadyMs?: number
  /** The last of the containers was started, init containers not counted. */
  startedMs?: number
  pulls: (PulledImage & { endedMs: number })[]
  /** Containers whose image was on the node already. */
  imagesPresent: number
  /** The last of the volumes was attached to the node. */
  volumesAttachedMs?: number
  /** The latest message of each reason, warnings only. */
  warnings: Map<string, string>
}

export interface PodEventLog {
  record(event: EventObject, receivedMs: number): void
  /** By the pod's uid, as of now. */
  facts(): Map<string, PodEventFacts>
  /** Nodes whose kubelet has said something. */
  readonly nodes: ReadonlySet<string>
  /** Uids of pods that have a container started. */
  readonly started: ReadonlySet<string>
  /** Monotonic clock of the latest event of any pod. */
  readonly latestMs: number
}

interface Entry {
  event: EventObject
  uid: string
  node: string
  receivedMs: number
  /** By the clock of the node, ms since the epoch. */
  madeMs: number | undefined
}

/**
 * Collects events about pods. Kubelets send their events one by one and at most 50 a second, so under load they come
 * seconds late; but their names carry the time at which they were made. Each node's clock is set against ours by the
 * event that took the least time to come: what was made at t happened at t + min(received - made), late by no more than
 * that one took.
 */
export function logPodEvents(): PodEventLog {
  const entries = new Map<string, Entry>()
  const offsetMs = new Map<string, number>()
  const nodes = new Set<string>()
  const started = new Set<string>()
  let latestMs = Number.NEGATIVE_INFINITY
  return {
    nodes,
    started,
    get latestMs() {
      return latestMs
    },
    record(event, receivedMs) {
      const { metadata, involvedObject, source, reportingInstance } = event
      const { uid } = involvedObject
      if (uid === undefined) return
      latestMs = receivedMs
      const node = source?.host ?? reportingInstance ?? ''
      const key = `${metadata.namespace}/${metadata.name}`
      const earlier = entries.get(key)
      // The same event again counts a repetition: when it was made, and received first, stays.
      if (earlier !== undefined) {
        earlier.event = event
        return
      }
      const madeMs = eventTime(event)
      entries.set(key, { event, uid, node, receivedMs, madeMs })
      if (source?.component === 'kubelet') nodes.add(node)
      if (event.reason === 'Started') started.add(uid)
      if (madeMs !== undefined) {
        offsetMs.set(node, Math.min(offsetMs.get(node) ?? Number.POSITIVE_INFINITY, receivedMs - madeMs))
      }
    },
    facts() {
      const pods = new Map<string, PodEventFacts>()
      for (const entry of entries.values()) {
        let facts = pods.get(entry.uid)
        if (facts === undefined) {
          facts = { pulls: [], imagesPresent: 0, warnings: new Map() }
          pods.set(entry.uid, facts)
        }
        const { node, madeMs, receivedMs } = entry
        const offset = offsetMs.get(node)
        note(facts, entry.event, madeMs === undefined || offset === undefined ? receivedMs : madeMs + offset)
      }
      return pods
    },
  }
}

function note(
  facts: PodEventFacts,
  { type, reason = '', message = '', involvedObject }: EventObject,
  atMs: number,
): void {
  switch (reason) {
    case 'Pulling':
      facts.sandboxReadyMs = Math.min(facts.sandboxReadyMs ?? atMs, atMs)
      return
    case 'Pulled': {
      facts.sandboxReadyMs = Math.min(facts.sandboxReadyMs ?? atMs, atMs)
      const pulled = parsePulled(message)
      if (pulled === 'present') facts.imagesPresent += 1
      else if (pulled !== undefined) facts.pulls.push({ ...pulled, endedMs: atMs })
      return
    }
    case 'Started':
      if (involvedObject.fieldPath?.startsWith('spec.initContainers') === true) return
      facts.startedMs = Math.max(facts.startedMs ?? atMs, atMs)
      return
    case 'SuccessfulAttachVolume':
      facts.volumesAttachedMs = Math.max(facts.volumesAttachedMs ?? atMs, atMs)
      return
    default:
      if (type === 'Warning') facts.warnings.set(reason, message)
  }
}
