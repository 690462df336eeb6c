import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { isConnectionError } from '../../kube/connection-error.ts'
import { findMissingPermissions } from '../../kube/preflight.ts'
import { forEach } from '../../run/for-each.ts'
import { type KubeletSettings, kubeletSettings } from './kubelet-settings.ts'
import { type TaskLimit, taskLimit } from './task-limit.ts'

/**
 * So many kubelets are asked at once. They are waited for together, so that 200 which hang cost one time-out: over
 * HTTP/2 the default connections have room for 300 requests.
 */
const CONCURRENCY = 250
const TIMEOUT_MS = 3000
/** A node of a large cluster that is not reached within it is not asked any more. */
const TOTAL_MS = 15_000

export interface KubeletReading {
  readonly settings: ReadonlyMap<string, KubeletSettings>
  /** Of the nodes that tell it, if it was asked for. */
  readonly tasks: ReadonlyMap<string, TaskLimit>
  /** Why there are none, by node. */
  readonly unknown: ReadonlyMap<string, string>
}

const KUBELET_PERMISSION = 'get nodes/proxy'

/**
 * Asks kubelets for their configuration in force, through the API server. What is refused or hangs is told, and no error.
 * @throws the signal's reason
 */
export async function readKubelets(
  client: KubeClient,
  nodes: readonly string[],
  { asksTasks, signal }: { asksTasks: boolean; signal: AbortSignal },
): Promise<KubeletReading> {
  const settings = new Map<string, KubeletSettings>()
  const tasks = new Map<string, TaskLimit>()
  const unknown = new Map<string, string>()
  const refuseAll = (why: string) => {
    for (const node of nodes) unknown.set(node, why)
    return { settings, tasks, unknown }
  }
  if (nodes.length === 0) return { settings, tasks, unknown }
  if (!(await mayAsk(client, signal))) return refuseAll(`forbidden: ${KUBELET_PERMISSION}`)
  const endMs = performance.now() + TOTAL_MS
  await forEach(nodes, CONCURRENCY, signal, async (node) => {
    if (performance.now() > endMs) {
      unknown.set(node, `not asked: other kubelets took ${TOTAL_MS / 1000}s`)
      return
    }
    const kubelet = `/api/v1/nodes/${encodeURIComponent(node)}/proxy`
    const options = { timeoutMs: TIMEOUT_MS, retry: false, signal }
    try {
      const { kubeletconfig } = await client.getJson<{ kubeletconfig?: unknown }>(`${kubelet}/configz`, options)
      const read = kubeletSettings(kubeletconfig)
      if (read === undefined) unknown.set(node, 'its kubelet tells no configuration')
      else settings.set(node, read)
    } catch (error) {
      signal.throwIfAborted()
      unknown.set(node, whyNot(error))
    }
    // A kubelet that does not answer once is not waited for twice.
    if (!asksTasks || unknown.has(node)) return
    try {
      const limit = taskLimit(await client.getJson(`${kubelet}/stats/summary`, options))
      if (limit !== undefined) tasks.set(node, limit)
    } catch (error) {
      signal.throwIfAborted()
      whyNot(error)
    }
  })
  return { settings, tasks, unknown }
}

/** One question spares a refusal for each node. Where even asking is forbidden, the kubelets' answers tell. */
async function mayAsk(client: KubeClient, signal: AbortSignal): Promise<boolean> {
  try {
    const permission = { verb: 'get', resource: 'nodes', subresource: 'proxy' }
    return (await findMissingPermissions(client, [permission], signal)).length === 0
  } catch (error) {
    if (!isApiError(error)) throw error
    return true
  }
}

function whyNot(error: unknown): string {
  if (isApiError(error)) {
    if (error.code === 403) return `forbidden: ${KUBELET_PERMISSION}`
    if (error.code === 404) return 'its kubelet tells no configuration'
    return 'its kubelet cannot be reached'
  }
  if (isConnectionError(error)) {
    return error.kind === 'timeout' ? `its kubelet does not answer within ${TIMEOUT_MS / 1000}s` : error.message
  }
  throw error
}
