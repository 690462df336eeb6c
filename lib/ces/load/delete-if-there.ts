import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'

/** Deletes an object that somebody else may have deleted already. */
export async function deleteIfThere(
  client: Pick<KubeClient, 'delete'>,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.delete(path, { signal })
  } catch (error) {
    if (!isApiError(error) || error.code !== 404) throw error
  }
}
