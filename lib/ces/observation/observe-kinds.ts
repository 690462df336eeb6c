import type { KubeClient } from '../../kube/client.ts'
import type { WatchEvent } from '../../kube/collections/watch.ts'
import { collectionPath, type Resource } from '../../run/resource.ts'
import type { Kind } from '../kinds.ts'
import type { OperatorRules } from '../simulator/operator-rules.ts'
import { type SliceSimulator, type SliceWrite, simulateSlices } from '../simulator/simulate-slices.ts'
import {
  type EndpointObject,
  type EndpointState,
  endpointState,
  type SliceObject,
  type SliceState,
  sliceState,
} from './endpoint-state.ts'
import { countEvent, type EventTally, type OpenTally, openTally } from './event-tally.ts'
import { type SliceTracker, trackSlices } from './slice-tracker.ts'

export interface ObserveOptions {
  /** The kinds to watch. */
  resources: Readonly<Partial<Record<Kind, Resource>>>
  /** Whether what happens in a namespace is measured; everything else is counted apart. */
  isMeasured: (namespace: string) => boolean
  rules: OperatorRules
  /** Cilium 1.20 and later carry the uid of the pod. */
  carriesPodUid: boolean
  /** What a write to the API server takes now, in ms. */
  writeMs: () => number
  signal: AbortSignal
}

/** The events of a stretch of time. */
export interface Window {
  readonly cep: EventTally
  readonly ces: EventTally
  /** What an operator would have made of the same changes. */
  readonly simulated: EventTally
  /** Of both kinds, in other namespaces. */
  readonly others: EventTally
}

export interface Observation {
  readonly tracker: SliceTracker
  readonly simulator: SliceSimulator
  readonly originMs: number
  /** Objects now, of all namespaces. */
  count(kind: Kind): number
  /** Endpoints now whose namespace is measured. */
  countMeasured(): number
  /** Events from now on belong to this window and to no other. */
  beginWindow(): Window
  /** When the last event of what is measured came, of either kind. */
  lastEventMs(): number
  /** How often events of a kind were lost, so that its counts are too low. */
  readonly relists: Readonly<Record<Kind, number>>
  /** Resource versions at the start and of the last event seen, of any kind. */
  resourceVersions(): { first: string; last: string }
  /** Aborts with the fault that ended a watch. */
  readonly failed: AbortSignal
  [Symbol.asyncDispose](): Promise<void>
}

/** An endpoint as the watch tells it, with what little else is needed of its object. */
interface Seen<State> {
  state: State
  resourceVersion: string
}

/** What is kept of an object as the API server sends it. */
type Read<State> = (object: unknown) => Seen<State>

type OpenWindow = Readonly<Record<keyof Window, OpenTally>>

/** Of a line, which is cut off before it is handed on. */
const NEWLINE = 1

/**
 * Lists both kinds, then follows them: the watches are open when this returns.
 * @throws ApiError, ConnectionError, or the signal's reason
 */
