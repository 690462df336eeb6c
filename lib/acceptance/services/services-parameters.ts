import type { ProbeParameters } from '../probe/probe-parameters.ts'

export interface ServicesParameters extends ProbeParameters {
  /** So many Services are made, one after the other. */
  repeats: number
  /** After so long a way counts as one that does not work. */
  limitMs: number
}

export const servicesDefaults = { repeats: 5, limitMs: 30_000 }
