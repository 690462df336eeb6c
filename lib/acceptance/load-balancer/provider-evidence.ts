import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { pause } from '../../kube/pause.ts'
import type { Room } from '../probe/measure-in-scope.ts'
import type { ServiceObject } from '../probe/service-object.ts'

/** What speaks for somebody who gives load balancers to Services, and what was looked at without finding anything. */
export interface ProviderEvidence {
  readonly found: readonly string[]
  readonly missing: readonly string[]
}

/**
 * Controllers that give addresses to Services, by the images of their pods: the clouds' controller managers, MetalLB,
 * kube-vip, OpenELB, PureLB, k3s' servicelb, the AWS Load Balancer Controller. Cilium and Calico do it only when told so, so
 * their pods say nothing.
 */
const CONTROLLERS =
  /(^|\/)(cloud-controller-manager|[a-z]+-cloud-controller-manager|metallb|controller-metallb|kube-vip|kube-vip-cloud-provider|openelb|purelb|klipper-lb|aws-load-balancer-controller|loxilb|kube-loxilb)([/:@-]|$)/

/** Of nodes, Services, pods and pools of addresses, what may speak for a provider. */
interface ClusterObject {
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly spec?: {
    readonly providerID?: string
    readonly type?: string
    readonly containers?: readonly { readonly image?: string }[]
  }
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly unknown[] } }
}

interface Look {
  readonly path: string
  /** What is said where nothing is found. */
  readonly missing: string
  /** What one object says. */
  readonly find: (object: ClusterObject) => string | undefined
}

const LOOKS: readonly Look[] = [
  { path: '/api/v1/nodes', missing: "no cloud in the nodes' providerID", find: cloudOf },
  { path: '/api/v1/services', missing: 'no other Service with an address of a load balancer', find: assignedService },
  { path: '/api/v1/pods', missing: "no pod of a load balancer's controller", find: controllerPod },
  {
    path: '/apis/cilium.io/v2alpha1/ciliumloadbalancerippools',
    missing: 'no CiliumLoadBalancerIPPool',
    find: ({ metadata }) => `the CiliumLoadBalancerIPPool ${metadata.name}`,
  },
]

/** Looks at nodes, Services and pods, as far as they may be listed, one by one: a large cluster's are not held. */
export async function findProvider(client: KubeClient, signal: AbortSignal): Promise<ProviderEvidence> {
  const found: string[] = []
  const missing: string[] = []
  for (const look of LOOKS) {
    try {
      const begin = (): { evidence?: string | undefined } => ({})
      const { result } = await client.fold(look.path, { signal }, begin, (seen, object: ClusterObject) => {
        seen.evidence ??= look.find(object)
      })
      if (result.evidence === undefined) missing.push(look.missing)
      else found.push(result.evidence)
    } catch (error) {
      if (!isApiError(error) || (error.code !== 403 && error.code !== 404)) throw error
      // 404: the API server does not know such objects.
      missing.push(error.code === 404 ? look.missing : `${look.missing} (they may not be listed)`)
    }
  }
  return { found, missing }
}

/** kind's and k3s' nodes name a provider too, which has no load balancers of its own. */
const NO_CLOUD = /^(kind|k3s|kwok):/

function cloudOf({ spec: { providerID = '' } = {} }: ClusterObject): string | undefined {
  if (providerID === '' || NO_CLOUD.test(providerID)) return undefined
  return `the cloud "${providerID.split(':')[0]}" of the nodes' providerID`
}

function assignedService({ metadata: { namespace, name }, spec, status }: ClusterObject): string | undefined {
  const isAssigned = spec?.type === 'LoadBalancer' && (status?.loadBalancer?.ingress?.length ?? 0) > 0
  return isAssigned ? `the Service ${namespace}/${name}, which has an address` : undefined
}

function controllerPod({ metadata: { namespace, name }, spec }: ClusterObject): string | undefined {
  const isOne = spec?.containers?.some(({ image = '' }) => isController(image)) === true
  return isOne ? `pod ${namespace}/${name}` : undefined
}

/** Is this the image of a program that gives load balancers to Services? */
export function isController(image: string): boolean {
  return CONTROLLERS.test(image)
}

/**
 * What has happened to a Service itself that only a provider does: a finalizer or a condition, or an annotation that was not
 * there at first (the cloud provider's service controller, Cilium, MetalLB).
 */
export function marksOn({ metadata, status }: ServiceObject): string[] {
  return [
    ...(metadata.finalizers ?? []).map((name) => `finalizer ${name}`),
    ...(status?.conditions ?? []).map(({ type, reason }) => `condition ${type}${reason ? ` (${reason})` : ''}`),
    ...Object.keys(metadata.annotations ?? {}).map((name) => `annotation ${name}`),
  ]
}

/**
 * What a provider has done to a Service, or said of it; without the right to read events, what is on it has to do.
 * @throws ApiError other than Forbidden, ConnectionError, or the signal's reason
 */
export async function whatSpokeOf(
  service: ServiceObject,
  { client, namespace, signal }: Pick<Room, 'client' | 'namespace' | 'signal'>,
): Promise<{ marks: readonly string[]; areEventsSeen: boolean }> {
  // The events of a Service are written a moment after.
  await pause(100, signal)
  try {
    const { items } = await client.list<{ reason?: string; message?: string; involvedObject: { name?: string } }>(
      `/api/v1/namespaces/${namespace}/events`,
      { fieldSelector: 'involvedObject.kind=Service', signal },
    )
    const events = items
      .filter(({ involvedObject }) => involvedObject.name === service.metadata.name)
      .map(({ reason = '', message = '' }) => `the event ${reason}: ${message}`)
    return { marks: [...marksOn(service), ...events], areEventsSeen: true }
  } catch (error) {
    if (!isApiError(error) || error.code !== 403) throw error
    return { marks: marksOn(service), areEventsSeen: false }
  }
}
