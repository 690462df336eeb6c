import type { IpFamily } from '../catalogue/known-maps.ts'

/** What headroom needs of the API's objects; other fields may be there. */
export interface ClusterObjects {
  readonly services: readonly ServiceObject[]
  readonly endpointSlices: readonly EndpointSliceObject[]
  /** How many CiliumIdentities there are; undefined where they cannot be listed. */
  readonly identities?: number | undefined
  /** Addresses of all CiliumEndpoints, both families. */
  readonly endpointAddresses?: number | undefined
  /** Undefined where neither nodes nor CiliumNodes can be listed. */
  readonly nodes?: number | undefined
  /** The ConfigMap cilium-config; undefined where it cannot be read. */
  readonly config?: Readonly<Record<string, string>> | undefined
}

export interface ServiceObject {
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly spec?: {
    readonly type?: string
    readonly clusterIP?: string
    readonly ipFamilies?: readonly string[]
    readonly ports?: readonly unknown[]
    readonly externalIPs?: readonly string[]
    readonly externalTrafficPolicy?: string
    readonly internalTrafficPolicy?: string
  }
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly unknown[] } }
}

export interface EndpointSliceObject {
  readonly metadata: { readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> }
  readonly addressType: string
  readonly endpoints?:
    | readonly {
        readonly addresses?: readonly string[]
        readonly conditions?: { readonly ready?: boolean | null }
      }[]
    | null
  readonly ports?: readonly { readonly port?: number | null; readonly protocol?: string }[] | null
}

/** As Kubernetes writes them. */
export function familyOf(word: string): IpFamily | undefined {
  if (word === 'IPv4') return 'ipv4'
  return word === 'IPv6' ? 'ipv6' : undefined
}
