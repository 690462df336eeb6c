import type { Toleration } from '../pods/pod-manifest.ts'

/** What this program reads of a node. */
export interface NodeObject {
  metadata: { name: string; labels?: Readonly<Record<string, string>>; annotations?: Readonly<Record<string, string>> }
  spec?: { unschedulable?: boolean; taints?: readonly { key: string; value?: string; effect: string }[] }
  status?: {
    conditions?: readonly { type: string; status: string; message?: string }[]
    addresses?: readonly { type: string; address: string }[]
    images?: readonly { names?: readonly string[] | null }[]
    allocatable?: Readonly<Record<string, string>>
    capacity?: Readonly<Record<string, string>>
    nodeInfo?: { kernelVersion?: string }
  }
}

/** kwok's nodes run nothing: there is no image to pull, and no kubelet to ask. */
export function isFakeNode({ metadata }: NodeObject): boolean {
  return metadata.annotations?.['kwok.x-k8s.io/node'] === 'fake'
}

/** The node's word on whether it can run pods. */
export function readyCondition({ status }: NodeObject): { status: string; message?: string } | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready')
}

/** Ready, not cordoned, and with every label of the selector. Taints are not looked at: pods may tolerate them. */
export function isUsableNode(node: NodeObject, nodeSelector: Readonly<Record<string, string>> = {}): boolean {
  const { labels = {} } = node.metadata
  const isSelected = Object.entries(nodeSelector).every(([name, value]) => labels[name] === value)
  return readyCondition(node)?.status === 'True' && isSelected && node.spec?.unschedulable !== true
}

/** Does some toleration match each taint that keeps new pods away? (kubernetes.io: Taints and Tolerations) */
export function toleratesTaints({ spec }: NodeObject, tolerations: readonly Toleration[]): boolean {
  const hard = (spec?.taints ?? []).filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')
  return hard.every((taint) => tolerations.some((toleration) => matches(toleration, taint)))
}

function matches(
  { key, operator, value, effect }: Toleration,
  taint: { key: string; value?: string; effect: string },
): boolean {
  if (effect !== undefined && effect !== taint.effect) return false
  if (key === undefined) return operator === 'Exists'
  return key === taint.key && (operator === 'Exists' || (value ?? '') === (taint.value ?? ''))
}
