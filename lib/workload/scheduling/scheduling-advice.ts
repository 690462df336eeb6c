const ADVICE: readonly [RegExp, (match: RegExpExecArray) => string][] = [
  [/^No nodes$/, () => 'add nodes'],
  [
    /^Too many pods$/,
    () => 'raise maxPods of the kubelets, or add nodes: kubectl perf maxpods-check shows what limits each node',
  ],
  [
    /^Insufficient (cpu|memory)$/,
    ([, resource]) =>
      `lower --${resource}, or add nodes: kubectl describe nodes shows what is requested of each node's allocatable ${resource}`,
  ],
  [
    /^Insufficient (.+)$/,
    ([, resource]) => `kubectl describe nodes shows what is requested of each node's allocatable ${resource}`,
  ],
  [
    /taint \{node\.kubernetes\.io\/(not-ready|unreachable|network-unavailable)/,
    () => 'get the nodes ready first: kubectl describe nodes shows their conditions',
  ],
  [/taint \{([^:}]+):/, ([, key]) => `tolerate it with --toleration ${key}`],
  [
    /taint/,
    () =>
      "tolerate it with --toleration KEY: kubectl get nodes -o custom-columns='NAME:.metadata.name,TAINTS:.spec.taints[*].key' shows the keys",
  ],
  [
    /node affinity\/selector|Pod's node affinity|node selector/,
    () =>
      'choose labels that nodes have with --node-selector: kubectl get nodes --show-labels; where those nodes are tainted, add --toleration KEY',
  ],
  [/were unschedulable/, () => 'let pods on them again: kubectl uncordon NODE'],
  [/free ports/, () => 'a host port is taken once on each node: use fewer pods than nodes, or no host port'],
  [
    /[Pp]ersistent[Vv]olume|persistent volumes/,
    () => 'kubectl get persistentvolumeclaims,storageclasses shows what the claims wait for',
  ],
]

/** What helps against a reason of the scheduler's, as parseSchedulingFailure gives it; undefined for those it knows nothing of. */
export function schedulingAdvice(reason: string): string | undefined {
  for (const [pattern, advise] of ADVICE) {
    const match = pattern.exec(reason)
    if (match !== null) return advise(match)
  }
  return undefined
}
