/** The container image that does nothing, for every architecture Kubernetes is released for. */
export const PAUSE_IMAGE = 'registry.k8s.io/pause:3.10'

/** Of the Cilium project, for amd64 and arm64: bash, coreutils, iperf3, netperf. Its tags are never moved. */
export const NETWORK_PERF_IMAGE = 'quay.io/cilium/network-perf:3.21-1782913202-88c270c'

/** Of the fortio project: that one program and nothing else. */
export const FORTIO_IMAGE = 'docker.io/fortio/fortio:1.68.2'

/** Every image that a command may run, with what for. */
export const images: readonly { image: string; purpose: string }[] = [
  { image: PAUSE_IMAGE, purpose: 'density, ces-compare, accept, maxpods-check --verify: pods that do nothing' },
]
