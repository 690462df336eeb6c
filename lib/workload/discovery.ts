import { PerfError } from '../errors/perf-error.ts'
import { isApiError } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import type { Resource } from '../run/resource.ts'

interface ApiResourceList {
  resources: readonly { name: string; kind: string; namespaced: boolean }[]
}

/** Kinds whose pods go when the object goes. */
const OWNERS = new Set([
  'Pod',
  'Deployment',
  'ReplicaSet',
  'ReplicationController',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
])

export interface ObjectKind {
  apiVersion: string
  kind: string
}

/** Finds the resource of a kind, asking the API server once for each group and version. */
export type FindResource = (kind: ObjectKind) => Promise<Resource>

/** @returns a finder that throws, in kubectl's words, for a kind that the cluster does not have */
export function discoverResources(client: KubeClient, signal: AbortSignal): FindResource {
  const lists = new Map<string, Promise<ApiResourceList>>()
  return async ({ apiVersion, kind }) => {
    let list = lists.get(apiVersion)
    if (list === undefined) {
      list = readList(client, apiVersion, signal)
      lists.set(apiVersion, list)
    }
    const { resources } = await list
    // Subresources are listed too, as pods/log.
    const found = resources.find((resource) => resource.kind === kind && !resource.name.includes('/'))
    if (found === undefined) {
      throw new PerfError(`no matches for kind "${kind}" in version "${apiVersion}"`, {
        advice: ['ensure CRDs are installed first'],
      })
    }
    const [version = '', group = ''] = apiVersion.split('/').reverse()
    return { group, version, resource: found.name, namespaced: found.namespaced, ownsPods: OWNERS.has(kind) }
  }
}

async function readList(client: KubeClient, apiVersion: string, signal: AbortSignal): Promise<ApiResourceList> {
  try {
    return await client.getJson<ApiResourceList>(
      apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`,
      { signal },
    )
  } catch (error) {
    if (isApiError(error) && error.code === 404) return { resources: [] }
    throw error
  }
}
