import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import type { ClusterObjects, EndpointSliceObject, ServiceObject } from '../maps/headroom/cluster-objects.ts'
import type { Settings } from './agent-config.ts'

const CILIUM = '/apis/cilium.io/v2'
const CONFIG_MAP = 'cilium-config'

/** Of a CiliumEndpoint; of the others nothing is looked at. */
interface CiliumObject {
  readonly status?: {
    readonly networking?: { readonly addressing?: readonly { readonly ipv4?: string; readonly ipv6?: string }[] }
  }
}

/** The objects, and what could not be read of them. */
export interface ReadObjects {
  /** Undefined where nothing of Cilium's was found. */
  readonly objects: ClusterObjects | undefined
  /** Each as a permission that this user has not: `list ciliumidentities.cilium.io`. */
  readonly refused: readonly string[]
}

/**
 * Reads the objects that need room in Cilium's maps, where there is no agent to ask.
 * @param nodes how many there are; null where they may not be listed: CiliumNodes are counted then
 * @param home the namespace of Cilium, for a user who may not list the ConfigMaps of all
 * @throws ApiError (Forbidden for Services and EndpointSlices), ConnectionError, or the signal's reason
 */
export async function readClusterObjects(
  client: Pick<KubeClient, 'list' | 'fold' | 'getJson'>,
  { nodes, home }: { nodes: number | null; home: string },
  signal: AbortSignal,
): Promise<ReadObjects> {
  const refused: string[] = []
  const ifReadable = async <T>(permission: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read()
    } catch (error) {
      if (!isApiError(error) || (error.code !== 403 && error.code !== 404)) throw error
      if (error.code === 403) refused.push(permission)
      return undefined
    }
  }
  const count = (resource: string, worth: (item: CiliumObject) => number) =>
    ifReadable(`list ${resource}.cilium.io`, async () => {
      const total = () => ({ value: 0 })
      const add = (result: { value: number }, item: CiliumObject) => {
        result.value += worth(item)
      }
      return (await client.fold(`${CILIUM}/${resource}`, { signal }, total, add)).result.value
    })
  const [ciliumNodes, identities, endpointAddresses, config] = await Promise.all([
    count('ciliumnodes', () => 1),
    count('ciliumidentities', () => 1),
    count('ciliumendpoints', countAddresses),
    ifReadable(`get configmaps "${CONFIG_MAP}" in ${home}`, () => readSettings(client, home, signal)),
  ])
  if (config === undefined && [ciliumNodes, identities, endpointAddresses].every((found = 0) => found === 0)) {
    return { objects: undefined, refused: refused.toSorted() }
  }
  const [services, endpointSlices] = await Promise.all([
    client.list<ServiceObject>('/api/v1/services', { signal }),
    client.list<EndpointSliceObject>('/apis/discovery.k8s.io/v1/endpointslices', { signal }),
  ])
  return {
    objects: {
      services: services.items,
      endpointSlices: endpointSlices.items,
      identities,
      endpointAddresses,
      nodes: nodes ?? ciliumNodes,
      config,
    },
    refused: [...refused.toSorted(), ...(nodes === null && ciliumNodes === undefined ? ['list nodes'] : [])],
  }
}

/** Of the ConfigMap wherever it is, or of that in Cilium's namespace where only those may be read. */
async function readSettings(
  client: Pick<KubeClient, 'list' | 'getJson'>,
  home: string,
  signal: AbortSignal,
): Promise<Settings | undefined> {
  try {
    const selected = { fieldSelector: `metadata.name=${CONFIG_MAP}`, signal }
    const [found] = (await client.list<{ data?: Settings }>('/api/v1/configmaps', selected)).items
    return found === undefined ? undefined : (found.data ?? {})
  } catch (error) {
    if (!isApiError(error) || error.code !== 403) throw error
    const path = `/api/v1/namespaces/${encodeURIComponent(home)}/configmaps/${CONFIG_MAP}`
    return (await client.getJson<{ data?: Settings }>(path, { signal })).data ?? {}
  }
}

function countAddresses({ status }: CiliumObject): number {
  const addressing = status?.networking?.addressing ?? []
  return addressing.reduce((sum, { ipv4, ipv6 }) => sum + [ipv4, ipv6].filter(Boolean).length, 0)
}
