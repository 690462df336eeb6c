import { isApiError } from '../../kube/api-error.ts'
import { collectionPath, PODS } from '../../run/resource.ts'
import type { DensitySession } from '../session.ts'

/** How often controllers are asked while pods of theirs are missing. */
const POLL_MS = 1000
const PAGE_SIZE = 100

/** How many pods controllers have been told to make and have not made. */
export function countUncreated({ tracker: { counts } }: DensitySession): number {
  return Math.max(0, counts.expected - (counts.tracked - counts.gone))
}

/**
 * Asks the run's Deployments, and whatever else reports it, why they do not make their pods: an exceeded quota, an
 * admission webhook, a missing service account.
 * @returns the API server's words to the controller; undefined where none has reported a failure, or nobody may ask
 */
export async function whyUncreated({
  client,
  plan: { scope, load },
  signal,
}: DensitySession): Promise<string | undefined> {
  const namespace = scope.kind === 'existing-namespace' ? scope.namespace : undefined
  const owners = load.resources.filter(({ ownsPods, resource }) => ownsPods && resource !== PODS.resource)
  const options = { labelSelector: scope.selector, limit: PAGE_SIZE, signal }
  for (const owner of owners) {
    try {
      for await (const { items } of client.listPages<Owner>(collectionPath(owner, namespace), options)) {
        const failure = items.flatMap(({ status }) => status?.conditions ?? []).find(isReplicaFailure)
        if (failure?.message !== undefined) return failure.message
      }
    } catch (error) {
      if (!isApiError(error)) throw error
    }
  }
  return undefined
}

/** Aborts as soon as a controller reports that it cannot make its pods. */
export function watchUncreated(session: DensitySession): { signal: AbortSignal; stop: () => void } {
  const found = new AbortController()
  if (session.plan.failFast === undefined) return { signal: found.signal, stop: () => {} }
  const look = async () => {
    if (countUncreated(session) > 0 && (await whyUncreated(session)) !== undefined) found.abort()
  }
  // Whether the API server answers is the concern of others.
  const looking = setInterval(() => void look().catch(() => {}), POLL_MS)
  return { signal: found.signal, stop: () => clearInterval(looking) }
}

interface Owner {
  status?: { conditions?: readonly Condition[] }
}

interface Condition {
  type: string
  status: string
  message?: string
}

/** Of Deployments, ReplicaSets and ReplicationControllers. */
function isReplicaFailure({ type, status }: Condition): boolean {
  return type === 'ReplicaFailure' && status === 'True'
}
