import type { AgentReading, MapReading } from '../../record/cilium-figures.ts'
import type { MapGrowth } from '../../record/details/load-details.ts'
import type { LoadPlan } from './load-plan.ts'
import type { LoadRun } from './load-run.ts'

/** What is less than this is the cluster's own coming and going. */
const LEAST_GROWTH = 10
/** A map that evicts is full below its size: each CPU keeps free entries of its own (kernel/bpf/bpf_lru_list.c). */
const FULL_SHARE = 0.7
/** Of what must be there if nothing was evicted: some entries are counted a little early, or late. */
const EVICTED_SHARE = 0.9
/** At least so much of an equal share of the connections gets to each server. */
const LEAST_SHARE = 0.8

type Plan = Pick<LoadPlan, 'protocol' | 'kind'>
type Run = Pick<LoadRun, 'readings' | 'clients' | 'servers'>

/**
 * How each map of each node has grown from the read before the load to the highest one: those that did, and those of the
 * connections in any case.
 */
export function mapGrowth(plan: Plan, run: Run): MapGrowth[] {
  const [first, ...later] = run.readings
  if (first === undefined || later.length === 0) return []
  const opened = run.clients.reduce((sum, client) => sum + client.opened, 0)
  return first.readings.flatMap((before) => {
    const after = later.flatMap(({ readings }) => readings.filter(({ agent }) => agent.node === before.agent.node))
    return before.maps.flatMap((map) => growthOf({ plan, run, before, after, map, opened }) ?? [])
  })
}

interface Grown {
  plan: Plan
  run: Run
  before: AgentReading
  after: readonly AgentReading[]
  map: MapReading
  opened: number
}

function growthOf(grown: Grown): MapGrowth | undefined {
  const { plan, before, after, map, opened } = grown
  const { used } = map
  const values = after.flatMap(({ maps }) => maps.find((other) => other.map === map.map)?.used ?? [])
  if (used === undefined || values.length === 0) return undefined
  const most = Math.max(...values)
  const isOwn = isOfConnections(map, plan)
  if (!isOwn && most - used < LEAST_GROWTH) return undefined
  const isFull = isFullUnder(grown, most)
  const isStale = isOwn && !isFull && map.basis === 'gc' && collectionsOf(before) === collectionsOf(after.at(-1))
  const state = isFull ? 'full' : isStale ? 'stale' : 'grew'
  return {
    node: before.agent.node,
    map: map.map,
    before: used,
    most,
    ...(map.capacity === undefined ? {} : { capacity: map.capacity }),
    ...(state === 'grew' && opened > 0 ? { perThousand: ((most - used) / opened) * 1000 } : {}),
    state,
  }
}

/** The connection tracking map that the load's connections go into; both families, since the Service may have either. */
export function isOfConnections({ map, kind }: MapReading, { protocol }: Pick<Plan, 'protocol'>): boolean {
  return kind === 'conntrack' && map.startsWith('ct_any') === (protocol === 'udp') && map.includes('4')
}

function isFullUnder({ plan, run, before, map, opened }: Grown, most: number): boolean {
  const { capacity, whenFull } = map
  if (capacity === undefined) return false
  if (whenFull === 'fails') return most >= capacity
  if (most < FULL_SHARE * capacity) return false
  if (plan.kind !== 'held' || !isOfConnections(map, plan)) return most >= capacity
  return most < EVICTED_SHARE * ((map.used ?? 0) + leastEntries(run, before.agent.node, opened))
}

/** Each connection has an entry on the node of its client, and one on that of its server. */
function leastEntries({ clients, servers }: Run, node: string, opened: number): number {
  const own = clients.filter((client) => client.node === node).reduce((sum, client) => sum + client.opened, 0)
  const served = servers.filter((server) => server.node === node).length / Math.max(1, servers.length)
  return own + LEAST_SHARE * served * opened
}

function collectionsOf(reading: AgentReading | undefined): number {
  return (reading?.conntrack.collections ?? []).reduce((sum, { completed }) => sum + completed, 0)
}
