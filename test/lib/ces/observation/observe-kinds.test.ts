import { expect, test } from 'vitest'
import { type Observation, observeKinds } from '../../../../lib/ces/observation/observe-kinds.ts'
import { operatorRules } from '../../../../lib/ces/simulator/operator-rules.ts'
import type { KubeClient } from '../../../../lib/kube/client.ts'
import type { WatchEvent, WatchOptions } from '../../../../lib/kube/collections/watch.ts'
import type { Resource } from '../../../../lib/run/resource.ts'

// What observing makes of the events of two watches, without an API server.

const resource = (name: string): Resource => ({
  group: 'cilium.io',
  version: 'v2',
  resource: name,
  namespaced: true,
  ownsPods: false,
})
const CEP = '/apis/cilium.io/v2/ciliumendpoints'
const CES = '/apis/cilium.io/v2/ciliumendpointslices'

const endpoint = (name: string, id = 1, namespace = 'ours') => ({
  metadata: { name, namespace, resourceVersion: '7' },
  status: { identity: { id }, networking: { addressing: [{ ipv4: '198.18.0.1' }], node: '198.18.0.2' } },
})
const slice = (name: string, entries: [name: string, id: number][], namespace = 'ours') => ({
  metadata: { name, resourceVersion: '8' },
  namespace,
  endpoints: entries.map(([entry, id]) => ({
    name: entry,
    id,
    encryption: {},
    networking: { addressing: [{ ipv4: '198.18.0.1' }], node: '198.18.0.2' },
  })),
})

interface Script {
  lists?: Record<string, object[]>
  /** Of each watch: events as they are to come, or what it fails with. */
  events: Record<string, ((WatchEvent<object> & { type: string }) | Error)[]>
}

/** A client whose watches tell what the script says, then wait until they are ended. */
function scripted({ lists = {}, events }: Script): KubeClient {
  return {
    async list(path: string, { extract }: { extract: (item: Buffer) => unknown }) {
      const items = (lists[path] ?? []).map((item) => extract(Buffer.from(JSON.stringify(item))))
      return { items, resourceVersion: '5' }
    },
    async *watch(path: string, { signal, onOpen, extract }: WatchOptions<unknown>) {
      const read = (object: object) => extract?.(Buffer.from(JSON.stringify({ type: 'ADDED', object })))
      onOpen?.()
      for (const event of events[path] ?? []) {
        if (event instanceof Error) {
          await new Promise((resolve) => setTimeout(resolve, 5))
          throw event
        }
        if (event.type === 'RELIST') yield { ...event, items: event.items.map(read) }
        else yield { ...event, object: read(event.object) }
      }
      await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      throw signal?.reason
    },
  } as unknown as KubeClient
}

const added = (object: object, bytes = 100) => ({
  type: 'ADDED' as const,
  object,
  bytes,
  receivedMs: performance.now(),
})

async function observed(script: Script): Promise<Observation> {
  const observation = await observeKinds(scripted(script), {
    resources: { cep: resource('ciliumendpoints'), ces: resource('ciliumendpointslices') },
    isMeasured: (namespace) => namespace === 'ours',
    rules: operatorRules({ minor: 18, flags: {}, nodes: 1 }),
    carriesPodUid: false,
    writeMs: () => 5,
    signal: new AbortController().signal,
  })
  await new Promise((resolve) => setTimeout(resolve, 20))
  return observation
}

test('what there is at the start is no event; other namespaces are counted apart; each line has its newline', async () => {
  const observation = await observed({
    lists: { [CEP]: [endpoint('a')], [CES]: [slice('s', [['a', 1]])] },
    events: {
      [CEP]: [added(endpoint('b')), added(endpoint('c', 1, 'theirs'))],
      [CES]: [added(slice('t', [['b', 1]]), 300)],
    },
  })
  expect(observation.count('cep')).toBe(3)
  expect(observation.countMeasured()).toBe(2)
  expect(observation.tracker.backlog()).toBe(0)
  expect(observation.tracker.propagation.folded).toEqual([1])
  await observation[Symbol.asyncDispose]()
})

test('after lost events: what is gone was deleted, what is new was added, and nothing of it is counted as an event', async () => {
  const relist = {
    type: 'RELIST' as const,
    items: [endpoint('a'), endpoint('b', 2), endpoint('d')],
    resourceVersion: '90',
    receivedMs: performance.now(),
  }
  const observation = await observed({
    lists: {
      [CEP]: [endpoint('a'), endpoint('b'), endpoint('c')],
      [CES]: [
        slice('s', [
          ['a', 1],
          ['b', 1],
          ['c', 1],
        ]),
      ],
    },
    events: { [CEP]: [relist] },
  })
  expect(observation.relists).toEqual({ cep: 1, ces: 0 })
  expect(observation.countMeasured()).toBe(3)
  // b has another identity, c is gone, d is new: three changes that no slice shows; a is as it was.
  expect(observation.tracker.backlog()).toBe(3)
  expect(observation.tracker.propagation.uncarried).toBe(0)
  expect(observation.resourceVersions()).toEqual({ first: '5', last: '90' })
  await observation[Symbol.asyncDispose]()
})

test('a watch that ends for good ends the observation with its fault', async () => {
  const fault = new Error('Forbidden')
  const observation = await observed({ events: { [CES]: [fault] } })
  expect(observation.failed.reason).toBe(fault)
  await observation[Symbol.asyncDispose]()
})

test('events belong to the window in which they come, those of the simulation too', async () => {
  const observation = await observed({ events: { [CEP]: [added(endpoint('a'), 250)] } })
  const window = observation.beginWindow()
  await new Promise((resolve) => setTimeout(resolve, 600))
  const later = observation.beginWindow()
  expect(window.cep.byType.ADDED).toEqual({ events: 0, bytes: 0 })
  expect(window.simulated.byType.ADDED.events).toBe(1)
  expect(later.simulated.byType.ADDED.events).toBe(0)
  await observation[Symbol.asyncDispose]()
})
