import { PerfError } from '../../errors/perf-error.ts'
import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'

/** A part of the control plane that is not the API server. */
export type Component = 'scheduler' | 'controller-manager'

/** One of its processes that runs as a pod, and where it answers. */
export interface ComponentPod {
  namespace: string
  pod: string
  port: number
}

interface Pod {
  metadata: { name: string; namespace: string }
  spec: { containers: readonly { command?: readonly string[]; args?: readonly string[] }[] }
  status?: { phase?: string }
}

/** Since Kubernetes 1.23 the only ports. */
const SECURE_PORTS = { scheduler: 10259, 'controller-manager': 10257 } as const satisfies Record<Component, number>

const USUAL_NAMESPACE = 'kube-system'

/** kubeadm, kind, minikube, RKE2, kubespray; kops, Talos; OpenShift. Elsewhere it is no pod, or not to be seen. */
function placesOf(component: Component): { namespace: string; labelSelector: string }[] {
  return [
    { namespace: USUAL_NAMESPACE, labelSelector: `component=kube-${component}` },
    { namespace: USUAL_NAMESPACE, labelSelector: `k8s-app=kube-${component}` },
    component === 'scheduler'
      ? { namespace: 'openshift-kube-scheduler', labelSelector: 'app=openshift-kube-scheduler' }
      : { namespace: 'openshift-kube-controller-manager', labelSelector: 'app=kube-controller-manager' },
  ]
}

/**
 * The processes of a component, as far as they run as pods; with several control plane nodes one leads and the others
 * wait.
 * @throws ApiError, ConnectionError, or the signal's reason; PerfError where the usual place has none and the other one may
 *   not be looked at
 */
export async function findComponentPods(
  client: Pick<KubeClient, 'list'>,
  component: Component,
  signal: AbortSignal,
): Promise<ComponentPod[]> {
  for (const { namespace, labelSelector } of placesOf(component)) {
    const path = `/api/v1/namespaces/${namespace}/pods`
    const { items } = await client.list<Pod>(path, { labelSelector, signal }).catch((error: unknown) => {
      // Whether that namespace is there at all is not told: most clusters have none of that name.
      if (namespace === USUAL_NAMESPACE || !isApiError(error) || error.code !== 403) throw error
      throw new PerfError(`none is there as a pod in ${USUAL_NAMESPACE}, and ${namespace} may not be looked into`)
    })
    const running = items.filter(({ status }) => status?.phase === 'Running')
    if (running.length > 0) return running.map((pod) => componentPod(pod, component))
  }
  return []
}

function componentPod(
  { metadata: { name, namespace }, spec: { containers } }: Pod,
  component: Component,
): ComponentPod {
  const words = containers.flatMap(({ command = [], args = [] }) => [...command, ...args])
  const port = /^--secure-port=(\d{1,5})$/.exec(words.find((word) => word.startsWith('--secure-port=')) ?? '')?.[1]
  return { namespace, pod: name, port: Number(port ?? SECURE_PORTS[component]) }
}
