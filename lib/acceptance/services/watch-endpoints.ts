import { createLookers } from '../../run/until-look.ts'
import type { Room } from '../probe/measure-in-scope.ts'

interface EndpointSlice {
  metadata: { labels?: Readonly<Record<string, string>> }
  endpoints?: readonly { conditions?: { ready?: boolean } }[] | null
}

/** When each Service of a namespace was first seen with a ready endpoint. */
export interface ReadyEndpoints extends AsyncDisposable {
  /** In ms of the monotonic clock; waits for it. @throws the reason of the limit, or what ended the watch */
  readyMs(service: string, limit: AbortSignal): Promise<number>
}

/** Follows the EndpointSlices of a namespace; the watch is open when this returns. */
export async function watchEndpoints({ client, namespace, signal }: Room): Promise<ReadyEndpoints> {
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`
  const stop = new AbortController()
  const { changed, until } = createLookers(stop.signal)
  const seenMs = new Map<string, number>()
  const opened = Promise.withResolvers<void>()
  const look = ({ metadata: { labels = {} }, endpoints }: EndpointSlice, atMs: number) => {
    const service = labels['kubernetes.io/service-name']
    // Absent counts as ready (EndpointConditions of the API).
    const isReady = endpoints?.some(({ conditions }) => conditions?.ready !== false) === true
    if (service !== undefined && isReady && !seenMs.has(service)) seenMs.set(service, atMs)
  }
  const follow = async () => {
    const options = { signal: AbortSignal.any([signal, stop.signal]), onOpen: opened.resolve }
    try {
      for await (const event of client.watch<EndpointSlice>(path, options)) {
        for (const slice of event.type === 'RELIST' ? event.items : [event.object]) look(slice, event.receivedMs)
        changed()
      }
    } catch (error) {
      stop.abort(error)
      opened.reject(error)
    }
  }
  const following = follow()
  await opened.promise
  return {
    readyMs: (service, limit) => until(() => seenMs.get(service), limit),
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the watch was ended'))
      await following
    },
  }
}
