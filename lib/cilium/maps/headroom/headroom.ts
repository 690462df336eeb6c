import type { Headroom } from '../../../record/details/cilium-maps-details.ts'
import type { Finding } from '../../../record/run-record.ts'
import type { IpFamily } from '../catalogue/known-maps.ts'
import type { SizeId } from '../sizing/size-rules.ts'
import { wantedSizes } from '../sizing/wanted-sizes.ts'
import type { ClusterObjects } from './cluster-objects.ts'
import { loadBalancerEntries } from './load-balancer-entries.ts'

/** Numbers of Services that fit into 16 bits, whatever the size of the maps (cilium/cilium#38727). */
const MOST_SERVICE_IDS = 65_535
/** Global identities are 256 to 65,535. */
const MOST_IDENTITIES = 65_535 - 256 + 1
/** Of each node its address, and those of its host and of its health endpoint. */
const ADDRESSES_PER_NODE = 3

/**
 * How much of Cilium's maps the objects of the cluster take, without asking an agent. Each with the formula; figures of the
 * load balancer follow Cilium 1.15, where 60 Services with two endpoints each were 180 entries.
 */
export function headroom(objects: ClusterObjects): Headroom[] {
  const families = (['ipv4', 'ipv6'] as const).map((family) => ({ family, ...loadBalancerEntries(objects, family) }))
  const used = families.filter(({ frontends, backends }) => frontends + backends > 0)
  return [
    ...used.flatMap(({ family, services, frontends, backends }) => [
      against(`load balancer entries (${NAMES[family]})`, services, sizeLimit('lbService', objects), SERVICE_FORMULA),
      against(`load balancer backends (${NAMES[family]})`, backends, sizeLimit('lbBackend', objects), BACKEND_FORMULA),
      against(
        `reverse NAT entries (${NAMES[family]})`,
        frontends,
        sizeLimit('lbReverseNat', objects),
        'one for each address and port of a Service',
      ),
    ]),
    against(
      'service IDs',
      families.reduce((sum, { frontends }) => sum + frontends, 0),
      { entries: MOST_SERVICE_IDS, source: '16 bits, whatever the size of the maps' },
      ID_FORMULA,
    ),
    ...(objects.identities === undefined
      ? []
      : [
          against(
            'identities',
            objects.identities,
            { entries: MOST_IDENTITIES, source: 'identities 256 to 65,535' },
            'CiliumIdentities: one for each set of labels that pods have',
          ),
        ]),
    ...(objects.endpointAddresses === undefined || objects.nodes === undefined
      ? []
      : [
          against(
            'ipcache entries',
            objects.endpointAddresses + objects.nodes * ADDRESSES_PER_NODE,
            { entries: 512_000, source: 'fixed in Cilium' },
            `${IPCACHE_FORMULA}; CIDR rules and toFQDNs of policies come on top`,
          ),
        ]),
  ]
}

/**
 * What is missing in the head-room as this user may not read it, and why.
 * @param refused permissions that this user has not
 */
export function headroomGaps({ endpointAddresses, nodes }: ClusterObjects, refused: readonly string[]): Finding[] {
  if (refused.length === 0) return []
  const ofNodes =
    endpointAddresses === undefined || nodes !== undefined
      ? ''
      : `; ipcache entries are ${IPCACHE_FORMULA}: ${endpointAddresses} + ${ADDRESSES_PER_NODE} × nodes, of which nobody says how many there are`
  return [
    {
      severity: 'warning',
      code: 'HeadroomIncomplete',
      message: `what objects need is not known in full: this user may not ${refused.join(', ')}${ofNodes}`,
      advice: 'apply docs/rbac/cilium-maps.yaml',
    },
  ]
}

const IPCACHE_FORMULA = `addresses of CiliumEndpoints + ${ADDRESSES_PER_NODE} for each node`

const NAMES: Readonly<Record<IpFamily, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' }
const ID_FORMULA =
  'for each port of a Service 1 (ClusterIP), 2 (NodePort) or 3 (LoadBalancer), 1 more where its traffic policies differ, 1 for each external IP'
const SERVICE_FORMULA = `${ID_FORMULA}; each of them takes 1 entry and 1 for each of its ready endpoints`
const BACKEND_FORMULA = 'different addresses and ports among all ready endpoints'

interface Limit {
  readonly entries: number
  readonly source: string
}

function sizeLimit(id: SizeId, { config }: ClusterObjects): Limit | undefined {
  if (config === undefined) return undefined
  const size = wantedSizes(config, {}).get(id)
  if (size?.entries === undefined) return undefined
  return {
    entries: size.entries,
    source: `${size.flag ?? 'default'} of ConfigMap cilium-config${size.origin === 'default' ? ' (default)' : ''}`,
  }
}

function against(what: string, used: number, limit: Limit | undefined, formula: string): Headroom {
  return {
    what,
    used,
    formula,
    ...(limit === undefined ? {} : { limit: limit.entries, share: used / limit.entries, limitSource: limit.source }),
  }
}
