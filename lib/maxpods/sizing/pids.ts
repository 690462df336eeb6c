/** The kernel's own default of kernel.pid_max on small machines; systemd raises it on 64-bit ones. */
export const SMALL_PID_MAX = 32_768
/** The most that a 64-bit kernel takes (PID_MAX_LIMIT). */
export const LARGEST_PID_MAX = 4_194_304
/** Processes that the machine itself, its kubelet and runtime and a shim for each pod need: a rule of thumb. */
const OF_THE_NODE = 1000
const THREADS_PER_SHIM = 12

/**
 * The podPidsLimit with which all pods together leave process numbers for the machine, rounded down to a multiple of 16.
 * kubernetes.io (PID limiting) reckons likewise: 262,144 shared by 250 pods is about 1,000 for each.
 * @returns undefined where nothing is left for pods
 */
export function podPidsLimitFor(maxPods: number, pidMax: number): number | undefined {
  const forPods = pidMax - OF_THE_NODE - THREADS_PER_SHIM * maxPods
  const each = Math.floor(forPods / maxPods / 16) * 16
  return each < 16 ? undefined : each
}

/** kernel.pid_max that lets so many pods have as many processes as they may, rounded up to a power of two. */
export function pidMaxFor(maxPods: number, podPidsLimit: number): number {
  const needed = maxPods * (podPidsLimit + THREADS_PER_SHIM) + OF_THE_NODE
  return Math.min(LARGEST_PID_MAX, Math.max(SMALL_PID_MAX, 2 ** Math.ceil(Math.log2(needed))))
}
