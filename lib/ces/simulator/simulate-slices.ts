import type { EndpointState } from '../observation/endpoint-state.ts'
import type { EventType } from '../observation/event-tally.ts'
import type { OperatorRules } from './operator-rules.ts'
import { type PackedSlice, packSlices } from './slice-packing.ts'
import { type SliceHolding, sliceEventBytes } from './slice-size.ts'
import { openTokenBucket, type TokenBucket } from './token-bucket.ts'

/** What an operator would have written, as a watcher would have seen it. */
export interface SliceWrite {
  type: EventType
  namespace: string
  bytes: number
  /** By the clock of the changes. */
  atMs: number
}

/** Does what cilium-operator would do with the changes that it is shown. Times are those of the changes and never go back. */
export interface SliceSimulator {
  /** What there is at the start: in slices already. */
  seed(endpoints: Iterable<EndpointState>): void
  endpointSeen(endpoint: EndpointState, atMs: number): void
  endpointGone(key: string, atMs: number): void
  /** Goes on to a time. */
  advance(toMs: number): void
  /** Changes of endpoints that no written slice carries yet, of the namespaces that are meant. */
  backlog(isMeant: (namespace: string) => boolean): number
  /** The slices as they were last written. */
  written(): readonly SliceHolding[]
}

/** What a request to the API server takes where nobody has measured it: it counts little against the waits around it. */
const WRITE_MS = 5

interface Written extends SliceHolding {
  contents: Map<string, { content: string | null; entryBytes: number }>
}

interface Simulated {
  readonly slice: PackedSlice
  /** As the API server has it; undefined while it has none. */
  written: Written | undefined
  /** Members that may differ from what was written. */
  readonly touched: Set<string>
  /** Waits for more changes. */
  waits: boolean
  /** Since when it stands in line for the worker. */
  readyMs: number | undefined
}

/**
 * The work queue of cilium-operator's controller for slices: a changed slice waits, gets in line once, and one worker looks at one
 * after the other, each for a token of the rate limit, also where there is nothing to write. What it writes comes back by
 * its own watch and has the slice looked at once more. Retries after conflicts are left out: they do not happen here.
 * @param writeMs what a write takes now; the worker does nothing else meanwhile
 */
export function simulateSlices(
  rules: OperatorRules,
  startMs: number,
  onWrite: (write: SliceWrite) => void,
  writeMs: () => number = () => WRITE_MS,
): SliceSimulator {
  const packing = packSlices(rules)
  const simulated = new Map<PackedSlice, Simulated>()
  const waiting: { dueMs: number; one: Simulated }[] = []
  const line: Simulated[] = []
  const bucket: TokenBucket = openTokenBucket(rules, startMs)
  let workerFreeMs = startMs + bucket.reserve(startMs)

  const ofSlice = (slice: PackedSlice): Simulated => {
    let one = simulated.get(slice)
    if (one === undefined) {
      one = { slice, written: undefined, touched: new Set(), waits: false, readyMs: undefined }
      simulated.set(slice, one)
    }
    return one
  }
  const enqueue = (one: Simulated, atMs: number) => {
    if (rules.delays === 'together') {
      if (one.waits) return
      one.waits = true
    }
    const dueMs = atMs + rules.syncDelayMs
    // All wait equally long, but a write ends some ms after the changes that it is told among.
    let place = waiting.length
    while (place > 0 && (waiting[place - 1]?.dueMs ?? 0) > dueMs) place -= 1
    waiting.splice(place, 0, { dueMs, one })
  }
  const stopWaiting = () => {
    const due = waiting.shift()
    if (due === undefined) return
    due.one.waits = false
    if (due.one.readyMs !== undefined) return
    due.one.readyMs = due.dueMs
    line.push(due.one)
  }
  const work = (atMs: number) => {
    const one = line.shift()
    if (one === undefined) return
    one.readyMs = undefined
    const write = reconcile(one, atMs)
    const endMs = write === undefined ? atMs : atMs + writeMs()
    workerFreeMs = endMs + bucket.reserve(endMs)
    if (write === undefined) {
      if (one.written === undefined && one.slice.members.size === 0) simulated.delete(one.slice)
      return
    }
    onWrite({ ...write, atMs: endMs })
    enqueue(one, endMs)
  }
  const advance = (toMs: number) => {
    while (true) {
      const dueMs = waiting[0]?.dueMs ?? Number.POSITIVE_INFINITY
      const [next] = line
      const workMs = next === undefined ? Number.POSITIVE_INFINITY : Math.max(workerFreeMs, next.readyMs ?? 0)
      if (Math.min(dueMs, workMs) > toMs) return
      if (dueMs <= workMs) stopWaiting()
      else work(workMs)
    }
  }
  const touch = (slices: readonly PackedSlice[], key: string, atMs: number) => {
    for (const slice of slices) {
      const one = ofSlice(slice)
      one.touched.add(key)
      enqueue(one, atMs)
    }
  }
  const remove = (key: string, atMs: number) => {
    const left = packing.remove(key)
    if (left !== undefined) touch([left], key, atMs)
  }

  return {
    seed(endpoints) {
      for (const endpoint of endpoints) {
        if (endpoint.content === null) continue
        for (const slice of packing.put(endpoint)) ofSlice(slice).touched.add(endpoint.key)
      }
      for (const one of simulated.values()) reconcile(one, startMs)
    },
    endpointSeen(endpoint, atMs) {
      advance(atMs)
      // An agent fills in identity and networking some time after it has made the object.
      if (endpoint.content !== null) touch(packing.put(endpoint), endpoint.key, atMs)
    },
    endpointGone(key, atMs) {
      advance(atMs)
      remove(key, atMs)
    },
    advance,
    backlog(isMeant) {
      let changes = 0
      for (const one of simulated.values()) if (isMeant(one.slice.namespace)) changes += changesOf(one).length
      return changes
    },
    written: () => [...simulated.values()].flatMap(({ written }) => written ?? []),
  }
}

/** Brings what is written in line with what it should be; undefined where it is that already. */
function reconcile(one: Simulated, atMs: number): SliceWrite | undefined {
  const { slice, written } = one
  const { members, namespace } = slice
  const changed = changesOf(one)
  one.touched.clear()
  if (changed.length === 0) return undefined
  const now: Written = written ?? { namespace, endpoints: 0, entryBytes: 0, contents: new Map() }
  if (members.size === 0) {
    one.written = undefined
    return { type: 'DELETED', namespace, bytes: sliceEventBytes('DELETED', now), atMs }
  }
  for (const key of changed) {
    now.entryBytes -= now.contents.get(key)?.entryBytes ?? 0
    const member = members.get(key)
    if (member === undefined) now.contents.delete(key)
    else {
      now.contents.set(key, { content: member.content, entryBytes: member.entryBytes })
      now.entryBytes += member.entryBytes
    }
  }
  now.endpoints = now.contents.size
  one.written = now
  const type = written === undefined ? 'ADDED' : 'MODIFIED'
  return { type, namespace, bytes: sliceEventBytes(type, now), atMs }
}

function changesOf({ slice, written, touched }: Simulated): string[] {
  return [...touched].filter((key) => slice.members.get(key)?.content !== written?.contents.get(key)?.content)
}
