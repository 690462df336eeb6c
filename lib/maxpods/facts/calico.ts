import type { KubeClient } from '../../kube/client.ts'
import { addressCount, bitsOf, parseCidr } from '../ipam/cidr.ts'

/** What Calico's own objects say of its addresses; nodes take further blocks on demand. */
export interface CalicoFacts {
  /** Those that pods get addresses from. */
  readonly pools: readonly string[]
  /** Addresses in the blocks of each node. */
  readonly blockAddresses: ReadonlyMap<string, number>
  /** The most addresses in the blocks of a node, where it may use no others (strictAffinity); undefined: no such limit. */
  readonly mostAddresses?: number
}

interface IpPool {
  spec?: { cidr?: string; disabled?: boolean; blockSize?: number }
}
interface BlockAffinity {
  spec?: { node?: string; cidr?: string; deleted?: string | boolean; state?: string }
}
interface IpamConfig {
  spec?: { strictAffinity?: boolean; maxBlocksPerHost?: number }
}

/** A block of a pool where nothing else is set has 64 addresses. */
const DEFAULT_BLOCK_BITS = 6
const API = '/apis/crd.projectcalico.org/v1'

/** @throws ApiError 404 where Calico keeps nothing in this API */
export async function readCalico(client: KubeClient, signal: AbortSignal): Promise<CalicoFacts> {
  const { items: pools } = await client.list<IpPool>(`${API}/ippools`, { signal })
  const { items: affinities } = await client.list<BlockAffinity>(`${API}/blockaffinities`, { signal })
  const { items: configs } = await client.list<IpamConfig>(`${API}/ipamconfigs`, { signal })
  return calicoFacts(pools, affinities, configs[0])
}

export function calicoFacts(
  pools: readonly IpPool[],
  affinities: readonly BlockAffinity[],
  config: IpamConfig | undefined,
): CalicoFacts {
  const inUse = pools.flatMap(({ spec }) => {
    const cidr = spec?.disabled === true ? undefined : parseCidr(spec?.cidr ?? '')
    if (cidr === undefined) return []
    const { family } = cidr
    const mask = spec?.blockSize ?? bitsOf(family) - DEFAULT_BLOCK_BITS
    return [{ ...cidr, ofBlock: addressCount({ family, mask }) }]
  })
  const blockAddresses = new Map<string, number>()
  for (const { spec } of affinities) {
    const block = parseCidr(spec?.cidr ?? '')
    if (block === undefined || spec?.node === undefined || String(spec.deleted) === 'true') continue
    blockAddresses.set(spec.node, (blockAddresses.get(spec.node) ?? 0) + addressCount(block))
  }
  const { strictAffinity, maxBlocksPerHost = 0 } = config?.spec ?? {}
  // It counts the blocks of each family by themselves (libcalico-go lib/ipam, autoAssign), and each pod takes an address of each.
  const largestBlocks = ([4, 6] as const).flatMap((family) => {
    const ofFamily = inUse.filter((pool) => pool.family === family)
    return ofFamily.length === 0 ? [] : [Math.max(...ofFamily.map((pool) => pool.ofBlock))]
  })
  return {
    pools: inUse.map(({ text }) => text),
    blockAddresses,
    ...(strictAffinity === true && maxBlocksPerHost > 0 && largestBlocks.length > 0
      ? { mostAddresses: maxBlocksPerHost * Math.min(...largestBlocks) }
      : {}),
  }
}
