import { PerfError } from '../../errors/perf-error.ts'
import type { Finding } from '../../record/run-record.ts'
import { isFakeNode, isUsableNode, type NodeObject, toleratesTaints } from '../../workload/nodes/node-objects.ts'
import type { NetperfPlan } from '../netperf-plan.ts'
import { ZONE } from './traffic-pod.ts'

/** A node that the run's pods may be placed on. */
export interface UsableNode {
  readonly name: string
  readonly zone?: string
}

/** Linux nodes that are ready, selected and tolerated, and can run something. */
export function usableNodes(nodes: readonly NodeObject[], { pods }: Pick<NetperfPlan, 'pods'>): UsableNode[] {
  return nodes
    .filter((node) => isCandidate(node, pods) && toleratesTaints(node, pods.tolerations))
    .map(({ metadata: { name, labels } }) => ({
      name,
      ...(labels?.[ZONE] === undefined ? {} : { zone: labels[ZONE] }),
    }))
}

/**
 * Finds out before anything is made whether the placements are possible at all.
 * @returns what people should know of the arrangement, as findings
 * @throws PerfError saying what is missing, and what can be done instead
 */
export function checkPlacements(
  nodes: readonly NodeObject[] | undefined,
  plan: Pick<NetperfPlan, 'pods' | 'tests' | 'arrangement'>,
): Finding[] {
  const placements = new Set(plan.tests.map(({ placement }) => placement))
  if (nodes === undefined) {
    if (!placements.has('mesh')) return []
    throw new PerfError('a mesh needs the names of all nodes, and this user may not list nodes', {
      advice: ['ask for the permission to list nodes, or measure pairs with --ratio'],
    })
  }
  const usable = usableNodes(nodes, plan)
  checkNamedNodes(nodes, usable, plan)
  if (usable.length === 0) throw noNode(nodes, plan)
  for (const placement of placements) checkPlacement(placement, usable, nodes, plan)
  return morePairsThanNodes(usable, plan)
}

function checkPlacement(
  placement: string,
  usable: readonly UsableNode[],
  nodes: readonly NodeObject[],
  { pods }: Pick<NetperfPlan, 'pods'>,
): void {
  const { clientNode, serverNode } = pods
  const isOneNode = clientNode !== undefined && clientNode === serverNode
  const areTwoNodes = clientNode !== undefined && serverNode !== undefined && !isOneNode
  if (placement === 'same-node') {
    if (!areTwoNodes) return
    throw new PerfError(`placement same-node is impossible between node ${clientNode} and node ${serverNode}`, {
      advice: ['name one of --client-node and --server-node, or leave --placement out'],
    })
  }
  if (placement === 'any') return
  if (isOneNode) {
    throw new PerfError(`placement ${placement} is impossible on one node: ${clientNode} is for client and server`, {
      advice: ['--placement same-node'],
    })
  }
  const [first, second] = usable
  if (first !== undefined && second === undefined) {
    const excluded = whyOthersAreNot(nodes, usable, pods)
    throw new PerfError(
      `${placement === 'mesh' ? 'a mesh' : `placement ${placement}`} needs two nodes, and only ${first.name} can be used${excluded}`,
      { advice: ['--placement same-node measures on one node', ...taintAdvice(nodes, usable, pods)] },
    )
  }
  if (placement === 'same-zone' || placement === 'other-zone') checkZones(placement, usable, pods)
}

function checkZones(
  placement: 'same-zone' | 'other-zone',
  usable: readonly UsableNode[],
  { clientNode, serverNode }: NetperfPlan['pods'],
): void {
  const zones = nodesByZone(usable)
  const zoneOf = (node: string | undefined) => usable.find(({ name }) => name === node)?.zone
  const [clientZone, serverZone] = [zoneOf(clientNode), zoneOf(serverNode)]
  const advice = ['kubectl get nodes -L topology.kubernetes.io/zone shows the zones']
  if (zones.size === 0) {
    throw new PerfError(`placement ${placement} needs zones, and no node has the label ${ZONE}`, {
      advice: ['--placement other-node'],
    })
  }
  if (clientZone !== undefined && serverZone !== undefined) {
    if ((clientZone === serverZone) === (placement === 'same-zone')) return
    throw new PerfError(
      `placement ${placement} is impossible: ${clientNode} is in zone ${clientZone}, ${serverNode} in zone ${serverZone}`,
      { advice },
    )
  }
  if (placement === 'other-zone' && zones.size === 1) {
    throw new PerfError(
      `placement other-zone needs two zones, and all nodes that can be used are in ${[...zones.keys()].join()}`,
      {
        advice: ['--placement same-zone', ...advice],
      },
    )
  }
  if (placement === 'same-zone' && [...zones.values()].every((count) => count === 1)) {
    throw new PerfError('placement same-zone needs two nodes in one zone, and each is in another', {
      advice: ['--placement other-zone', ...advice],
    })
  }
}

