import type { KubeClient } from '../kube/client.ts'

interface GoingObject {
  metadata: { name: string; namespace?: string; deletionTimestamp?: string }
}

export interface UntilGoneOptions {
  signal: AbortSignal
  /** Called with how many are left, at first and at each change. */
  onLeft?: (left: number) => void
  /** Deletes those that nobody deletes yet, given their names: called at first, and again when more appear. */
  remove?: (names: readonly string[]) => Promise<void>
}

/**
 * Waits until a collection has no object that the selector matches: lists, then watches the rest go. With `remove` it
 * also catches what comes late, such as the objects of requests that were under way when a run was stopped.
 * @throws the signal's reason, and whatever `remove` throws
 */
export async function untilGone(
  client: KubeClient,
  path: string,
  labelSelector: string,
  { signal, onLeft = () => {}, remove }: UntilGoneOptions,
): Promise<void> {
  while (true) {
    const { items, resourceVersion } = await client.list<GoingObject>(path, { labelSelector, signal })
    const left = new Set(items.map(keyOf))
    onLeft(left.size)
    if (left.size === 0) return
    const staying = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    if (staying.length > 0) await remove?.(staying.map(({ metadata }) => metadata.name))
    for await (const event of client.watch<GoingObject>(path, { labelSelector, resourceVersion, signal })) {
      if (event.type === 'RELIST') break
      if (event.type === 'DELETED') left.delete(keyOf(event.object))
      else if (event.type === 'ADDED') left.add(keyOf(event.object))
      else continue
      onLeft(left.size)
      if (left.size === 0) return
      if (event.type === 'ADDED' && remove !== undefined) break
    }
  }
}

function keyOf({ metadata }: GoingObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}
