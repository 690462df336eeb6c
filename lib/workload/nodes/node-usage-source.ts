import { type ApiError, isApiError } from '../../kube/api-error.ts'
import type { KubeClient, KubeResponse } from '../../kube/client.ts'
import { listNames } from '../../kube/collections/list-names.ts'
import { isConnectionError } from '../../kube/connection-error.ts'
import {
  type NodeMetricsList,
  type NodeUsage,
  type StatsSummary,
  type UsageSource,
  usageFromMetricsApi,
  usageFromSummary,
} from './node-usage.ts'

const METRICS_API = '/apis/metrics.k8s.io/v1beta1/nodes'
/** Each is asked through the API server, which has other work too. */
const KUBELETS_AT_ONCE = 16
/** One that does not answer must not hold up the figures of the others. */
const KUBELET_TIMEOUT_MS = 5000

export interface NodeUsageReading {
  source: UsageSource
  usages: NodeUsage[]
  /** Why the other nodes have no figure, by node. */
  missing: ReadonlyMap<string, MissingUsage>
}

export interface MissingUsage {
  /** The same words for all nodes with the same trouble. */
  reason: string
  /** What was said of this node. */
  detail?: string
}

/**
 * Reads what each node uses now: from metrics.k8s.io where that answers, else from the kubelets through the API server.
 * It can be read again, from the source that was found; a kubelet that refused before it ever answered, as those of fake
 * nodes do, is not asked again.
 * @throws ApiError or ConnectionError when neither that nor the list of nodes can be had; the signal's reason
 */
export async function openNodeUsage(
  client: KubeClient,
  signal: AbortSignal,
): Promise<{ first: NodeUsageReading; read: (signal: AbortSignal) => Promise<NodeUsageReading> }> {
  const served = await orRefusal(readMetricsApi(client, signal))
  const nodes = await orRefusal(listNames(client, '/api/v1/nodes', { signal }))
  if (!isApiError(served) && served.length > 0) {
    const names = isApiError(nodes) ? [] : nodes
    const reading = (usages: NodeUsage[]) => metricsApiReading(usages, names)
    return { first: reading(served), read: async (signal) => reading(await readMetricsApi(client, signal)) }
  }
  if (isApiError(nodes)) throw nodes
  const history: KubeletHistory = { answered: new Set(), refusals: new Map() }
  const read = (signal: AbortSignal) => readKubelets(client, nodes, history, signal)
  return { first: await read(signal), read }
}

function metricsApiReading(usages: NodeUsage[], nodes: readonly string[]): NodeUsageReading {
  const known = new Set(usages.map(({ node }) => node))
  const missing = new Map<string, MissingUsage>()
  for (const node of nodes) if (!known.has(node)) missing.set(node, { reason: 'metrics.k8s.io has none' })
  return { source: 'metrics-api', usages, missing }
}

interface KubeletHistory {
  answered: Set<string>
  refusals: Map<string, MissingUsage>
}

async function readKubelets(
  client: KubeClient,
  nodes: readonly string[],
  { answered, refusals }: KubeletHistory,
  signal: AbortSignal,
): Promise<NodeUsageReading> {
  const usages: NodeUsage[] = []
  const missing = new Map<string, MissingUsage>()
  let isForbidden = false
  const queue = nodes.values()
  const ask = async () => {
    for (const node of queue) {
      // The right is one for all nodes: nobody needs thousands of refusals.
      const known = isForbidden ? FORBIDDEN_USAGE : refusals.get(node)
      const answer = known ?? (await readKubelet(client, node, signal))
      if ('node' in answer) {
        usages.push(answer)
        answered.add(node)
        continue
      }
      missing.set(node, answer)
      if (answer === FORBIDDEN_USAGE) isForbidden = true
      if (answer !== NO_ANSWER && answer !== NOT_YET && !answered.has(node)) refusals.set(node, answer)
    }
  }
  await Promise.all(Array.from({ length: KUBELETS_AT_ONCE }, ask))
  return { source: 'kubelet', usages, missing }
}

async function readKubelet(client: KubeClient, node: string, signal: AbortSignal): Promise<NodeUsage | MissingUsage> {
  const path = `/api/v1/nodes/${encodeURIComponent(node)}/proxy/stats/summary?only_cpu_and_memory=true`
  try {
    const answer = await get(client, path, signal, KUBELET_TIMEOUT_MS)
    const usage = usageFromSummary(node, answer.json() as StatsSummary)
    return usage.cpuCores === undefined && usage.memoryBytes === undefined ? NOT_YET : timed(usage, answer)
  } catch (error) {
    signal.throwIfAborted()
    if (isConnectionError(error)) return NO_ANSWER
    if (!isApiError(error)) throw error
    if (error.code === 403) return FORBIDDEN_USAGE
    if (error.code === 404) return { reason: 'their kubelets have no statistics' }
    return { reason: 'the API server cannot reach their kubelets', detail: error.serverMessage }
  }
}

export const FORBIDDEN_USAGE: MissingUsage = { reason: 'you may not get nodes/proxy, and metrics.k8s.io gives none' }
const NO_ANSWER: MissingUsage = { reason: `no answer within ${KUBELET_TIMEOUT_MS / 1000} s` }
const NOT_YET: MissingUsage = { reason: 'their kubelets have not measured them yet' }

async function readMetricsApi(client: KubeClient, signal: AbortSignal): Promise<NodeUsage[]> {
  const answer = await get(client, METRICS_API, signal)
  return usageFromMetricsApi(answer.json() as NodeMetricsList).map((usage) => timed(usage, answer))
}

/**
 * With the moment of the measurement by our own clock. How old it is follows from when the answer was made: by the kubelet's
 * clock, as its measurement; by that of metrics-server, which is to be close to those of the nodes.
 */
function timed(usage: NodeUsage, { headers, receivedMs }: KubeResponse): NodeUsage {
  const ageMs = Date.parse(String(headers.date)) - Date.parse(usage.measuredAt ?? '')
  return Number.isNaN(ageMs) ? usage : { ...usage, measuredMs: receivedMs - Math.max(0, ageMs) }
}

/** Over the connection for scrapes, so that no request of the workload waits for these, and none is tried again. */
async function get(client: KubeClient, path: string, signal: AbortSignal, timeoutMs?: number): Promise<KubeResponse> {
  return client.request({ method: 'GET', path, lane: 'scrapes', retry: false, signal, timeoutMs })
}

/** What the API server refuses is an answer here: absent, not ready, or not allowed. */
async function orRefusal<T>(answer: Promise<T>): Promise<T | ApiError> {
  try {
    return await answer
  } catch (error) {
    if (isApiError(error)) return error
    throw error
  }
}
