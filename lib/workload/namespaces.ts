import { PerfError } from '../errors/perf-error.ts'
import { isApiError } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import { pause } from '../kube/pause.ts'
import { forEach } from '../run/for-each.ts'
import { type BeaconOptions, beaconAnnotations } from '../run/run-beacon.ts'
import type { RunScope, ScopeOfNamespaces } from '../run/run-scope.ts'

const CONCURRENCY = 20
const SERVICE_ACCOUNT_POLL_MS = 50

/** Labels and annotations of a namespace, beside the run's own. */
export type MetadataOfNamespace = (name: string) => Record<'labels' | 'annotations', Readonly<Record<string, string>>>

interface NamespacesOptions {
  metadataOf?: MetadataOfNamespace | undefined
  signal: AbortSignal
  /** Of the requests that make the namespaces. */
  lateSignal: AbortSignal
  /** For a namespace to get its service account. */
  timeoutMs: number
}

/**
 * Makes the namespaces of a run, the first of them with the beacon, and waits until each has its default service
 * account: until then the API server refuses pods, and their creation would measure that wait.
 * @throws ApiError when a namespace is refused, PerfError when it gets no service account
 */
export async function createNamespaces(
  client: KubeClient,
  scope: ScopeOfNamespaces,
  beacon: BeaconOptions,
  { metadataOf, signal, lateSignal, timeoutMs }: NamespacesOptions,
): Promise<void> {
  const create = async (index: number) => {
    const name = scope.namespaces[index] ?? ''
    const { labels = {}, annotations: added = {} } = metadataOf?.(name) ?? {}
    const annotations = { ...added, ...(index === 0 ? beaconAnnotations(beacon) : {}) }
    const metadata = { name, labels: { ...labels, ...scope.labels }, annotations }
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata }
    await client.create('/api/v1/namespaces', namespace, { signal: lateSignal })
    signal.throwIfAborted()
    const timeout = AbortSignal.timeout(timeoutMs)
    const path = `/api/v1/namespaces/${name}/serviceaccounts/default`
    await untilServiceAccount(client, path, AbortSignal.any([signal, timeout])).catch((error: unknown) => {
      if (!timeout.aborted) throw error
      throw new PerfError(`namespace ${name} has no service account "default" after ${timeoutMs / 1000}s`, {
        advice: ['is kube-controller-manager running?'],
      })
    })
  }
  // The first one alone: it is what `cleanup` recognises the run by.
  await create(0)
  await forEach([...scope.namespaces.keys()].slice(1), CONCURRENCY, signal, create)
}

/**
 * Looks whether the namespace that a run is to work in is there, where that may be asked: rights in the namespace itself
 * need not allow it.
 * @throws PerfError where it is not there
 */
export async function requireNamespace(client: KubeClient, scope: RunScope, signal: AbortSignal): Promise<void> {
  if (scope.kind !== 'existing-namespace') return
  const { namespace } = scope
  try {
    await client.getJson(`/api/v1/namespaces/${namespace}`, { signal })
  } catch (error) {
    if (isApiError(error) && error.code === 403) return
    if (!isApiError(error) || error.code !== 404) throw error
    throw new PerfError(error.message, {
      advice: [`kubectl create namespace ${namespace}, or --namespace with one of "kubectl get namespaces"`],
    })
  }
}

async function untilServiceAccount(client: KubeClient, path: string, signal: AbortSignal): Promise<void> {
  while (true) {
    try {
      await client.getJson(path, { signal })
      return
    } catch (error) {
      // Without the right to look, the API server's own short wait for the account has to do.
      if (isApiError(error) && error.code === 403) return
      if (!isApiError(error) || error.code !== 404) throw error
    }
    await pause(SERVICE_ACCOUNT_POLL_MS, signal)
  }
}
