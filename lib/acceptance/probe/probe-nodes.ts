import { PerfError } from '../../errors/perf-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import type { Finding } from '../../record/run-record.ts'
import { isFakeNode, isUsableNode, type NodeObject, toleratesTaints } from '../../workload/nodes/node-objects.ts'
import { readNodes } from '../../workload/nodes/read-nodes.ts'
import type { ProbeParameters } from './probe-parameters.ts'

/** Where client pods go. */
export interface ProbeNodes {
  /** Undefined: the nodes may not be listed, and the scheduler places the pods. */
  readonly names: readonly string[] | undefined
  readonly findings: readonly Finding[]
}

type NodeWish = Pick<ProbeParameters, 'nodes' | 'tolerations' | 'nodeSelector'>

/**
 * The nodes that get a client pod: all that can run one, or as many of them as there may be, from the whole list of names.
 * @throws PerfError where there is none
 */
export async function chooseNodes(client: KubeClient, wish: NodeWish, signal: AbortSignal): Promise<ProbeNodes> {
  const nodes = await readNodes(client, signal)
  if (nodes === undefined) {
    const message = 'the nodes may not be listed: the scheduler chose where the two client pods are'
    return { names: undefined, findings: [{ severity: 'info', code: 'NodesUnknown', message }] }
  }
  const usable = nodes.filter((node) => isProbeNode(node, wish)).map(({ metadata }) => metadata.name)
  if (usable.length === 0) {
    throw new PerfError(`none of the ${nodes.length} nodes can run a client pod`, {
      advice: ['it takes a Linux node that is ready, not cordoned, and without a taint that is not tolerated'],
    })
  }
  const names = evenly(usable.sort(), wish.nodes)
  if (names.length === usable.length) return { names, findings: [] }
  const message = `measured from ${names.length} of ${usable.length} nodes`
  return { names, findings: [{ severity: 'info', code: 'NodesSampled', message }] }
}

function isProbeNode(node: NodeObject, { tolerations, nodeSelector }: NodeWish): boolean {
  const selector = { 'kubernetes.io/os': 'linux', ...nodeSelector }
  return !isFakeNode(node) && isUsableNode(node, selector) && toleratesTaints(node, tolerations)
}

/** So many of the items at most, from the first to the last at the same distance. */
export function evenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items]
  return Array.from({ length: most }, (_, index) => items[Math.floor((index * items.length) / most)] as T)
}
