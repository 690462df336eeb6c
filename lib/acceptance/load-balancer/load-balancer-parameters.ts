import type { ProbeParameters } from '../probe/probe-parameters.ts'

export interface LoadBalancerParameters extends ProbeParameters {
  /** So many Services are made, one after the other. */
  repeats: number
  /** For a Service to get its address; and then again for that to be reached. */
  limitMs: number
  /** The same where nothing speaks of a provider of load balancers. */
  withoutProviderMs: number
}

export const loadBalancerDefaults = { repeats: 1, limitMs: 180_000, withoutProviderMs: 20_000 }
