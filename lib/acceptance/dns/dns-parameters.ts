import type { ProbeParameters } from '../probe/probe-parameters.ts'

export interface DnsParameters extends ProbeParameters {
  /** Of each name, on each node. */
  lookups: number
  /** A name outside of the cluster, which is looked up too. */
  externalName?: string
}

export const dnsDefaults = { lookups: 100 }
