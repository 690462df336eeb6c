import type { EndpointState, SliceState } from './endpoint-state.ts'

/** Follows which slice carries which endpoint, and how long a change of an endpoint takes to get there. */
export interface SliceTracker {
  /** What there is before anything is measured. */
  seed(endpoints: Iterable<EndpointState>, slices: Iterable<SliceState>): void
  /** An endpoint was added or changed. */
  endpointSeen(endpoint: EndpointState, atMs: number): void
  endpointGone(key: string, atMs: number): void
  /** A slice was added or changed. */
  sliceSeen(slice: SliceState, atMs: number): void
  sliceGone(name: string, atMs: number): void
  /** Changes that no slice carries yet. */
  backlog(): number
  /** When the oldest of them was made; undefined where there is none. */
  waitingSinceMs(): number | undefined
  /** As they are now. */
  slices(): readonly SliceState[]
  readonly propagation: Propagation
}

/** How changes of endpoints came to slices. */
export interface Propagation {
  /** Seconds from each change to the slice that carries it. */
  readonly delays: readonly number[]
  /** Changes that each event of a slice brought; 0 where it brought none, as when an endpoint leaves its old slice. */
  readonly folded: readonly number[]
  /** Changes of endpoints that concern no slice, such as one of the state alone. */
  readonly uncarried: number
  /** Changes that another one undid before any slice carried them. */
  readonly cancelled: number
}

interface Change {
  /** null: it is gone. */
  content: string | null
  atMs: number
}

interface Endpoint {
  content: string | null
  /** What no slice carries yet, oldest first. */
  changes: Change[]
  /** What slices carry of it now, by slice; while it moves these are two. */
  carriedBy: Map<string, string>
}

export function trackSlices(): SliceTracker {
  const endpoints = new Map<string, Endpoint>()
  const slices = new Map<string, SliceState>()
  const propagation = { delays: [] as number[], folded: [] as number[], uncarried: 0, cancelled: 0 }
  let backlog = 0

  const entryOf = (key: string): Endpoint => {
    let endpoint = endpoints.get(key)
    if (endpoint === undefined) {
      endpoint = { content: null, changes: [], carriedBy: new Map() }
      endpoints.set(key, endpoint)
    }
    return endpoint
  }
  const change = (key: string, content: string | null, atMs: number) => {
    const endpoint = entryOf(key)
    if (endpoint.content === content) propagation.uncarried += 1
    else {
      endpoint.content = content
      endpoint.changes.push({ content, atMs })
      backlog += 1
      // Without a slice event there is nothing that could have carried it: earlier changes were undone.
      const { length } = takeCarried(endpoint)
      propagation.cancelled += length
      backlog -= length
    }
    forgetIfGone(key, endpoint)
  }
  const carry = (slice: string, key: string, content: string | undefined, atMs: number): number => {
    const endpoint = entryOf(key)
    if (content === undefined) endpoint.carriedBy.delete(slice)
    else endpoint.carriedBy.set(slice, content)
    const carried = takeCarried(endpoint)
    for (const { atMs: changedMs } of carried) propagation.delays.push(Math.max(0, atMs - changedMs) / 1000)
    backlog -= carried.length
    forgetIfGone(key, endpoint)
    return carried.length
  }
  const forgetIfGone = (key: string, { content, changes, carriedBy }: Endpoint) => {
    if (content === null && changes.length === 0 && carriedBy.size === 0) endpoints.delete(key)
  }
  const replace = (name: string, contents: ReadonlyMap<string, string>, atMs: number) => {
    const before: ReadonlyMap<string, string> = slices.get(name)?.contents ?? new Map<string, string>()
    let folded = 0
    for (const key of before.keys()) if (!contents.has(key)) folded += carry(name, key, undefined, atMs)
    for (const [key, content] of contents) {
      if (before.get(key) !== content) folded += carry(name, key, content, atMs)
    }
    propagation.folded.push(folded)
  }

  return {
    propagation,
    seed(initialEndpoints, initialSlices) {
      for (const slice of initialSlices) {
        slices.set(slice.name, slice)
        for (const [key, content] of slice.contents) entryOf(key).carriedBy.set(slice.name, content)
      }
      for (const { key, content } of initialEndpoints) entryOf(key).content = content
    },
    endpointSeen: ({ key, content }, atMs) => change(key, content, atMs),
    endpointGone: (key, atMs) => change(key, null, atMs),
    sliceSeen(slice, atMs) {
      replace(slice.name, slice.contents, atMs)
      slices.set(slice.name, slice)
    },
    sliceGone(name, atMs) {
      replace(name, new Map(), atMs)
      slices.delete(name)
    },
    backlog: () => backlog,
    waitingSinceMs() {
      const oldest = [...endpoints.values()].flatMap(({ changes: [first] }) => first?.atMs ?? [])
      return oldest.length === 0 ? undefined : oldest.reduce((least, atMs) => Math.min(least, atMs))
    },
    slices: () => [...slices.values()],
  }
}

/** Takes the changes that slices carry by now out of those that wait: up to the newest that is carried. */
function takeCarried({ changes, carriedBy }: Endpoint): Change[] {
  const isCarried = ({ content }: Change) =>
    content === null ? carriedBy.size === 0 : [...carriedBy.values()].includes(content)
  return changes.splice(0, changes.findLastIndex(isCarried) + 1)
}
