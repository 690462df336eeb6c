import { isApiError } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import type { Finding } from '../record/run-record.ts'
import type { CleanUpOptions, Collection } from './clean-up-options.ts'
import { forEach } from './for-each.ts'
import { BEACON_LABEL } from './ownership.ts'
import { collectionPath, PODS, type Resource } from './resource.ts'
import { beaconPath } from './run-beacon.ts'
import type { RunScope, ScopeOfNamespaces } from './run-scope.ts'
import { untilGone } from './until-gone.ts'
import { whatIsLeft } from './what-is-left.ts'
import { isAway, whileAway } from './while-away.ts'

/** How many deletions are under way at once: the namespace controller takes 10 at a time. */
const CONCURRENCY = 10
/** Method not allowed: objects of this kind can only be deleted one by one, such as Services before Kubernetes 1.23. */
const NO_COLLECTIONS = 405

/**
 * Removes everything that a run made and waits until it is gone: its namespaces with all that is in them, and the
 * labelled objects of these resources outside of them. The beacon goes last, so that whatever stops in between can be
 * found again. What is refused does not keep the rest from being removed, and an API server that is away for a while is
 * waited for.
 * @returns what could not be removed, as findings; empty when nothing is left behind
 */
export async function cleanUp(
  client: KubeClient,
  scope: RunScope,
  resources: readonly Resource[],
  options: CleanUpOptions,
): Promise<Finding[]> {
  const timeout = AbortSignal.timeout(options.timeoutMs)
  const signal = AbortSignal.any([options.signal, timeout])
  const collections = collectionsOf(scope, resources)
  try {
    await whileAway(signal, (onAnswer) =>
      removeAll(client, scope, collections, signal, (left) => {
        onAnswer()
        options.onLeft?.(left)
      }),
    )
    return []
  } catch (error) {
    const isLate = timeout.aborted && !isAway(error)
    return whatIsLeft(client, scope, collections, { ...options, fault: isLate ? undefined : error })
  }
}

/** What does not go with anything else: labelled objects outside of the run's namespaces, then the namespaces. */
function collectionsOf(scope: RunScope, resources: readonly Resource[]): Collection[] {
  if (scope.kind === 'own-namespaces') {
    const guests = resources.filter(({ namespaced }) => !namespaced).map((resource) => guest(scope, resource))
    return [...guests, { path: '/api/v1/namespaces', selector: scope.selector, remove: removeNamespaces(scope) }]
  }
  const guests = resources.map((resource) => guest(scope, resource, scope.namespace))
  const isOfPods = ({ resource, group }: Resource) => resource === PODS.resource && group === PODS.group
  if (resources.some(isOfPods) || !resources.some(({ ownsPods }) => ownsPods)) return guests
  // The garbage collector takes them when their owners are gone.
  return [...guests, { path: collectionPath(PODS, scope.namespace), selector: scope.selector }]
}

function guest({ selector }: RunScope, resource: Resource, namespace?: string): Collection {
  const path = collectionPath(resource, resource.namespaced ? namespace : undefined)
  const labelSelector = `${selector},!${BEACON_LABEL}`
  return {
    path,
    selector: labelSelector,
    async remove(client, names, signal) {
      // Without it, Jobs would leave their pods behind.
      const propagationPolicy = 'Background'
      try {
        await client.deleteCollection(path, { labelSelector, propagationPolicy, signal })
      } catch (error) {
        if (!isApiError(error) || error.code !== NO_COLLECTIONS) throw error
        await forEach(names, CONCURRENCY, signal, (name) =>
          client.delete(`${path}/${name}`, { propagationPolicy, signal }).catch(unlessGone),
        )
      }
    },
  }
}

function unlessGone(error: unknown): void {
  if (!isApiError(error) || error.code !== 404) throw error
}

function removeNamespaces({ namespaces: [beacon] }: ScopeOfNamespaces): NonNullable<Collection['remove']> {
  return async (client, names, signal) => {
    const ordered = [...names.filter((name) => name !== beacon), ...names.filter((name) => name === beacon)]
    const refusals = collectRefusals()
    await forEach(ordered, CONCURRENCY, signal, (name) =>
      // 409: it is being removed already.
      refusals.tolerate([404, 409], () => client.delete(`/api/v1/namespaces/${name}`, { signal })),
    )
    refusals.throwFirst()
  }
}

async function removeAll(
  client: KubeClient,
  scope: RunScope,
  collections: readonly Collection[],
  signal: AbortSignal,
  onLeft: (left: number) => void,
): Promise<void> {
  const refusals = collectRefusals()
  // A kind that the API server does not know, or no more, has no objects.
  const tolerate = (work: () => Promise<void>) => refusals.tolerate([404], work)
  // All are told to go before any is waited for: one that hangs does not keep the others.
  for (const { remove } of collections) await tolerate(async () => remove?.(client, [], signal))
  for (const { path, selector, remove } of collections) {
    await tolerate(() =>
      untilGone(client, path, selector, {
        signal,
        onLeft,
        ...(remove === undefined ? {} : { remove: (names) => remove(client, names, signal) }),
      }),
    )
  }
  refusals.throwFirst()
  if (scope.kind === 'existing-namespace') await tolerate(() => client.delete(beaconPath(scope), { signal }))
  refusals.throwFirst()
}

/** Goes on after what the API server will not do, and remembers it. */
function collectRefusals() {
  const refusals: unknown[] = []
  return {
    /** @param codes of answers that count as success, such as 404 for what is gone already */
    async tolerate(codes: readonly number[], work: () => Promise<void>): Promise<void> {
      try {
        await work()
      } catch (error) {
        if (!isApiError(error) || isAway(error)) throw error
        if (!codes.includes(error.code)) refusals.push(error)
      }
    },
    throwFirst() {
      if (refusals.length > 0) throw refusals[0]
    },
  }
}
