import { ApiError } from '../../../lib/kube/api-error.ts'
import type { KubeClient } from '../../../lib/kube/client.ts'
import type { WatchOptions } from '../../../lib/kube/collections/watch.ts'
import { ConnectionError } from '../../../lib/kube/connection-error.ts'

export interface FakeObject {
  metadata: {
    name: string
    namespace?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    deletionTimestamp?: string
    /** As in Kubernetes, what has one stays when it is deleted. */
    finalizers?: string[]
  }
  status?: unknown
}

interface Stored {
  object: FakeObject
  path: string
}

interface Happening extends Stored {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
}

export interface FakeCluster {
  readonly client: KubeClient
  /** Requests so far: `DELETE /api/v1/namespaces/a`, `DELETE /api/v1/pods?`, `LIST …`. */
  readonly requests: string[]
  /** Called before each request, with its line; throws what the API server is to answer. */
  answer: (request: string) => void
  put(collection: string, object: FakeObject): void
  /** Takes finalizers away and removes what was only held by them. */
  release(): void
  /** Makes watches say that they have missed events. */
  relist(): void
  names(collection: string): string[]
}

export function refuse(code: number, message = 'no'): never {
  throw new ApiError(`Error from server (Forbidden): ${message}`, { code, reason: 'Forbidden', serverMessage: message })
}

export function goAway(): never {
  throw new ConnectionError('The connection to the server x was refused', { kind: 'refused' })
}

/**
 * As much of an API server as clean-up needs, in memory: collections with labels, finalizers, list and watch. It does
 * what real ones are not easily made to do at the right moment.
 */
export function fakeCluster(): FakeCluster {
  const stored = new Map<string, Stored>()
  const history: (Happening | 'relist')[] = []
  const watchers = new Set<() => void>()
  const requests: string[] = []
  const happen = (event: Happening | 'relist') => {
    history.push(event)
    for (const wake of watchers) wake()
  }
  const tell = (type: Happening['type'], { path, object }: Stored) =>
    happen({ type, path, object: structuredClone(object) })
  const matching = (collection: string, labelSelector = '') =>
    [...stored.values()].filter(({ object, path }) => path === collection && matches(object, labelSelector))
  const remove = (item: Stored) => {
    const { object, path } = item
    if ((object.metadata.finalizers ?? []).length === 0) {
      stored.delete(`${path}/${object.metadata.name}`)
      tell('DELETED', item)
    } else if (object.metadata.deletionTimestamp === undefined) {
      object.metadata.deletionTimestamp = '2026-01-01T00:00:00Z'
      tell('MODIFIED', item)
    }
  }
  const cluster: Omit<FakeCluster, 'client'> = {
    requests,
    answer: () => {},
    put(path, object) {
      stored.set(`${path}/${object.metadata.name}`, { object, path })
      tell('ADDED', { path, object })
    },
    release() {
      for (const item of stored.values()) {
        delete item.object.metadata.finalizers
        if (item.object.metadata.deletionTimestamp !== undefined) remove(item)
      }
    },
    relist: () => happen('relist'),
    names: (path) => matching(path).map(({ object }) => object.metadata.name),
  }
  const ask = async (line: string, signal: AbortSignal | undefined) => {
    signal?.throwIfAborted()
    requests.push(line)
    // Others get a turn, as they do while a request is under way.
    await new Promise((resolve) => setTimeout(resolve, 1))
    signal?.throwIfAborted()
    fake.answer(line)
  }
  const client: Pick<KubeClient, 'list' | 'watch' | 'delete' | 'deleteCollection' | 'patch' | 'create'> = {
    async list(path, { labelSelector, signal } = {}) {
      await ask(`LIST ${path}`, signal)
      const items = matching(path, labelSelector).map(({ object }) => structuredClone(object))
      return { items: items as never[], resourceVersion: String(history.length) }
    },
    async *watch<T>(path: string, { labelSelector, resourceVersion, signal, onOpen }: WatchOptions<T> = {}) {
      onOpen?.()
      for (let next = Number(resourceVersion); ; next += 1) {
        while (history.length <= next) await untilMore(watchers, signal)
        const event = history[next]
        if (event === 'relist') {
          const items = matching(path, labelSelector).map(({ object }) => object as T)
          yield { type: 'RELIST', items, resourceVersion: String(history.length), receivedMs: 0 }
        } else if (event?.path === path && matches(event.object, labelSelector)) {
          yield { type: event.type, object: event.object as T, receivedMs: 0, bytes: 0 }
        }
      }
    },
    async delete(path, { signal } = {}) {
      await ask(`DELETE ${path}`, signal)
      const item = stored.get(path)
      if (item === undefined) refuse(404)
      remove(item)
    },
    async deleteCollection(path, { labelSelector, signal } = {}) {
      await ask(`DELETE ${path}?`, signal)
      for (const item of matching(path, labelSelector)) remove(item)
    },
    async patch(path, patch, { signal } = {}) {
      await ask(`PATCH ${path} ${JSON.stringify(patch)}`, signal)
      return {} as never
    },
    async create(path, object, { signal } = {}) {
      await ask(`POST ${path}`, signal)
      cluster.put(path, object as FakeObject)
      return object as never
    },
  }
  const fake: FakeCluster = Object.assign(cluster, { client: client as KubeClient })
  return fake
}

async function untilMore(watchers: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  watchers.add(resolve)
  signal?.addEventListener('abort', () => resolve(), { once: true })
  if (signal?.aborted !== true) await promise
  watchers.delete(resolve)
  signal?.throwIfAborted()
}

function matches({ metadata: { labels = {} } }: FakeObject, selector = ''): boolean {
  return selector
    .split(',')
    .filter((part) => part !== '')
    .every((part) => {
      if (part.startsWith('!')) return labels[part.slice(1)] === undefined
      const [name = '', value] = part.split('=')
      return value === undefined ? labels[name] !== undefined : labels[name] === value
    })
}
