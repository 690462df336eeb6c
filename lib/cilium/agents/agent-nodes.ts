import { PerfError } from '../../errors/perf-error.ts'
import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { parseQuantity } from '../../record/quantity.ts'
import type { NodeObject } from '../../workload/nodes/node-objects.ts'
import type { NodeFacts } from '../maps/agent-answer.ts'

export interface AgentNode extends NodeFacts {
  readonly labels: Readonly<Record<string, string>>
}

export interface NodeQuery {
  /** Names; empty: all nodes. */
  readonly nodes: readonly string[]
  /** As kubectl's -l takes it. */
  readonly nodeSelector?: string | undefined
}

/**
 * The nodes that are asked about, by name; undefined where this user may not list nodes and did not ask for certain ones.
 * @throws PerfError for a node that is not there, or a selector that fits none; ApiError, ConnectionError
 */
export async function readAgentNodes(
  client: Pick<KubeClient, 'list'>,
  { nodes, nodeSelector }: NodeQuery,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, AgentNode> | undefined> {
  let items: readonly NodeObject[]
  try {
    const options = nodeSelector === undefined ? { signal } : { signal, labelSelector: nodeSelector }
    items = (await client.list<NodeObject>('/api/v1/nodes', options)).items
  } catch (error) {
    if (isApiError(error) && error.code === 403 && nodeSelector === undefined) return undefined
    throw error
  }
  if (nodeSelector !== undefined && items.length === 0) {
    throw new PerfError(`no node has the labels "${nodeSelector}"`, {
      advice: ['kubectl get nodes --show-labels shows what they have'],
    })
  }
  const facts = new Map(items.map((item) => [item.metadata.name, describeNode(item)]))
  const missing = nodes.find((name) => !facts.has(name))
  if (missing !== undefined) {
    const among = nodeSelector === undefined ? '' : ` with the labels "${nodeSelector}"`
    throw new PerfError(`node "${missing}" not found${among}`)
  }
  return nodes.length === 0 ? facts : new Map([...facts].filter(([name]) => nodes.includes(name)))
}

function describeNode({ metadata, status }: NodeObject): AgentNode {
  const memoryBytes = quantityOf(status?.capacity?.memory)
  const cpus = quantityOf(status?.capacity?.cpu)
  const kernel = status?.nodeInfo?.kernelVersion
  return {
    name: metadata.name,
    labels: metadata.labels ?? {},
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(kernel === undefined || kernel === '' ? {} : { kernel }),
  }
}

function quantityOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseQuantity(text)
}
