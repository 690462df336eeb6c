import { isApiError } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import type { RunRecord } from '../record/run-record.ts'

/**
 * What a record says of the cluster. `nodes` is null where they cannot be listed.
 * @throws the connection's error when the API server cannot be reached
 */
export async function readClusterFacts(client: KubeClient, signal: AbortSignal): Promise<RunRecord['cluster']> {
  const version = await client.getJson<{ gitVersion: string; platform: string }>('/version', { signal })
  return {
    serverVersion: version.gitVersion,
    nodes: await countNodes(client, signal),
    context: client.contextName,
    platform: version.platform,
  }
}

async function countNodes(client: KubeClient, signal: AbortSignal): Promise<number | null> {
  try {
    const page = await client.getJson<{ items: unknown[]; metadata: { remainingItemCount?: number } }>(
      '/api/v1/nodes?limit=1&resourceVersion=0',
      { signal },
    )
    return page.items.length + (page.metadata.remainingItemCount ?? 0)
  } catch (error) {
    if (isApiError(error) && error.code === 403) return null
    throw error
  }
}
