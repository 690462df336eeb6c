import type { ProbeParameters } from '../probe/probe-parameters.ts'

/** Of all agents together, since they started. */
export interface Regenerations {
  readonly succeeded: number
  readonly failed: number
}

export interface NetworkPolicyParameters extends ProbeParameters {
  /** How often the policies are made and deleted. */
  repeats: number
  /** How many pods are made that a policy lets through. */
  firstConnections: number
  /** A policy that has no effect within it, while traffic flows, is not enforced. */
  limitMs: number
  /** Reads what Cilium's agents count; a text says why it cannot be read. */
  readRegenerations?: (signal: AbortSignal) => Promise<Regenerations | string>
}

export const networkPolicyDefaults = { repeats: 5, firstConnections: 3, limitMs: 15_000 }
