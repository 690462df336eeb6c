import type { NetperfPlan } from '../netperf-plan.ts'
import type { ServerProcess } from '../pair.ts'
import { createPortAllocator } from './port-allocator.ts'
import { type Group, groupName, groupsOf } from './test-groups.ts'
import { type ContainerContext, clientContainers, serverContainers } from './wanted-containers.ts'
import type { Relation, WantedPair, WantedPod } from './wanted-pod.ts'

export interface Arrangement {
  readonly pods: readonly WantedPod[]
  readonly pairs: readonly WantedPair[]
  /** By the test's index: pairs that carry traffic at the same time, round after round. */
  readonly rounds: ReadonlyMap<number, readonly (readonly number[])[]>
}

/**
 * Which pods a plan needs, and who talks to whom. With C clients and S servers there are max(C, S) pairs: pair i is
 * client i mod C with server i mod S, so that each server serves ⌈C/S⌉ clients at most. In a mesh each pod is on a node
 * of its own, and sends and receives once in each of N-1 rounds.
 * @param nodes for a mesh: one pod on each
 * @param sharedZones those with two nodes or more, for pairs within a zone; none are known where nodes cannot be read
 */
export function arrange(
  plan: Pick<NetperfPlan, 'tests' | 'engines' | 'pods' | 'arrangement'>,
  nodes: readonly string[],
  sharedZones: readonly string[] = [],
): Arrangement {
  const pods: WantedPod[] = []
  const pairs: WantedPair[] = []
  const rounds = new Map<number, number[][]>()
  const hostPorts = createPortAllocator()
  const groups = groupsOf(plan.tests)
  for (const group of groups) {
    const counterpart = group.hostNetwork
      ? groups.find(({ placement, hostNetwork }) => placement === group.placement && !hostNetwork)
      : undefined
    const context: GroupContext = { plan, group, counterpart, hostPorts, sharedZones }
    const made = group.placement === 'mesh' ? mesh(context, nodes, pairs.length) : ratio(context, pairs.length)
    pods.push(...made.pods)
    pairs.push(...made.pairs)
    for (const test of group.tests) rounds.set(test, made.rounds)
  }
  return { pods, pairs, rounds }
}

interface GroupContext extends ContainerContext {
  readonly plan: Pick<NetperfPlan, 'engines' | 'pods' | 'arrangement'>
  /** Of a group on the host network: the one over the pod network with the same placement. */
  readonly counterpart: Group | undefined
  readonly sharedZones: readonly string[]
}

interface ArrangedGroup {
  pods: WantedPod[]
  pairs: WantedPair[]
  rounds: number[][]
}

function ratio(context: GroupContext, firstIndex: number): ArrangedGroup {
  const { plan, group } = context
  const { clients, servers } = plan.arrangement.kind === 'ratio' ? plan.arrangement : { clients: 1, servers: 1 }
  const { clientNode, serverNode } = plan.pods
  const name = (role: Role, index: number) => `${groupName(group)}-${role}-${index}`
  const links = Array.from({ length: Math.max(clients, servers) }, (_, index) => ({
    index: firstIndex + index,
    client: name('client', index % clients),
    server: name('server', index % servers),
  }))
  // Whose place the others find theirs by: those that are to be on one certain node, else those that have several
  // partners, whom a place between many others might not be left for.
  const few: Role = clients < servers ? 'client' : 'server'
  const anchor =
    clientNode === undefined ? (serverNode === undefined ? few : 'server') : serverNode === undefined ? 'client' : few
  const placeOf = (role: Role, pod: string, index: number): Pick<WantedPod, 'relation' | 'zones'> => {
    // Between the same nodes as over the pod network: else the two could not be compared.
    if (context.counterpart !== undefined) {
      return { relation: { kind: 'same-node', pods: [`${groupName(context.counterpart)}-${role}-${index}`] } }
    }
    if (role === anchor) {
      const { placement } = group
      return placement === 'same-zone' && context.sharedZones.length > 0 ? { zones: context.sharedZones } : {}
    }
    const partners = links.filter((link) => link[role] === pod).map((link) => link[opposite(role)])
    return relation(group.placement, [...new Set(partners)])
  }
  const processesOf = new Map<number, ServerProcess[]>()
  const podsOf = (role: Role, count: number, node: string | undefined) =>
    Array.from({ length: count }, (_, index): WantedPod => {
      const pod = name(role, index)
      const own = links.filter((link) => link[role] === pod)
      const containers = role === 'server' ? serverContainers(context, own, processesOf) : clientContainers(context)
      return {
        ...podOf(group, pod, role),
        ...(node === undefined ? {} : { node }),
        ...placeOf(role, pod, index),
        containers,
      }
    })
  const pods = [...podsOf('server', servers, serverNode), ...podsOf('client', clients, clientNode)]
  const pairs = links.map((link) => ({ ...link, processes: processesOf.get(link.index) ?? [] }))
  return { pods, pairs, rounds: [links.map(({ index }) => index)] }
}

function mesh(context: GroupContext, nodes: readonly string[], firstIndex: number): ArrangedGroup {
  const { group } = context
  const name = (index: number) => `${groupName(group)}-${index}`
  const processesOf = new Map<number, ServerProcess[]>()
  const pods = nodes.map((node, index): WantedPod => {
    // Each receives once in a round: one process is enough for all that come to it.
    const containers = serverContainers(context, [{ index }], processesOf)
    return { ...podOf(group, name(index), 'peer'), node, containers }
  })
  const pairs: WantedPair[] = []
  const rounds = nodes.slice(1).map((_, round) =>
    nodes.map((_, from) => {
      const to = (from + round + 1) % nodes.length
      const index = firstIndex + pairs.length
      pairs.push({ index, client: name(from), server: name(to), processes: processesOf.get(to) ?? [] })
      return index
    }),
  )
  return { pods, pairs, rounds }
}

function podOf(
  { placement, hostNetwork }: Group,
  name: string,
  role: WantedPod['role'],
): Pick<WantedPod, 'name' | 'placement' | 'hostNetwork' | 'role'> {
  return { name, placement, hostNetwork, role }
}

function relation(placement: Group['placement'], pods: readonly string[]): { relation?: Relation } {
  return placement === 'any' || placement === 'mesh' ? {} : { relation: { kind: placement, pods } }
}

type Role = 'client' | 'server'

function opposite(role: Role): Role {
  return role === 'client' ? 'server' : 'client'
}

/** The pods in waves: a pod finds its place by others only once these have theirs. */
export function creationWaves(pods: readonly WantedPod[]): WantedPod[][] {
  const waves: WantedPod[][] = []
  let left = [...pods]
  while (left.length > 0) {
    const waiting = new Set(left.map(({ name }) => name))
    const wave = left.filter((pod) => pod.relation?.pods.some((name) => waiting.has(name)) !== true)
    if (wave.length === 0) throw new RangeError('pods wait for each other')
    waves.push(wave)
    left = left.filter((pod) => !wave.includes(pod))
  }
  return waves
}
