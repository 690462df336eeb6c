import { FORTIO_IMAGE, NETWORK_PERF_IMAGE } from '../../workload/images/images.ts'
import type { Toleration } from '../../workload/pods/pod-manifest.ts'

/** What the items with pods of their own have in common. */
export interface ProbeParameters {
  /** Of the client pods: bash 5 is what they need of it. */
  image: string
  /** Of the server pods: fortio. */
  serverImage: string
  /** At most so many nodes get a client pod. */
  nodes: number
  tolerations: readonly Toleration[]
  nodeSelector: Readonly<Record<string, string>>
  /** For the pods to be ready. */
  timeoutMs: number
  cleanUpTimeoutMs: number
  /** The command line, for whoever finds the objects. */
  command: string
}

export const probeDefaults: Omit<ProbeParameters, 'command'> = {
  image: NETWORK_PERF_IMAGE,
  serverImage: FORTIO_IMAGE,
  nodes: 10,
  tolerations: [],
  nodeSelector: {},
  timeoutMs: 120_000,
  cleanUpTimeoutMs: 120_000,
}
