/** A kind of object, as the API server's paths name it. */
export interface Resource {
  /** Empty for the core group. */
  group: string
  version: string
  /** Plural, e.g. deployments. */
  resource: string
  namespaced: boolean
  /** Pods go when it goes; a pod owns itself. */
  ownsPods: boolean
}

export const PODS: Resource = { group: '', version: 'v1', resource: 'pods', namespaced: true, ownsPods: true }
export const CONFIG_MAPS: Resource = {
  group: '',
  version: 'v1',
  resource: 'configmaps',
  namespaced: true,
  ownsPods: false,
}
export const SECRETS: Resource = { group: '', version: 'v1', resource: 'secrets', namespaced: true, ownsPods: false }
export const SERVICES: Resource = { group: '', version: 'v1', resource: 'services', namespaced: true, ownsPods: false }
export const DEPLOYMENTS: Resource = {
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  namespaced: true,
  ownsPods: true,
}

/** The path of a collection: of one namespace, or without it of the whole cluster. */
export function collectionPath({ group, version, resource }: Resource, namespace?: string): string {
  const api = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return namespace === undefined ? `${api}/${resource}` : `${api}/namespaces/${namespace}/${resource}`
}

/** A DNS subdomain, which no `..` is. */
const PATH_PART = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/

/** Is this a resource whose parts can stand in a path? */
export function isResource(value: unknown): value is Resource {
  if (typeof value !== 'object' || value === null) return false
  const { group, version, resource, namespaced, ownsPods } = value as Partial<Record<keyof Resource, unknown>>
  const parts = group === '' ? [version, resource] : [group, version, resource]
  return (
    parts.every((part) => typeof part === 'string' && PATH_PART.test(part)) &&
    typeof namespaced === 'boolean' &&
    typeof ownsPods === 'boolean'
  )
}
