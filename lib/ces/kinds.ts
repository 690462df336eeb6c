import type { Resource } from '../run/resource.ts'

/** The two kinds that are compared: one object for each endpoint, or slices of many. */
export const KINDS = ['cep', 'ces'] as const
export type Kind = (typeof KINDS)[number]

/** As kubectl names them. */
export const KIND_NAMES: Readonly<Record<Kind, string>> = { cep: 'CiliumEndpoint', ces: 'CiliumEndpointSlice' }

export const CILIUM_GROUP = 'cilium.io'
export const CEP_RESOURCE = 'ciliumendpoints'
export const CES_RESOURCE = 'ciliumendpointslices'

export const CILIUM_ENDPOINTS: Resource = {
  group: CILIUM_GROUP,
  version: 'v2',
  resource: CEP_RESOURCE,
  namespaced: true,
  ownsPods: false,
}
