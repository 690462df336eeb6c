import type { KubeClient } from '../../kube/client.ts'
import { collectionPath, type Resource } from '../../run/resource.ts'

/** What it takes to read all objects of a kind, as whoever begins to watch has to. */
export interface ListCost {
  bytes: number
  seconds: number
  /** More than one where it is too large to be read at once. */
  requests: number
}

/** Larger lists are read in pages, so that they need not be held whole. */
const MOST_AT_ONCE_BYTES = 32 << 20
const PAGE_SIZE = 500

/**
 * Lists a kind as agents do when they start: all at once, from the API server's cache (resourceVersion=0).
 * @param expectedBytes what it may come to
 * @throws ApiError, ConnectionError, or the signal's reason
 */
export async function measureList(
  client: Pick<KubeClient, 'request'>,
  resource: Resource,
  expectedBytes: number,
  signal: AbortSignal,
): Promise<ListCost> {
  const path = collectionPath(resource)
  if (expectedBytes <= MOST_AT_ONCE_BYTES) {
    const { body, sentMs, receivedMs } = await client.request({
      method: 'GET',
      path,
      query: { resourceVersion: 0 },
      signal,
    })
    return { bytes: body.length, seconds: (receivedMs - sentMs) / 1000, requests: 1 }
  }
  const cost: ListCost = { bytes: 0, seconds: 0, requests: 0 }
  let next: string | undefined
  do {
    const response = await client.request({
      method: 'GET',
      path,
      query: { limit: PAGE_SIZE, continue: next },
      signal,
    })
    cost.bytes += response.body.length
    cost.seconds += (response.receivedMs - response.sentMs) / 1000
    cost.requests += 1
    const { metadata } = response.json() as { metadata: { continue?: string } }
    next = metadata.continue || undefined
  } while (next !== undefined)
  return cost
}
