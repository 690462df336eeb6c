import { clusterAddresses } from './addresses.ts'
import { type ApiClient, adminClient } from './api-client.ts'
import { type ClusterState, clusterFolder } from './cluster-folder.ts'
import { waitFor } from './processes.ts'

/** What says whether a node takes pods. */
export interface NodeReadiness {
  readonly spec: { readonly taints?: readonly { readonly key: string }[] }
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

const CONTROLLER_MANAGER = 'kube-controller-manager'
const PASSES = 'node_collector_update_all_nodes_health_duration_seconds_count'

/** The controller manager takes the taint of new nodes away a moment after they are Ready, on a busy machine seconds: until then no pod comes there. */
export function takesPods({ spec, status }: NodeReadiness): boolean {
  const isReady = status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true
  return isReady && spec.taints?.some(({ key }) => key === 'node.kubernetes.io/not-ready') !== true
}

/**
 * Waits until every node takes pods and goes on to. The controller manager looks at all nodes in passes, and one that was not
 * Ready at its last look may get a taint (NoExecute) when it is Ready already: for certain, a whole pass has to begin later.
 */
export async function waitForNodeMonitor(state: ClusterState, client: ApiClient): Promise<void> {
  const folder = clusterFolder(state.name)
  const { controllerManager } = clusterAddresses(state.slot).ports
  const monitor = adminClient(folder, `https://127.0.0.1:${controllerManager}`)
  try {
    const passes = async () => countPasses(await monitor.request('GET', '/metrics'))
    let before: number | undefined
    await waitFor(folder, CONTROLLER_MANAGER, 'the controller manager has looked at all nodes', async () => {
      const count = await passes()
      before ??= count
      // The first may have been under way.
      return count >= before + 2
    })
    await waitFor(folder, CONTROLLER_MANAGER, 'all nodes take pods', async () => {
      const { body } = await client.request('GET', '/api/v1/nodes')
      return (body as { items: NodeReadiness[] }).items.every(takesPods)
    })
  } finally {
    monitor.close()
  }
}

/** @throws Error when there is no such counter: then it would never be waited to the end */
function countPasses({ status, body }: { status: number; body: unknown }): number {
  const line = String(body)
    .split('\n')
    .find((text) => text.startsWith(`${PASSES} `))
  if (status !== 200 || line === undefined) throw new Error(`The controller manager has no ${PASSES}: status ${status}`)
  return Number(line.slice(PASSES.length + 1))
}
