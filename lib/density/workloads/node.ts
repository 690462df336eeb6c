import { PerfError } from '../../errors/perf-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import type { Pace } from '../../run/pacer.ts'
import { collectionPath, PODS } from '../../run/resource.ts'
import { namespaceFor, objectName, type RunScope } from '../../run/run-scope.ts'
import { isUsableNode, type NodeObject, toleratesTaints } from '../../workload/nodes/node-objects.ts'
import { pinnedPod } from '../../workload/pods/pinned-pod.ts'
import { manifestText, type PodOptions } from '../../workload/pods/pod-manifest.ts'
import type { PodObject } from '../../workload/pods/pod-status.ts'
import type { Load, Step } from '../load.ts'

/** How many pods each node gets: a number, or a share of the pods that still fit (1 is all). */
export type PodsPerNode = { pods: number } | { shareOfFree: number }

export interface NodeWorkload {
  podsPerNode: PodsPerNode
  pod: PodOptions
  pace: Pace
}

/**
 * Fills the nodes: as many pods for each schedulable, Ready node that the selector and the tolerations allow, placed by the
 * scheduler through a required affinity to the node. What is free is the node's allocatable pods less those that are
 * there and not over.
 * @throws PerfError when there is no node to fill; ApiError when nodes or pods cannot be listed
 */
export async function nodeLoad(
  client: KubeClient,
  scope: RunScope,
  { podsPerNode, pod, pace }: NodeWorkload,
  signal: AbortSignal,
): Promise<Load> {
  const { items: nodes } = await client.list<NodeObject>('/api/v1/nodes', { signal })
  const usable = nodes.filter(
    (node) => isUsableNode(node, pod.nodeSelector) && toleratesTaints(node, pod.tolerations ?? []),
  )
  if (usable.length === 0) {
    throw new PerfError(`none of ${nodes.length} nodes is Ready, schedulable and matches the selector`, {
      advice: ['kubectl get nodes shows their state; --toleration admits nodes with taints'],
    })
  }
  const running = await countRunningPods(client, signal)
  const plan = usable.map((node) => ({ name: node.metadata.name, pods: podsFor(node, podsPerNode, running) }))
  const pods = plan.reduce((sum, node) => sum + node.pods, 0)
  if (pods === 0) {
    throw new PerfError(`no pod fits on ${usable.length} nodes any more`, {
      advice: ['kubectl describe node shows the allocatable pods and those that are there'],
    })
  }
  function* steps(): Iterable<Step> {
    for (const [index, node] of plan.entries()) {
      const namespace = namespaceFor(scope, index)
      const body = manifestText((name) => pinnedPod(name, pod, node.name))
      for (let number = 0; number < node.pods; number += 1) {
        const name = objectName(scope, `pod-${index}-${number}`)
        yield { method: 'POST', path: collectionPath(PODS, namespace), body: body(name), pod: { namespace, name } }
      }
    }
  }
  return {
    phases: [{ name: 'create', count: pods, steps, pace, waitsForPods: true }],
    resources: [PODS],
    pods,
    images: [pod.image],
  }
}

function podsFor(node: NodeObject, podsPerNode: PodsPerNode, running: ReadonlyMap<string, number>): number {
  if ('pods' in podsPerNode) return podsPerNode.pods
  const allocatable = Number(node.status?.allocatable?.pods ?? 0)
  const free = Math.max(0, allocatable - (running.get(node.metadata.name) ?? 0))
  return Math.floor(free * podsPerNode.shareOfFree)
}

async function countRunningPods(client: KubeClient, signal: AbortSignal): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  const fieldSelector = 'status.phase!=Succeeded,status.phase!=Failed'
  for await (const { items } of client.listPages<PodObject>('/api/v1/pods', { fieldSelector, signal })) {
    for (const { spec } of items) {
      if (spec?.nodeName !== undefined) counts.set(spec.nodeName, (counts.get(spec.nodeName) ?? 0) + 1)
    }
  }
  return counts
}
