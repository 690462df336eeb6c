import type { KubeClient } from '../client.ts'
import type { ListOptions } from './list.ts'

/**
 * As `accept` asks for lists of objects without their spec and status (Kubernetes API concepts, "Metadata-only fetches"):
 * a server that cannot do that sends them whole.
 */
export const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'

/**
 * The names of all objects of a collection that match.
 * @throws ApiError, ConnectionError, or the signal's reason
 */
export async function listNames(
  client: Pick<KubeClient, 'list'>,
  path: string,
  options: Pick<ListOptions, 'labelSelector' | 'signal'>,
): Promise<string[]> {
  const { items } = await client.list<{ metadata: { name: string } }>(path, { ...options, accept: METADATA_ONLY })
  return items.map(({ metadata }) => metadata.name)
}
