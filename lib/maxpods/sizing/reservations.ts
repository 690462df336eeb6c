/** What a kubelet should keep from pods for itself and the container runtime. */
export interface Reservation {
  cpuMillis: number
  memoryMebibytes: number
  ephemeralStorage: string
}

/** Shares of CPU in ten-thousandths: of the first core, the second, the next two, and all beyond. */
const CPU_SHARES = [
  { fromMillis: 0, toMillis: 1000, share: 600 },
  { fromMillis: 1000, toMillis: 2000, share: 100 },
  { fromMillis: 2000, toMillis: 4000, share: 50 },
  { fromMillis: 4000, toMillis: Number.POSITIVE_INFINITY, share: 25 },
] as const

/**
 * kubeReserved by the formula that EKS publishes, and uses on its nodes: memory grows with the pods, CPU with the cores.
 * Source: nodeadm/internal/kubelet/config.go of amazon-eks-ami (GetMemoryMebibytesToReserve, getCPUMillicoresToReserve).
 * @param cpuMillis of the machine
 */
export function recommendedReservation(maxPods: number, cpuMillis: number): Reservation {
  const cpu = CPU_SHARES.reduce((sum, { fromMillis, toMillis, share }) => {
    const inRange = Math.max(0, Math.min(cpuMillis, toMillis) - fromMillis)
    return sum + Math.trunc((inRange * share) / 10_000)
  }, 0)
  return { cpuMillis: cpu, memoryMebibytes: 11 * maxPods + 255, ephemeralStorage: '1Gi' }
}
