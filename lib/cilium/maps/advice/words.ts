import type { MapKind } from '../../../record/cilium-figures.ts'
import type { MapOfNode } from '../cluster/across-nodes.ts'

/** `291 of 256 entries on node-b (113%)`; of a map without a figure `room for 256 entries on node-b`. */
export function usageWords({ agent, map: { used, capacity, pressure, pressureAtMost } }: MapOfNode): string {
  const { node } = agent.agent
  const share = pressure === undefined ? '' : percent(pressure)
  if (used !== undefined && capacity !== undefined) return `${used} of ${capacity} entries on ${node} (${share})`
  if (pressure !== undefined) return `${share} full on ${node}`
  const bound = pressureAtMost === undefined ? '' : `, at most ${percent(pressureAtMost)} used`
  return capacity === undefined ? `of unknown size on ${node}` : `room for ${capacity} entries on ${node}${bound}`
}

export function percent(share: number): string {
  const value = share * 100
  return `${value > 0 && value < 1 ? '<1' : Math.floor(value + 1e-9)}%`
}

/** What it means for the cluster that a map is full. Sources: the drop reasons and errors that Cilium shows then. */
export function effectOfFull(kind: MapKind): string {
  return EFFECTS[kind]
}

const EVICTED = 'the kernel evicts other entries, whose connections may break'
const EFFECTS: Readonly<Record<MapKind, string>> = {
  conntrack: 'the kernel evicts other entries: live connections lose their state and are reset or dropped by policy',
  nat: 'the kernel evicts other entries: connections through NAT lose half of their pair and are reset',
  neighbour: EVICTED,
  socket: EVICTED,
  fragment: EVICTED,
  'load-balancer': 'Services and endpoints that do not fit are not programmed on that node: connections to them fail',
  policy: 'rules that do not fit are not enforced: regeneration of the endpoint fails and allowed traffic is dropped',
  ipcache: 'addresses that do not fit count as "world": policies that name their pods do not match',
  endpoint: 'new pods of that node get no network',
  auth: 'pods that must authenticate to each other are not let through',
  node: 'nodes that do not fit have no identity',
  egress: 'egress gateway rules that do not fit are not applied',
  other: 'new entries are refused',
}

/** What changing the size does to a cluster. */
export function disruptionOf(kind: MapKind): string {
  return DISRUPTIONS[kind] ?? 'agents restart and make the map anew'
}

const BREAKS_CONNECTIONS =
  'agents restart and make the map anew, which breaks connections of that node: roll out node by node (CiliumNodeConfig)'
const DISRUPTIONS: Readonly<Partial<Record<MapKind, string>>> = {
  conntrack: BREAKS_CONNECTIONS,
  nat: BREAKS_CONNECTIONS,
  'load-balancer':
    'agents restart and make the map anew, connections to Services break for a moment: roll out node by node (CiliumNodeConfig)',
  policy: 'agents restart and regenerate all endpoints',
}
