import type { KubeClient } from '../../kube/client.ts'
import { type Cidr, parseCidr } from '../ipam/cidr.ts'

/** What a CiliumNode says of its node's addresses. */
export interface CiliumNodeFacts {
  /** Blocks that are the node's: cluster-pool and kubernetes keep them as they are, multi-pool adds more on demand. */
  readonly cidrs: readonly Cidr[]
  /** Addresses that Cilium has taken for itself: router, health endpoint, ingress. */
  readonly reserved: Readonly<Record<4 | 6, number>>
  /** Modes of clouds: addresses that are on the node's interfaces; more come on demand. */
  readonly poolSize?: number
  /** Modes of clouds: the first interface that pods get addresses from. */
  readonly firstInterface?: number
  readonly instanceType?: string
}

export interface CiliumNode {
  metadata: { name: string }
  spec?: {
    addresses?: readonly { type?: string; ip?: string }[] | null
    health?: Readonly<Record<string, string>>
    ingress?: Readonly<Record<string, string>>
    ipam?: {
      podCIDRs?: readonly string[] | null
      pool?: Readonly<Record<string, unknown>> | null
      pools?: { allocated?: readonly { cidrs?: readonly string[] | null }[] | null }
    }
    eni?: { 'first-interface-index'?: number; 'instance-type'?: string }
  }
}

/** @throws ApiError 404 where Cilium keeps no CiliumNodes */
export async function readCiliumNodes(client: KubeClient, signal: AbortSignal): Promise<Map<string, CiliumNodeFacts>> {
  const begin = () => new Map<string, CiliumNodeFacts>()
  const { result } = await client.fold(
    '/apis/cilium.io/v2/ciliumnodes',
    { signal },
    begin,
    (nodes, node: CiliumNode) => {
      nodes.set(node.metadata.name, ciliumNodeFacts(node))
    },
  )
  return result
}

/** Of one CiliumNode (pkg/k8s/apis/cilium.io/v2, NodeSpec). */
export function ciliumNodeFacts({ spec = {} }: CiliumNode): CiliumNodeFacts {
  const { ipam = {}, addresses, health, ingress, eni } = spec
  const blocks = [...(ipam.podCIDRs ?? []), ...(ipam.pools?.allocated ?? []).flatMap(({ cidrs }) => cidrs ?? [])]
  const routers = (addresses ?? []).flatMap(({ type, ip }) =>
    type === 'CiliumInternalIP' && ip !== undefined ? [ip] : [],
  )
  const taken = [...routers, ...Object.values(health ?? {}), ...Object.values(ingress ?? {})].filter((ip) => ip !== '')
  const v6 = taken.filter((ip) => ip.includes(':')).length
  const instanceType = eni?.['instance-type']
  const firstInterface = eni?.['first-interface-index']
  return {
    cidrs: blocks.flatMap((text) => parseCidr(text) ?? []),
    reserved: { 4: taken.length - v6, 6: v6 },
    ...(ipam.pool === undefined || ipam.pool === null ? {} : { poolSize: Object.keys(ipam.pool).length }),
    ...(firstInterface === undefined ? {} : { firstInterface }),
    ...(instanceType === undefined ? {} : { instanceType }),
  }
}