function checkNamedNodes(
  nodes: readonly NodeObject[],
  usable: readonly UsableNode[],
  { pods }: Pick<NetperfPlan, 'pods'>,
): void {
  for (const [option, name] of [
    ['--client-node', pods.clientNode],
    ['--server-node', pods.serverNode],
  ] as const) {
    if (name === undefined || usable.some((node) => node.name === name)) continue
    const node = nodes.find(({ metadata }) => metadata.name === name)
    if (node === undefined) {
      throw new PerfError(`nodes "${name}" not found`, {
        advice: [`${option} takes a name that kubectl get nodes shows`],
      })
    }
    throw new PerfError(`node ${name} cannot be used: it ${whyNot(node, pods)}`, {
      advice: taintAdvice([node], [], pods),
    })
  }
}

function noNode(nodes: readonly NodeObject[], { pods }: Pick<NetperfPlan, 'pods'>): PerfError {
  if (nodes.length === 0) return new PerfError('the cluster has no nodes')
  return new PerfError(`none of the ${nodes.length} nodes can be used${whyOthersAreNot(nodes, [], pods)}`, {
    advice: taintAdvice(nodes, [], pods),
  })
}

const MOST_NODES = 3

function whyOthersAreNot(
  nodes: readonly NodeObject[],
  usable: readonly UsableNode[],
  pods: NetperfPlan['pods'],
): string {
  const others = nodes.filter(({ metadata }) => !usable.some(({ name }) => name === metadata.name))
  if (others.length === 0) return ''
  const shown = others.slice(0, MOST_NODES).map((node) => `${node.metadata.name} ${whyNot(node, pods)}`)
  const more = others.length - shown.length
  return `: ${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}`
}

function whyNot(node: NodeObject, pods: NetperfPlan['pods']): string {
  if (isFakeNode(node)) return 'is fake and runs nothing'
  if (node.metadata.labels?.['kubernetes.io/os'] !== 'linux') return 'is no Linux node'
  if (!isUsableNode(node)) return node.spec?.unschedulable === true ? 'is cordoned' : 'is not ready'
  if (!isUsableNode(node, pods.nodeSelector)) return 'does not have the labels of --node-selector'
  return `has the taint ${hardTaints(node, pods)
    .map(({ key, effect }) => `${key}:${effect}`)
    .join(' and ')}`
}

function isCandidate(node: NodeObject, { nodeSelector }: NetperfPlan['pods']): boolean {
  return !isFakeNode(node) && node.metadata.labels?.['kubernetes.io/os'] === 'linux' && isUsableNode(node, nodeSelector)
}

function hardTaints(node: NodeObject, { tolerations }: NetperfPlan['pods']): { key: string; effect: string }[] {
  return (node.spec?.taints ?? []).filter(
    (taint) => !toleratesTaints({ ...node, spec: { taints: [taint] } }, tolerations),
  )
}

/** `--toleration KEY` for each taint that keeps pods from nodes that they could run on else. */
function taintAdvice(nodes: readonly NodeObject[], usable: readonly UsableNode[], pods: NetperfPlan['pods']): string[] {
  const others = nodes.filter(
    (node) => !usable.some(({ name }) => name === node.metadata.name) && isCandidate(node, pods),
  )
  const keys = new Set(others.flatMap((node) => hardTaints(node, pods).map(({ key }) => key)))
  return keys.size === 0 ? [] : [[...keys].map((key) => `--toleration ${key}`).join(' ')]
}

function morePairsThanNodes(
  usable: readonly UsableNode[],
  { arrangement, tests }: Pick<NetperfPlan, 'arrangement' | 'tests'>,
): Finding[] {
  if (arrangement.kind === 'mesh' || tests.every(({ placement }) => placement === 'mesh')) return []
  const pairs = Math.max(arrangement.clients, arrangement.servers)
  if (pairs <= usable.length) return []
  return [
    {
      severity: 'info',
      code: 'MorePairsThanNodes',
      message: `${pairs} pairs share ${usable.length} nodes: a node's network and CPU are divided among several of them`,
    },
  ]
}

/** Zones with two usable nodes or more, between which a pair within a zone can be. */
export function sharedZones(usable: readonly UsableNode[]): string[] {
  return [...nodesByZone(usable)].flatMap(([zone, count]) => (count > 1 ? [zone] : []))
}

function nodesByZone(usable: readonly UsableNode[]): Map<string, number> {
  const zones = new Map<string, number>()
  for (const { zone } of usable) if (zone !== undefined) zones.set(zone, (zones.get(zone) ?? 0) + 1)
  return zones
}
