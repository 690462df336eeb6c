import type { KubeClient } from '../../kube/client.ts'
import type { Finding } from '../../record/run-record.ts'
import { readyCondition } from '../../workload/nodes/node-objects.ts'
import { readNodes } from '../../workload/nodes/read-nodes.ts'
import { condition, type PodObject } from '../../workload/pods/pod-status.ts'
import { MeasurementFault } from '../measurement-fault.ts'
import type { NetperfRun } from '../netperf-run.ts'
import type { Pair } from '../pair.ts'
import type { NetperfSession } from '../session.ts'

/** A look at a node is to explain a fault: when it takes longer, there is no explanation. */
const LOOK_TIMEOUT_MS = 5000

/**
 * Looks whether the node of one of the pair's pods explains a fault that the pods themselves do not.
 * @returns the fault as it was where the nodes are ready, or nobody says that they are not
 */
export async function explainByNodes(
  { client, pods, signal }: Pick<NetperfSession, 'pods' | 'signal'> & { client: Pick<KubeClient, 'list'> },
  pair: Pair,
  fault: MeasurementFault,
): Promise<MeasurementFault> {
  for (const role of ['client', 'server'] as const) {
    const { node, namespace, pod } = pair[role]
    // Who may not look at nodes sees at least what the node controller has done to the pod.
    const byPod = isMarkedNotReady(pods.get(namespace, pod)?.pod) ? 'is not ready' : undefined
    const what = await whatBecameOfNode(client, node, signal, byPod)
    if (what !== undefined) {
      return new MeasurementFault('NodeNotReady', `node ${node} of ${role} pod ${pod} ${what}`, { cause: fault })
    }
  }
  return fault
}

/**
 * Kubernetes takes some 50 s to find out that a node is away, when its samples may have failed for good already: looks once
 * more at the nodes of those that nothing has explained.
 */
export async function lostNodes(client: Pick<KubeClient, 'list'>, run: NetperfRun): Promise<Finding[]> {
  const unexplained = run.samples.flatMap(({ pair, result }) =>
    result.kind === 'failed' && !['NodeNotReady', 'PodGone'].includes(result.fault.code) ? (run.pairs[pair] ?? []) : [],
  )
  const nodes = new Set(unexplained.flatMap(({ client: from, server }) => [from.node, server.node]))
  const findings = [...nodes].map(async (node): Promise<Finding[]> => {
    const what = await whatBecameOfNode(client, node, new AbortController().signal)
    if (what === undefined) return []
    return [{ severity: 'error', code: 'NodeNotReady', message: `node ${node} ${what}`, objects: [`nodes/${node}`] }]
  })
  return (await Promise.all(findings)).flat()
}

/**
 * In the words of its Ready condition; undefined: it is ready.
 * @param unknown for a node that cannot be looked at
 * @throws the signal's reason
 */
async function whatBecameOfNode(
  client: Pick<KubeClient, 'list'>,
  name: string,
  signal: AbortSignal,
  unknown?: string,
): Promise<string | undefined> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(LOOK_TIMEOUT_MS)])
    const nodes = await readNodes(client, limit, `metadata.name=${name}`)
    if (nodes === undefined) return unknown
    const [node] = nodes
    if (node === undefined) return 'is no longer in the cluster'
    const ready = readyCondition(node)
    if (ready?.status === 'True') return undefined
    return `is not ready${ready?.message === undefined ? '' : `: ${ready.message}`}`
  } catch {
    signal.throwIfAborted()
    return unknown
  }
}

/**
 * Has the node controller marked the pod, because its node is not ready? It sets Ready to False and nothing else: there is
 * no reason, and the containers are still ready. A kubelet always gives a reason (MarkPodsNotReady in Kubernetes'
 * pkg/controller/util/node, GeneratePodReadyCondition in its pkg/kubelet/status).
 */
export function isMarkedNotReady(pod: PodObject | undefined): boolean {
  if (pod === undefined) return false
  const ready = condition(pod, 'Ready')
  const isWithoutReason = ready?.reason === undefined || ready.reason === ''
  return ready?.status === 'False' && isWithoutReason && condition(pod, 'ContainersReady')?.status === 'True'
}
