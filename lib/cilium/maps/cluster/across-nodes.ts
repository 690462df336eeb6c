import type { AgentReading, MapReading } from '../../../record/cilium-figures.ts'
import type { MapAcrossNodes } from '../../../record/details/cilium-maps-details.ts'
import { sum } from '../../../stats/sum.ts'
import { type MapState, mapState } from './map-state.ts'

/** A map of one node. */
export interface MapOfNode {
  readonly agent: AgentReading
  readonly map: MapReading
  readonly state: MapState
}

/** The same map on all nodes that have it, worst first. */
export function mapsByName(agents: readonly AgentReading[]): ReadonlyMap<string, readonly MapOfNode[]> {
  const all = agents.flatMap((agent) => agent.maps.map((map) => ({ agent, map, state: mapState(map, agent) })))
  const byName = Map.groupBy(all, ({ map }) => map.map)
  return new Map([...byName].map(([name, maps]) => [name, maps.toSorted(byPressure)]))
}

/** Each map with the node where it is fullest and how much nodes differ; the fullest map first, those without figures last. */
export function acrossNodes(agents: readonly AgentReading[]): MapAcrossNodes[] {
  return [...mapsByName(agents).values()].map(describe).toSorted(byState)
}

function describe(maps: readonly MapOfNode[]): MapAcrossNodes {
  const [worst] = maps
  if (worst === undefined) throw new Error('a map that no node has')
  const { map, kind, type, whenFull } = worst.map
  const pressures = maps.flatMap(({ map: { pressure } }) => pressure ?? [])
  const bounds = maps.flatMap(({ map: { pressureAtMost } }) => pressureAtMost ?? [])
  const failures = maps.flatMap(({ map: { operations } }) => operations.filter(isFailedUpdate))
  const rates = failures.flatMap(({ perSecond }) => perSecond ?? [])
  const memory = maps.flatMap(({ map: { memory } }) => memory?.bytes ?? [])
  const capacities = new Set(maps.flatMap(({ map: { capacity } }) => capacity ?? []))
  const missing = pressures.length + bounds.length > 0 ? undefined : worst.map.missing
  return {
    map,
    kind,
    ...(type === undefined ? {} : { type }),
    whenFull,
    ...(pressures.length === 0
      ? {}
      : { worst: worstNode(worst), minPressure: Math.min(...pressures), maxPressure: Math.max(...pressures) }),
    ...(bounds.length === 0 || pressures.length > 0 ? {} : { pressureAtMost: Math.max(...bounds) }),
    nodes: maps.length,
    nodesWithFigure: pressures.length + bounds.length,
    capacities: [...capacities].toSorted((a, b) => a - b),
    ...(maps.every(({ agent }) => agent.countsNoOperations === true)
      ? {}
      : { failedOperations: sum(failures.map(({ count }) => count)) }),
    ...(rates.length === 0 ? {} : { failedPerSecond: sum(rates) }),
    ...(memory.length === 0 ? {} : { memoryBytes: Math.max(...memory) }),
    state: SEVERITIES.find((state) => maps.some((each) => each.state === state)) ?? 'unknown',
    ...(missing === undefined ? {} : { missing }),
  }
}

function worstNode({ agent, map: { used, capacity, pressure } }: MapOfNode): NonNullable<MapAcrossNodes['worst']> {
  return {
    node: agent.agent.node,
    ...(used === undefined ? {} : { used }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(pressure === undefined ? {} : { pressure }),
  }
}

/** Of an entry that was not there a deletion fails as well: only updates tell that there is no room. */
export function isFailedUpdate({ operation, outcome }: MapReading['operations'][number]): boolean {
  return operation === 'update' && outcome === 'fail'
}

const SEVERITIES: readonly MapState[] = ['full', 'high', 'ok', 'unknown']

function byPressure(a: MapOfNode, b: MapOfNode): number {
  const order = rank(b.map) - rank(a.map)
  return order === 0 ? compareText(a.agent.agent.node, b.agent.agent.node) : order
}

/** Maps without a figure come last, those that are below a bound before them. */
function rank({ pressure, pressureAtMost }: MapReading): number {
  if (pressure !== undefined) return pressure
  return pressureAtMost === undefined ? -2 : -1
}

function byState(a: MapAcrossNodes, b: MapAcrossNodes): number {
  const order = acrossRank(b) - acrossRank(a)
  return order === 0 ? compareText(a.map, b.map) : order
}

function acrossRank({ maxPressure, pressureAtMost }: MapAcrossNodes): number {
  if (maxPressure !== undefined) return maxPressure
  return pressureAtMost === undefined ? -2 : -1
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
