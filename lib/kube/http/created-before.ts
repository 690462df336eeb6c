import { isApiError } from '../api-error.ts'
import type { KubeRequest, KubeResponse, Requester } from './kube-request.ts'

interface Created {
  metadata?: { name?: string; labels?: Readonly<Record<string, string>> }
}

/**
 * A create that was tried again was told that the object exists: looks whether it is the one that the first try made,
 * that is, carries every label that was sent. Resolves to the answer that holds it, or undefined where it is another's.
 */
export async function findCreated(request: Requester, create: KubeRequest): Promise<KubeResponse | undefined> {
  if (create.method !== 'POST' || create.body === undefined) return undefined
  const sent = (typeof create.body === 'string' ? JSON.parse(create.body) : create.body) as Created
  const name = sent.metadata?.name
  const labels = Object.entries(sent.metadata?.labels ?? {})
  // Without a label of ours nothing tells whose it is.
  if (name === undefined || labels.length === 0) return undefined
  try {
    const path = `${create.path}/${encodeURIComponent(name)}`
    const found = await request({ method: 'GET', path, signal: create.signal, timeoutMs: create.timeoutMs })
    const known = (found.json() as Created).metadata?.labels ?? {}
    return labels.every(([key, value]) => known[key] === value) ? found : undefined
  } catch (error) {
    if (isApiError(error)) return undefined
    throw error
  }
}
