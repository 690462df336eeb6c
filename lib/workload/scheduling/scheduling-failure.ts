/** Why the scheduler found no node for a pod. */
export interface SchedulingFailure {
  totalNodes: number
  /** In the scheduler's words, without its "node(s) ", in its order; a node may have several. */
  reasons: readonly NodesRefused[]
}

export interface NodesRefused {
  reason: string
  /** How many nodes were out of the question for it. */
  nodes: number
}

const HEAD = /^0\/(\d+) nodes are available: /
const COUNTED = /^(\d+) (.+)$/
/** A taint of Kubernetes before 1.24 has a comma of its own: "node(s) had taint {key: value}, that the pod didn't tolerate". */
const BETWEEN_REASONS = /, (?=\d+ )/
/** The pod's own, as --node-selector makes it. */
const SELECTOR = /Pod's node affinity|node selector/

/**
 * Reads what kube-scheduler says in the PodScheduled condition and in FailedScheduling events:
 * `0/3 nodes are available: 1 Insufficient cpu, 2 Too many pods. preemption: 0/3 nodes are available: …`.
 * What a plugin says of all nodes at once (`persistentvolumeclaim "x" not found`) counts for all of them; what comes
 * after the first sentence, preemption, is left out. Source: FitError.Error in pkg/scheduler/framework/types.go, 1.20 to 1.34.
 * @returns undefined where the message is of another kind
 */
export function parseSchedulingFailure(message: string): SchedulingFailure | undefined {
  if (message === 'no nodes available to schedule pods') return { totalNodes: 0, reasons: [] }
  const head = HEAD.exec(message)
  if (head === null) return undefined
  const totalNodes = Number(head[1])
  const sentence = firstSentence(message.slice(head[0].length))
  if (sentence === '' || sentence.startsWith('preemption: ')) return undefined
  const parts = COUNTED.test(sentence) ? sentence.split(BETWEEN_REASONS) : [`${totalNodes} ${sentence}`]
  const reasons = parts.flatMap((part) => {
    const [, count, reason] = COUNTED.exec(part) ?? []
    return reason === undefined ? [] : [{ reason: plainReason(reason), nodes: Number(count) }]
  })
  return { totalNodes, reasons }
}

/**
 * The reason that matters most: what keeps the pod from most of the nodes that it might run on at all. Nodes that a
 * taint, a selector or a cordon shuts out count only where there is nothing else; of these a selector comes before taints
 * that can be tolerated, however many nodes have them: the scheduler asks for the taints first, so the nodes that the
 * selector is named for are those without, and none of them fits.
 */
export function mainReason({ totalNodes, reasons }: SchedulingFailure): NodesRefused | undefined {
  if (totalNodes === 0) return { reason: 'No nodes', nodes: 0 }
  const candidates = reasons.filter(({ reason }) => !isExclusion(reason))
  const isUnselected = reasons.some(({ reason }) => SELECTOR.test(reason))
  const exclusions = isUnselected ? reasons.filter(({ reason }) => !isTolerable(reason)) : reasons
  const rivals = candidates.length === 0 ? exclusions : candidates
  return rivals.reduce<NodesRefused | undefined>(
    (most, next) => (most === undefined || next.nodes > most.nodes ? next : most),
    undefined,
  )
}

/** One picture of several pods' failures: each reason with the most nodes that any of them gives, the most first. */
export function mergeSchedulingFailures(failures: readonly SchedulingFailure[]): SchedulingFailure {
  const nodes = new Map<string, number>()
  for (const refused of failures.flatMap(({ reasons }) => reasons)) {
    nodes.set(refused.reason, Math.max(nodes.get(refused.reason) ?? 0, refused.nodes))
  }
  const reasons = [...nodes].map(([reason, nodes]) => ({ reason, nodes }))
  return {
    totalNodes: failures.reduce((most, { totalNodes }) => Math.max(most, totalNodes), 0),
    reasons: reasons.sort((a, b) => b.nodes - a.nodes),
  }
}

/** `Too many pods on 2 of 3 nodes, had untolerated taint {x: } on 1` */
export function describeSchedulingFailure({ totalNodes, reasons }: SchedulingFailure): string {
  if (totalNodes === 0) return 'the cluster has no nodes'
  return reasons
    .map(({ reason, nodes }, index) => `${reason} on ${nodes}${index === 0 ? ` of ${totalNodes} nodes` : ''}`)
    .join(', ')
}

/** Not what Kubernetes taints a node with that is not well. */
function isTolerable(reason: string): boolean {
  return reason.includes('taint') && !reason.includes('{node.kubernetes.io/')
}

function isExclusion(reason: string): boolean {
  return /taint|(Pod's|scheduler-enforced) node affinity|node selector|were unschedulable|requested (node name|hostname)|satisfy plugin/.test(
    reason,
  )
}

function plainReason(reason: string): string {
  return reason
    .replace(/^node\(s\) /, '')
    .replace(/^had taint (\{.*\}), that the pod didn't tolerate$/, 'had untolerated taint $1')
}

/** Up to the first full stop that ends a sentence; those inside of resource names and taints do not. */
function firstSentence(text: string): string {
  const end = /\.(?= |$)/.exec(text)
  return (end === null ? text : text.slice(0, end.index)).trim()
}
