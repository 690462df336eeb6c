import { join } from 'node:path'
import { PerfError, UsageError } from '../../../lib/errors/perf-error.ts'
import { clusterAddresses, type NodePlace } from '../addresses.ts'
import { type ClusterState, clusterFolder } from '../cluster-folder.ts'

/** What is particular to one real node. */
export interface RealNode {
  /** `node-a`, `node-b`, … */
  readonly name: string
  readonly address: string
  readonly podCidr: string
  /** Where the cluster has both families. */
  readonly ipv6: NodePlace | undefined
  readonly maxPods: number
  readonly zone: string | undefined
  readonly taints: readonly NodeTaint[]
  /** Its part of the cluster's folder. */
  readonly folder: string
}

export interface NodeTaint {
  readonly key: string
  readonly value: string
  readonly effect: string
}

/** Reads `dedicated=db:NoSchedule`, as `kubectl taint` writes it. */
export function parseTaint(text: string): NodeTaint {
  const [, key, value = '', effect] = /^([^=:]+)(?:=([^:]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$/.exec(text) ?? []
  if (key === undefined || effect === undefined) throw new UsageError(`taint ${text}: write it as key=value:NoSchedule`)
  return { key, value, effect }
}

export function realNodeName(index: number): string {
  return `node-${String.fromCharCode('a'.charCodeAt(0) + index)}`
}

/** The real node of that name. */
export function realNode(state: ClusterState, name: string): RealNode {
  const found = realNodes(state).find((node) => node.name === name)
  if (found === undefined) throw new PerfError(`The cluster has no real node ${name}`)
  return found
}

/** The real nodes that a cluster has been asked for. */
export function realNodes(state: ClusterState): RealNode[] {
  const { nodes, ipv6 } = clusterAddresses(state.slot)
  return nodes.slice(0, state.realNodes).map(({ address, podCidr }, index) => {
    const name = realNodeName(index)
    return {
      name,
      address,
      podCidr,
      ipv6: state.dualStack ? ipv6.nodes[index] : undefined,
      maxPods: state.maxPods[name] ?? 110,
      zone: state.zones[name],
      taints: (state.taints[name] ?? []).map(parseTaint),
      folder: join(clusterFolder(state.name), name),
    }
  })
}
