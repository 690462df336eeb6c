import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import type { NodeObject } from './node-objects.ts'

/** The nodes of the cluster; undefined where they may not be listed, as with rights in one namespace alone. */
export async function readNodes(
  client: Pick<KubeClient, 'list'>,
  signal: AbortSignal,
  fieldSelector?: string,
): Promise<NodeObject[] | undefined> {
  try {
    return (await client.list<NodeObject>('/api/v1/nodes', { signal, fieldSelector })).items
  } catch (error) {
    if (isApiError(error) && error.code === 403) return undefined
    throw error
  }
}
