import type { IpFamily } from '../catalogue/known-maps.ts'
import { type ClusterObjects, type EndpointSliceObject, familyOf, type ServiceObject } from './cluster-objects.ts'

export interface LoadBalancerEntries {
  /** Addresses and ports that Services have: each takes a service ID and an entry of reverse NAT. */
  readonly frontends: number
  /** One for each frontend, and one for each of its ready endpoints. */
  readonly services: number
  /** Different addresses and ports of ready endpoints. */
  readonly backends: number
}

const SERVICE_NAME = 'kubernetes.io/service-name'

/** What the Services of a cluster take in the maps of the load balancer, of one IP family. */
export function loadBalancerEntries(
  { services, endpointSlices }: Pick<ClusterObjects, 'services' | 'endpointSlices'>,
  family: IpFamily,
): LoadBalancerEntries {
  const slices = endpointSlices.filter(({ addressType }) => familyOf(addressType) === family)
  const endpoints = endpointsByService(slices)
  let frontends = 0
  let entries = 0
  for (const service of services) {
    const own = frontendsOf(service, family)
    frontends += own
    entries += own * (1 + (endpoints.get(keyOf(service.metadata)) ?? 0))
  }
  return { frontends, services: entries, backends: countBackends(slices) }
}

/** PR 48022 of cilium/cilium counts service IDs like this. */
function frontendsOf({ spec, status }: ServiceObject, family: IpFamily): number {
  if (spec === undefined || spec.type === 'ExternalName' || spec.clusterIP === 'None') return 0
  const families = spec.ipFamilies ?? ['IPv4']
  if (!families.some((each) => familyOf(each) === family)) return 0
  const hasNodePorts = spec.type === 'NodePort' || spec.type === 'LoadBalancer'
  const perPort =
    1 +
    (hasNodePorts ? 1 : 0) +
    (spec.type === 'LoadBalancer' ? Math.max(1, status?.loadBalancer?.ingress?.length ?? 0) : 0) +
    (hasNodePorts && (spec.externalTrafficPolicy ?? 'Cluster') !== (spec.internalTrafficPolicy ?? 'Cluster') ? 1 : 0) +
    (spec.externalIPs ?? []).filter((address) => address.includes(':') === (family === 'ipv6')).length
  return perPort * (spec.ports ?? []).length
}

function endpointsByService(slices: readonly EndpointSliceObject[]): ReadonlyMap<string, number> {
  const addresses = new Map<string, Set<string>>()
  for (const slice of slices) {
    const name = slice.metadata.labels?.[SERVICE_NAME]
    if (name === undefined) continue
    const key = keyOf({ ...slice.metadata, name })
    const own = addresses.get(key) ?? new Set()
    for (const address of readyAddresses(slice)) own.add(address)
    addresses.set(key, own)
  }
  return new Map([...addresses].map(([key, own]) => [key, own.size]))
}

function countBackends(slices: readonly EndpointSliceObject[]): number {
  const backends = new Set<string>()
  for (const slice of slices) {
    for (const address of readyAddresses(slice)) {
      for (const { port, protocol = 'TCP' } of slice.ports ?? []) backends.add(`${address} ${port} ${protocol}`)
    }
  }
  return backends.size
}

/** An endpoint that does not say so is ready. */
function readyAddresses({ endpoints }: EndpointSliceObject): string[] {
  return (endpoints ?? []).flatMap(({ addresses, conditions }) =>
    conditions?.ready === false ? [] : (addresses ?? []),
  )
}

function keyOf({ namespace = '', name }: { readonly namespace?: string; readonly name: string }): string {
  return `${namespace}/${name}`
}
