/**
 * Two clusters must not share a port or an address, so each has a slot of its own, and everything follows from its number.
 * The ranges are ones that no network routes: 198.18.0.0/15 is for benchmarks (RFC 2544), 240.0.0.0/4 is unassigned (RFC 1112).
 */
export interface ClusterAddresses {
  /** All on 127.0.0.1, below the range from which the kernel takes the ports of outgoing connections. */
  readonly ports: {
    readonly etcd: number
    readonly etcdPeer: number
    readonly apiServer: number
    readonly controllerManager: number
    readonly scheduler: number
    readonly kwok: number
    readonly ciliumOperator: number
    readonly ciliumOperatorMetrics: number
    readonly ciliumOperatorDebug: number
    readonly prometheus: number
    readonly secondApiServer: number
    readonly apiBalancer: number
  }
  readonly serviceCidr: string
  /** The `kubernetes` Service: the first address of the service range. */
  readonly serviceAddress: string
  /** Addresses of fake pods: nothing answers there. */
  readonly fakePodCidr: string
  /** Where a cluster's DNS service would be. */
  readonly dnsAddress: string
  /** Holds the addresses of the real nodes, of their pods and of load balancers. */
  readonly nodeCidr: string
  /** Addresses of Services of type LoadBalancer: the upper half of the nodes' network. */
  readonly loadBalancerAddresses: readonly string[]
  /** This machine's end of the link to the real nodes: the name of the interface, and its address. */
  readonly hostLink: string
  readonly hostAddress: string
  /** The places for real nodes, in the order in which they are taken. */
  readonly nodes: readonly NodePlace[]
  /** The same in the other family, for clusters that have both. */
  readonly ipv6: {
    /** Holds all others. */
    readonly cidr: string
    readonly serviceCidr: string
    readonly hostAddress: string
    readonly loadBalancerAddresses: readonly string[]
    readonly nodes: readonly NodePlace[]
  }
}

export interface NodePlace {
  readonly address: string
  readonly podCidr: string
}

export const slotCount = 32
const firstPort = 21_000
const portsPerSlot = 16
/** A network of our own (RFC 4193), of which each slot has sixteen /64. */
const ipv6Prefix = 'fd4b:7065:7266'
/** A slot has eight networks of 254 addresses: one for the nodes, and one for the pods of each. */
export const maxRealNodes = 7
/** The network itself, its gateway and the broadcast address are no pod's. */
export const podAddressesPerNode = 253
const loadBalancerHosts = Array.from({ length: 126 }, (_, index) => 129 + index)
/** On the host address. */
const forwardPort = 6443
const registryPort = 5000

export function clusterAddresses(slot: number): ClusterAddresses {
  const port = (index: number) => firstPort + slot * portsPerSlot + index
  const ipv6 = (network: number) => `${ipv6Prefix}:${(slot * 16 + network).toString(16)}`
  return {
    ports: {
      etcd: port(0),
      etcdPeer: port(1),
      apiServer: port(2),
      controllerManager: port(3),
      scheduler: port(4),
      kwok: port(5),
      ciliumOperator: port(6),
      ciliumOperatorMetrics: port(7),
      ciliumOperatorDebug: port(8),
      prometheus: port(9),
      secondApiServer: port(10),
      apiBalancer: port(11),
    },
    serviceCidr: `198.19.${slot * 8}.0/21`,
    serviceAddress: `198.19.${slot * 8}.1`,
    fakePodCidr: `${240 + Math.floor(slot / 16)}.${(slot % 16) * 16}.0.0/12`,
    dnsAddress: `198.19.${slot * 8}.10`,
    nodeCidr: `198.18.${slot * 8}.0/21`,
    hostLink: `kperf${slot}`,
    hostAddress: `198.18.${slot * 8}.1`,
    loadBalancerAddresses: loadBalancerHosts.map((host) => `198.18.${slot * 8}.${host}`),
    nodes: Array.from({ length: maxRealNodes }, (_, index) => ({
      address: `198.18.${slot * 8}.${11 + index}`,
      podCidr: `198.18.${slot * 8 + 1 + index}.0/24`,
    })),
    ipv6: {
      cidr: `${ipv6(0)}::/60`,
      serviceCidr: `${ipv6(8)}::/112`,
      hostAddress: `${ipv6(0)}::1`,
      loadBalancerAddresses: loadBalancerHosts.map((host) => `${ipv6(0)}::${host}`),
      nodes: Array.from({ length: maxRealNodes }, (_, index) => ({
        address: `${ipv6(0)}::${11 + index}`,
        podCidr: `${ipv6(1 + index)}::/64`,
      })),
    },
  }
}

/** The API server as the real nodes reach it. */
export function forwardedApiServer(slot: number): { address: string; port: number; url: string } {
  const address = clusterAddresses(slot).hostAddress
  return { address, port: forwardPort, url: `https://${address}:${forwardPort}` }
}

/** The registry from which the real nodes pull every image. */
export function imageRegistry(slot: number): { address: string; port: number; url: string } {
  const address = clusterAddresses(slot).hostAddress
  return { address, port: registryPort, url: `http://${address}:${registryPort}` }
}
