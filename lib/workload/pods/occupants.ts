import type { KubeClient } from '../../kube/client.ts'
import { withoutManagedFields } from './pod-line.ts'

/** What of a pod decides which one has to give way: admission writes the priority of its class into it. */
export interface PrioritizedPod {
  metadata: { name: string; namespace?: string }
  spec?: { priority?: number }
}

/** The pods that a node, or all nodes, have and that are not over. */
export interface Occupants {
  pods: number
  /** Those of a lower priority than the one asked for: where there is no room, the scheduler removes such. */
  lower: number
  /** The one of these with the lowest. */
  least?: PrioritizedPod
}

export function priorityOf({ spec }: PrioritizedPod): number {
  return spec?.priority ?? 0
}

/**
 * Looks which pods would have to give way to one of this priority.
 * @param where.node all nodes without it
 * @throws ApiError when pods cannot be listed
 */
export async function readOccupants(
  client: Pick<KubeClient, 'fold'>,
  priority: number,
  { node, signal }: { node?: string; signal: AbortSignal },
): Promise<Occupants> {
  const bound = node === undefined ? 'spec.nodeName!=' : `spec.nodeName=${node}`
  const fieldSelector = `${bound},status.phase!=Succeeded,status.phase!=Failed`
  const extract = (item: Buffer) => JSON.parse(withoutManagedFields(item)) as PrioritizedPod
  const begin = (): Occupants => ({ pods: 0, lower: 0 })
  const add = (seen: Occupants, pod: PrioritizedPod) => {
    seen.pods += 1
    if (priorityOf(pod) >= priority) return
    seen.lower += 1
    if (seen.least === undefined || priorityOf(pod) < priorityOf(seen.least)) seen.least = pod
  }
  const { result } = await client.fold('/api/v1/pods', { fieldSelector, extract, signal }, begin, add)
  return result
}
