import { eniAddresses, instanceNetwork } from '../ec2/eni-addresses.ts'
import type { ClusterFacts } from '../facts/gather-facts.ts'
import type { NodeFacts } from '../facts/node-facts.ts'
import type { NodeLoad } from '../facts/scan-pods.ts'
import { type Cidr, parseCidr } from '../ipam/cidr.ts'
import { ciliumAddresses, hostLocalAddresses, smallestFamily } from '../ipam/usable-addresses.ts'
import type { Limit, LimitName } from './limit.ts'

/** Addresses that a node has for pods. */
export interface AddressPool {
  /** Who gives them: host-local, Cilium cluster-pool … */
  readonly ipam: string
  readonly cidrs: readonly string[]
  /** For pods; undefined: as many as are asked for, or not known. */
  readonly usable?: number
  readonly limit?: Limit
  /** Why usable is not known, or where it may grow. */
  readonly note?: string
}

type KnownFacts = Pick<ClusterFacts, 'scan' | 'config' | 'ciliumNodes' | 'calico' | 'awsNode'>

/**
 * Finds out who gives a node's pods their addresses, and how many there are. Pods in the node's own network take none, so
 * those that are there come on top. The Node's podCIDR counts only where no network that ignores it is there.
 */
export function addressPool(node: NodeFacts, load: NodeLoad, facts: KnownFacts): AddressPool | undefined {
  const { scan, config } = facts
  if (!node.hasKubelet && node.podCidrs.length === 0) return undefined
  if (config.cilium !== undefined || scan.networks.has('cilium')) return ciliumPool(node, load, facts)
  if (scan.networks.has('aws-node')) return awsPool(node, load, facts)
  if (scan.networks.has('calico-node')) return calicoPool(node, load, facts)
  if (scan.networks.has('azure-cns')) return { ipam: 'Azure CNI', cidrs: [], note: 'addresses come from the subnet' }
  return podCidrPool(node, load)
}

function podCidrPool(node: NodeFacts, load: NodeLoad): AddressPool | undefined {
  const cidrs = node.podCidrs.flatMap((text) => parseCidr(text) ?? [])
  const usable = smallestFamily(cidrs, hostLocalAddresses)
  return usable === undefined ? undefined : pool('host-local', 'pod CIDR', cidrs, usable, load)
}

function ciliumPool(node: NodeFacts, load: NodeLoad, { config, ciliumNodes, awsNode }: KnownFacts): AddressPool {
  const own = ciliumNodes.get(node.name)
  const mode = config.cilium?.ipam
  const ipam = `Cilium ${mode ?? 'IPAM'}`
  if (mode === 'delegated-plugin') return podCidrPool(node, load) ?? { ipam, cidrs: [] }
  if (mode === 'eni') {
    const type = own?.instanceType ?? node.instanceType ?? ''
    const network = instanceNetwork(type)
    if (network === undefined) return { ipam, cidrs: [], note: unknownType(type) }
    const prefixDelegation = config.cilium?.prefixDelegation === true && network.takesPrefixes
    const unusedEnis = own?.firstInterface ?? awsNode?.unusedEnis ?? 0
    const usable = Math.max(0, eniAddresses(network, { prefixDelegation, unusedEnis }) - reservedBy(own)(4))
    return withLimit(
      { ipam, cidrs: [], usable },
      'EC2 network interfaces',
      usable,
      `${type}: ${usable} addresses`,
      load,
    )
  }
  // Without a CiliumNode only the mode kubernetes says where the addresses are.
  const cidrs = own?.cidrs ?? (mode === 'kubernetes' ? node.podCidrs.flatMap((text) => parseCidr(text) ?? []) : [])
  if (mode === 'multi-pool') {
    return { ipam, cidrs: cidrs.map(({ text }) => text), note: 'the node is given more blocks on demand' }
  }
  if (own?.poolSize !== undefined && cidrs.length === 0) {
    return { ipam, cidrs: [], note: `${own.poolSize} addresses on its interfaces, more come on demand` }
  }
  const usable = smallestFamily(cidrs, ciliumAddresses, reservedBy(own))
  if (usable === undefined) return { ipam, cidrs: [], note: 'its block is not known' }
  return pool(ipam, 'Cilium IPAM', cidrs, usable, load)
}

/** Router and health endpoint, which every agent has unless told otherwise. */
const USUALLY_RESERVED = 2

function reservedBy(own: { reserved: Readonly<Record<4 | 6, number>> } | undefined): (family: 4 | 6) => number {
  return (family) => own?.reserved[family] ?? USUALLY_RESERVED
}

function awsPool(node: NodeFacts, load: NodeLoad, { awsNode }: KnownFacts): AddressPool {
  const ipam = 'AWS VPC CNI'
  const type = node.instanceType ?? ''
  const network = instanceNetwork(type)
  if (network === undefined) return { ipam, cidrs: [], note: unknownType(type) }
  if (awsNode === undefined) return { ipam, cidrs: [], note: 'how aws-node is set up is not known' }
  const prefixDelegation = awsNode.prefixDelegation && network.takesPrefixes
  const usable = eniAddresses(network, { ...awsNode, prefixDelegation })
  const basis = `${type}: ${usable} addresses${prefixDelegation ? ' in prefixes' : ''}`
  return withLimit({ ipam, cidrs: [], usable }, 'EC2 network interfaces', usable, basis, load)
}

function calicoPool(node: NodeFacts, load: NodeLoad, { calico }: KnownFacts): AddressPool {
  const ipam = 'Calico'
  if (calico === undefined) return { ipam, cidrs: [], note: 'its pools are not known' }
  const note = `${calico.blockAddresses.get(node.name) ?? 0} addresses in its blocks, more come from ${calico.pools.join(', ')}`
  const { mostAddresses: usable } = calico
  if (usable === undefined) return { ipam, cidrs: [], note }
  const basis = `${usable} addresses in the blocks that a node may have`
  return withLimit({ ipam, cidrs: [], usable }, 'Calico blocks', usable, basis, load)
}

function pool(ipam: string, name: LimitName, cidrs: readonly Cidr[], usable: number, load: NodeLoad): AddressPool {
  const blocks = cidrs.map(({ text }) => text)
  const basis = `${blocks.join(', ')}: ${usable} addresses for pods`
  return withLimit({ ipam, cidrs: blocks, usable }, name, usable, basis, load)
}

function withLimit(
  known: Omit<AddressPool, 'limit'>,
  name: LimitName,
  usable: number,
  basis: string,
  { hostNetwork }: NodeLoad,
): AddressPool {
  const others = hostNetwork === 0 ? '' : hostNetwork === 1 ? ', 1 pod takes none' : `, ${hostNetwork} pods take none`
  return { ...known, limit: { name, pods: usable + hostNetwork, basis: `${basis}${others}`, binding: true } }
}

function unknownType(type: string): string {
  return type === '' ? 'its instance type is not known' : `instance type ${type} is not in the table`
}
