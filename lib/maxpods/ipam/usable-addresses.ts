import { addressCount, bitsOf, type Cidr } from './cidr.ts'

/**
 * What the host-local plugin gives to pods of a block: all but the network, the gateway and, of IPv4, the broadcast
 * address. A block with room for no more than that is refused. Source: containernetworking/plugins,
 * plugins/ipam/host-local/backend/allocator/range.go.
 */
export function hostLocalAddresses(cidr: Cidr): number {
  if (cidr.mask > bitsOf(cidr.family) - 2) return 0
  return addressCount(cidr) - (cidr.family === 4 ? 3 : 2)
}

/** Of an IPv6 block Cilium uses so many addresses and no more. */
const CILIUM_MOST_ADDRESSES = 65_536

/**
 * What Cilium's own allocator gives out of a block, to pods and to itself: all but the first and the last address.
 * Source: cilium pkg/ipam/service/ipallocator/allocator.go, 1.15 to 1.18.
 */
export function ciliumAddresses(cidr: Cidr): number {
  // A /31 and a /32 (/127, /128) hold none.
  if (cidr.mask >= bitsOf(cidr.family) - 1) return 0
  return Math.min(addressCount(cidr), cidr.family === 6 ? CILIUM_MOST_ADDRESSES : Number.POSITIVE_INFINITY) - 2
}

/**
 * What a node has for pods that each take one address of every family: the family with the fewest decides.
 * @param usable of one block
 * @param reserved addresses of each family that the network takes for itself
 * @returns undefined where there is no block
 */
export function smallestFamily(
  cidrs: readonly Cidr[],
  usable: (cidr: Cidr) => number,
  reserved: (family: 4 | 6) => number = () => 0,
): number | undefined {
  const families = ([4, 6] as const).flatMap((family) => {
    const blocks = cidrs.filter((cidr) => cidr.family === family)
    if (blocks.length === 0) return []
    return [Math.max(0, blocks.reduce((sum, cidr) => sum + usable(cidr), 0) - reserved(family))]
  })
  return families.length === 0 ? undefined : Math.min(...families)
}
