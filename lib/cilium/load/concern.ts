import type { AgentReading } from '../../record/cilium-figures.ts'
import type { LoadPlan } from './load-plan.ts'
import { isOfConnections } from './map-growth.ts'

/** On a node that has both ends: one for each direction that is new to it. */
const MOST_PER_CONNECTION = 2
/** A map that evicts begins to below its size. */
const SAFE_SHARE = 0.8

/** What others in the cluster may feel, as a question to confirm; undefined where every node has room for the load. */
export function concernOfLoad(
  plan: Pick<LoadPlan, 'connections' | 'protocol'>,
  readings: readonly AgentReading[],
): string | undefined {
  const tight = readings.flatMap(({ agent, maps }) =>
    maps.flatMap((map) => {
      const { capacity, used = 0 } = map
      if (capacity === undefined || !isOfConnections(map, plan)) return []
      const share = (used + MOST_PER_CONNECTION * plan.connections) / capacity
      return share <= SAFE_SHARE ? [] : [{ node: agent.node, map: map.map, capacity, share }]
    }),
  )
  const [worst] = tight.toSorted((a, b) => b.share - a.share)
  if (worst === undefined) return undefined
  return `${plan.connections} connections may fill ${worst.map} of ${worst.node}, which holds ${worst.capacity} entries: the kernel then throws out those of other connections in the cluster.`
}
