import { FORTIO_IMAGE, NETWORK_PERF_IMAGE } from '../../workload/images/images.ts'
import type { EngineName } from '../test-case.ts'

/** The image that an engine's pods run unless the user names another. */
export interface EngineImage {
  readonly image: string
  /** Without one, nothing but the engine itself can be started in its pods. */
  readonly hasShell: boolean
  /** What the engine needs of the image, all of it on PATH. */
  readonly programs: readonly string[]
}

/** Built by build/Dockerfile.netperf: a shell and the programs of every engine. */
const ALL_ENGINES_IMAGE = 'ghcr.io/kubectl-perf/netperf:v0.1.0'

export const engineImages: Readonly<Record<EngineName, EngineImage>> = {
  iperf3: { image: NETWORK_PERF_IMAGE, hasShell: true, programs: ['iperf3'] },
  netperf: { image: NETWORK_PERF_IMAGE, hasShell: true, programs: ['netperf', 'netserver'] },
  fortio: { image: FORTIO_IMAGE, hasShell: false, programs: ['fortio'] },
  iperf2: { image: ALL_ENGINES_IMAGE, hasShell: true, programs: ['iperf'] },
  // Its server is fortio's.
  siege: { image: ALL_ENGINES_IMAGE, hasShell: true, programs: ['siege', 'fortio'] },
}
