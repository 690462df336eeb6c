import { createLookers } from '../../run/until-look.ts'
import type { Room } from '../probe/measure-in-scope.ts'
import type { ServiceObject } from '../probe/service-object.ts'

/** A Service as it is now, and when it was seen so. */
export interface WatchedService extends AsyncDisposable {
  until<T>(look: (service: ServiceObject, seenMs: number) => T | undefined, limit: AbortSignal): Promise<T>
  latest(): ServiceObject
}

/** Follows one Service from the state that its creation gave. */
export function watchService(
  { client, namespace, signal }: Room,
  created: ServiceObject & { metadata: { resourceVersion?: string } },
): WatchedService {
  const stop = new AbortController()
  const { changed, until } = createLookers(stop.signal)
  const { name, resourceVersion } = created.metadata
  let current: ServiceObject = created
  let seenMs = performance.now()
  const follow = async () => {
    const options = {
      fieldSelector: `metadata.name=${name}`,
      resourceVersion,
      signal: AbortSignal.any([signal, stop.signal]),
    }
    try {
      for await (const event of client.watch<ServiceObject>(`/api/v1/namespaces/${namespace}/services`, options)) {
        const [object] = event.type === 'RELIST' ? event.items : [event.object]
        if (object === undefined || event.type === 'DELETED') continue
        current = object
        seenMs = event.receivedMs
        changed()
      }
    } catch (error) {
      stop.abort(error)
    }
  }
  const following = follow()
  return {
    until: (look, limit) => until(() => look(current, seenMs), limit),
    latest: () => current,
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the watch was ended'))
      await following
    },
  }
}
