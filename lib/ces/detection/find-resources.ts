import { PerfError } from '../../errors/perf-error.ts'
import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import type { Resource } from '../../run/resource.ts'
import { CEP_RESOURCE, CES_RESOURCE, CILIUM_GROUP, type Kind } from '../kinds.ts'

interface ApiGroup {
  versions: readonly { version: string }[]
}

interface ApiResourceList {
  resources: readonly { name: string; namespaced: boolean }[]
}

/**
 * The two kinds as the API server serves them, in the group's first version that has each.
 * @throws PerfError in kubectl's words where there are no CiliumEndpoints; ApiError, ConnectionError
 */
export async function findResources(
  client: Pick<KubeClient, 'getJson'>,
  signal: AbortSignal,
): Promise<{ cep: Resource } & Partial<Record<Kind, Resource>>> {
  const lists = await readGroup(client, signal)
  const find = (name: string): Resource | undefined => {
    for (const { version, resources } of lists) {
      const found = resources.find((resource) => resource.name === name)
      if (found !== undefined) {
        return { group: CILIUM_GROUP, version, resource: name, namespaced: found.namespaced, ownsPods: false }
      }
    }
    return undefined
  }
  const [cep, ces] = [find(CEP_RESOURCE), find(CES_RESOURCE)]
  if (cep === undefined) {
    throw new PerfError(`the server doesn't have a resource type "${CEP_RESOURCE}"`, {
      advice: ['Cilium is not installed in this cluster, or keeps no CiliumEndpoints (disable-endpoint-crd)'],
    })
  }
  return ces === undefined ? { cep } : { cep, ces }
}

async function readGroup(
  client: Pick<KubeClient, 'getJson'>,
  signal: AbortSignal,
): Promise<({ version: string } & ApiResourceList)[]> {
  const base = `/apis/${CILIUM_GROUP}`
  try {
    const { versions } = await client.getJson<ApiGroup>(base, { signal })
    return await Promise.all(
      versions.map(async ({ version }) => ({
        version,
        ...(await client.getJson<ApiResourceList>(`${base}/${version}`, { signal })),
      })),
    )
  } catch (error) {
    if (isApiError(error) && error.code === 404) return []
    throw error
  }
}
