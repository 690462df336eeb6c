/** How many tasks (processes and threads) a machine can have, and has. */
export interface TaskLimit {
  /** The smaller of kernel.pid_max and kernel.threads-max. */
  readonly max: number
  readonly current?: number
}

interface Summary {
  node?: { rlimit?: { maxpid?: number; curproc?: number } }
}

/**
 * From a kubelet's `/stats/summary` (k8s.io/kubelet pkg/apis/stats/v1alpha1, RlimitStats; filled by pkg/kubelet/stats/pidlimit).
 * @returns undefined where it does not tell
 */
export function taskLimit(summary: unknown): TaskLimit | undefined {
  const { maxpid, curproc } = (summary as Summary | null)?.node?.rlimit ?? {}
  if (typeof maxpid !== 'number' || maxpid <= 0) return undefined
  return { max: maxpid, ...(typeof curproc === 'number' ? { current: curproc } : {}) }
}
