import { clusterAddresses } from '../addresses.ts'
import type { ApiClient } from '../api-client.ts'
import { type ClusterState, clusterFolder } from '../cluster-folder.ts'
import { waitFor } from '../processes.ts'

/** Whether endpoints go into slices: by the value that Cilium's chart has for it, which counts for the operator alone too. */
function makesSlices(state: ClusterState): boolean {
  return state.ciliumValues.enableCiliumEndpointSlice !== 'false'
}

/** The operator's name for what removes endpoints that have no pod. */
const endpointRemoval = 'to-k8s-ciliumendpoint-gc'

/** How the operator makes slices of endpoints, in either variant: in the order of arrival, as it is the only way since Cilium 1.18. */
export function sliceSettings(state: ClusterState): Record<string, string> {
  return {
    'ces-slice-mode': 'cesSliceModeFCFS',
    'ces-write-qps-limit': String(state.cesWritesPerSecond),
    // As the operator's own default is twice the limit.
    'ces-write-qps-burst': String(2 * state.cesWritesPerSecond),
  }
}

/**
 * What the operator is to do where it runs alone: it makes slices of CiliumEndpoints that no agent wrote, and leaves alone what
 * there is of nodes, pods and Services.
 */
export function operatorSettings(state: ClusterState): Record<string, string> {
  return {
    'cluster-name': 'default',
    'identity-allocation-mode': 'crd',
    ipam: 'kubernetes',
    'enable-ipv4': 'true',
    'enable-ipv6': 'false',
    'enable-cilium-endpoint-slice': String(makesSlices(state)),
    'ces-max-ciliumendpoints-per-ces': '100',
    ...sliceSettings(state),
    // Endpoints without a pod are removed as soon as the operator starts, and then at the end of this interval.
    'cilium-endpoint-gc-interval': '24h',
    'controller-group-metrics': endpointRemoval,
    'nodes-gc-interval': '0',
    'remove-cilium-node-taints': 'false',
    'set-cilium-is-up-condition': 'false',
    'unmanaged-pod-watcher-interval': '0',
    'synchronize-k8s-services': 'false',
    'synchronize-k8s-nodes': 'false',
    'enable-metrics': 'true',
  }
}

/** Writes down the operator's settings where Cilium has them: in the ConfigMap `cilium-config`. */
export async function publishOperatorSettings(state: ClusterState, client: ApiClient): Promise<void> {
  const configMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cilium-config', namespace: 'kube-system' },
    data: operatorSettings(state),
  }
  const { status, body } = await client.request('POST', '/api/v1/namespaces/kube-system/configmaps', configMap)
  if (status !== 201 && status !== 409) throw new Error(`cilium-config was not created: ${JSON.stringify(body)}`)
}

/** Waits until the operator works, has made the kinds of objects that it is for, and will remove no endpoint for a day. */
export async function waitForOperator(state: ClusterState, client: ApiClient): Promise<void> {
  const folder = clusterFolder(state.name)
  const metrics = `http://127.0.0.1:${clusterAddresses(state.slot).ports.ciliumOperatorMetrics}/metrics`
  await waitFor(folder, 'cilium-operator', 'endpoints without a pod have been removed', async () => {
    const runs = `controllers_group_runs_total{group_name="${endpointRemoval}",status="success"}`
    return (await (await fetch(metrics)).text()).includes(runs)
  })
  const kinds = ['v2/ciliumendpoints', ...(makesSlices(state) ? ['v2alpha1/ciliumendpointslices'] : [])]
  for (const kind of kinds) {
    await waitFor(folder, 'cilium-operator', `${kind} are there`, async () => {
      return (await client.request('GET', `/apis/cilium.io/${kind}`)).status === 200
    })
  }
}