export async function observeKinds(client: KubeClient, options: ObserveOptions): Promise<Observation> {
  const { resources, isMeasured, rules, carriesPodUid, writeMs, signal } = options
  const readEndpoint: Read<EndpointState> = (value) => {
    const object = value as EndpointObject
    return { state: endpointState(object, carriesPodUid), resourceVersion: object.metadata.resourceVersion ?? '' }
  }
  const readSlice: Read<SliceState> = (value) => {
    const object = value as SliceObject
    return { state: sliceState(object), resourceVersion: object.metadata.resourceVersion ?? '' }
  }
  const [cepList, cesList] = await Promise.all([
    listStates(client, resources.cep, readEndpoint, signal),
    listStates(client, resources.ces, readSlice, signal),
  ])

  const originMs = performance.now()
  const endpoints = new Map(cepList.items.map(({ state }) => [state.key, state]))
  const slices = new Map(cesList.items.map(({ state }) => [state.name, state]))
  const measured = new Set(
    [...endpoints.values()].filter(({ namespace }) => isMeasured(namespace)).map(({ key }) => key),
  )
  const tracker = trackSlices()
  tracker.seed(
    [...endpoints.values()].filter(({ namespace }) => isMeasured(namespace)),
    [...slices.values()].filter(({ namespace }) => isMeasured(namespace)),
  )
  let window = openWindow(originMs)
  let lastEventMs = originMs
  let lastVersion = ''
  const onWrite = ({ type, namespace, bytes, atMs }: SliceWrite) => {
    if (isMeasured(namespace)) countEvent(window.simulated, type, bytes, atMs)
  }
  const simulator = simulateSlices(rules, originMs, onWrite, writeMs)
  simulator.seed(endpoints.values())

  const takeEndpoint = (type: 'SEEN' | 'DELETED', state: EndpointState, atMs: number) => {
    const isOurs = isMeasured(state.namespace)
    if (type === 'DELETED') {
      endpoints.delete(state.key)
      measured.delete(state.key)
      simulator.endpointGone(state.key, atMs)
      if (isOurs) tracker.endpointGone(state.key, atMs)
    } else {
      endpoints.set(state.key, state)
      if (isOurs) measured.add(state.key)
      simulator.endpointSeen(state, atMs)
      if (isOurs) tracker.endpointSeen(state, atMs)
    }
  }
  const takeSlice = (type: 'SEEN' | 'DELETED', state: SliceState, atMs: number) => {
    if (type === 'DELETED') slices.delete(state.name)
    else slices.set(state.name, state)
    if (!isMeasured(state.namespace)) return
    if (type === 'DELETED') tracker.sliceGone(state.name, atMs)
    else tracker.sliceSeen(state, atMs)
  }
  const relists: Record<Kind, number> = { cep: 0, ces: 0 }
  /** Counts an event and hands it on; after lost ones, all that has come of them. */
  const follower =
    <State extends { namespace: string }>(
      kind: Kind,
      known: ReadonlyMap<string, State>,
      keyOf: (state: State) => string,
      isSame: (before: State | undefined, now: State) => boolean,
      take: (type: 'SEEN' | 'DELETED', state: State, atMs: number) => void,
    ) =>
    (event: WatchEvent<Seen<State>>) => {
      const { receivedMs } = event
      if (event.type === 'RELIST') {
        relists[kind] += 1
        lastVersion = event.resourceVersion
        const here = new Set(event.items.map(({ state }) => keyOf(state)))
        for (const [key, state] of known) if (!here.has(key)) take('DELETED', state, receivedMs)
        // What has stayed as it was is no change that somebody made.
        for (const { state } of event.items)
          if (!isSame(known.get(keyOf(state)), state)) take('SEEN', state, receivedMs)
        return
      }
      const { type, bytes, object } = event
      lastVersion = object.resourceVersion
      const isOurs = isMeasured(object.state.namespace)
      countEvent(isOurs ? window[kind] : window.others, type, bytes + NEWLINE, receivedMs)
      if (isOurs) lastEventMs = receivedMs
      take(type === 'DELETED' ? 'DELETED' : 'SEEN', object.state, receivedMs)
    }

  const stop = new AbortController()
  const failed = new AbortController()
  const watches: Watch[] = [
    startWatch(client, resources.cep, cepList.resourceVersion, readEndpoint, {
      onEvent: follower('cep', endpoints, ({ key }) => key, isSameEndpoint, takeEndpoint),
      stop: stop.signal,
      failed,
    }),
    startWatch(client, resources.ces, cesList.resourceVersion, readSlice, {
      onEvent: follower('ces', slices, ({ name }) => name, isSameSlice, takeSlice),
      stop: stop.signal,
      failed,
    }),
  ]
  const dispose = async () => {
    stop.abort(new Error('the observation was ended'))
    await Promise.all(watches.map(({ ended }) => ended))
  }
  try {
    await Promise.all(watches.map(({ opened }) => unlessAborted(opened, AbortSignal.any([signal, failed.signal]))))
  } catch (error) {
    await dispose()
    throw error
  }
  return {
    tracker,
    simulator,
    originMs,
    count: (kind) => (kind === 'cep' ? endpoints.size : slices.size),
    countMeasured: () => measured.size,
    beginWindow() {
      // What falls into the time before belongs to the window that ends.
      simulator.advance(performance.now())
      window = openWindow(originMs)
      return window
    },
    lastEventMs: () => lastEventMs,
    relists,
    resourceVersions: () => ({
      first: cepList.resourceVersion || cesList.resourceVersion,
      last: lastVersion || cepList.resourceVersion || cesList.resourceVersion,
    }),
    failed: failed.signal,
    [Symbol.asyncDispose]: dispose,
  }
}

function isSameEndpoint(before: EndpointState | undefined, now: EndpointState): boolean {
  return before?.content === now.content
}

function isSameSlice(before: SliceState | undefined, { contents }: SliceState): boolean {
  if (before?.contents.size !== contents.size) return false
  return [...contents].every(([key, content]) => before.contents.get(key) === content)
}

function openWindow(originMs: number): OpenWindow {
  const tally = () => openTally(originMs)
  return { cep: tally(), ces: tally(), simulated: tally(), others: tally() }
}

/** Of tens of thousands of objects only what is needed is kept. */
async function listStates<State>(
  client: KubeClient,
  resource: Resource | undefined,
  read: Read<State>,
  signal: AbortSignal,
): Promise<{ items: Seen<State>[]; resourceVersion: string }> {
  if (resource === undefined) return { items: [], resourceVersion: '' }
  const extract = (item: Buffer) => read(JSON.parse(item.toString('utf8')))
  return client.list<Seen<State>>(collectionPath(resource), { signal, extract })
}

interface Watch {
  opened: Promise<void>
  /** Never rejects. */
  ended: Promise<void>
}

function startWatch<State>(
  client: KubeClient,
  resource: Resource | undefined,
  resourceVersion: string,
  read: Read<State>,
  {
    onEvent,
    stop,
    failed,
  }: { onEvent: (event: WatchEvent<Seen<State>>) => void; stop: AbortSignal; failed: AbortController },
): Watch {
  if (resource === undefined) return { opened: Promise.resolve(), ended: Promise.resolve() }
  const opened = Promise.withResolvers<void>()
  const extract = (line: Buffer) => read((JSON.parse(line.toString('utf8')) as { object: unknown }).object)
  const follow = async () => {
    const options = { resourceVersion, signal: stop, onOpen: opened.resolve, extract }
    try {
      for await (const event of client.watch<Seen<State>>(collectionPath(resource), options)) onEvent(event)
    } catch (error) {
      if (!stop.aborted) failed.abort(error)
    }
  }
  return { opened: opened.promise, ended: follow() }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject)
  })
}
