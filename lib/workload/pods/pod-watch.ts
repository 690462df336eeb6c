import type { KubeClient } from '../../kube/client.ts'
import { createLookers } from '../../run/until-look.ts'
import type { PodObject } from './pod-status.ts'

/** The pods of a run as they are now, by `namespace/name`; those that are gone, as they were last. */
export interface WatchedPods {
  get(namespace: string, name: string): WatchedPod | undefined
  all(): WatchedPod[]
  /**
   * Looks at the pods now and after each change until there is a result.
   * @throws what `look` throws, the signal's reason, or the fault that ended the watch
   */
  until<T>(look: () => T | undefined, signal: AbortSignal): Promise<T>
  /** Ends the watch. */
  [Symbol.asyncDispose](): Promise<void>
}

export interface WatchedPod {
  readonly pod: PodObject
  readonly isGone: boolean
}

/** Follows the pods of a collection from now on; the watch is open when this returns. */
export async function watchPods(
  client: KubeClient,
  path: string,
  labelSelector: string,
  signal: AbortSignal,
): Promise<WatchedPods> {
  const pods = new Map<string, WatchedPod>()
  const stop = new AbortController()
  const { changed, until } = createLookers(stop.signal)
  const opened = Promise.withResolvers<void>()
  const put = (pod: PodObject, isGone: boolean) =>
    pods.set(keyOf(pod.metadata.namespace ?? '', pod.metadata.name), { pod, isGone })
  const { items, resourceVersion } = await client.list<PodObject>(path, { labelSelector, signal })
  for (const item of items) put(item, false)

  const follow = async () => {
    const options = { labelSelector, resourceVersion, signal: stop.signal, onOpen: opened.resolve }
    try {
      for await (const event of client.watch<PodObject>(path, options)) {
        if (event.type === 'RELIST') {
          const here = new Set(event.items.map(({ metadata }) => keyOf(metadata.namespace ?? '', metadata.name)))
          for (const [key, { pod }] of pods) if (!here.has(key)) put(pod, true)
          for (const item of event.items) put(item, false)
        } else put(event.object, event.type === 'DELETED')
        changed()
      }
    } catch (error) {
      stop.abort(error)
      opened.reject(error)
    }
  }
  opened.promise.catch(() => {})
  const following = follow()
  const abandon = () => stop.abort(signal.reason)
  signal.addEventListener('abort', abandon, { once: true })
  if (signal.aborted) abandon()
  await opened.promise

  return {
    get: (namespace, name) => pods.get(keyOf(namespace, name)),
    all: () => [...pods.values()],
    until,
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', abandon)
      stop.abort(new Error('the watch was ended'))
      await following
    },
  }
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`
}
