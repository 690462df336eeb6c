import type { AgentReading } from '../../../record/cilium-figures.ts'
import { isOtherProcess, perSecond, type Since } from './counters.ts'

/**
 * A reading with the rates of its counters since the one before. Where the agent restarted in between its counters began
 * anew: then there are none, and the reading says so.
 */
export function withRates(reading: AgentReading, previous: AgentReading): AgentReading {
  if (isOtherProcess(reading, previous)) return { ...reading, isRestarted: true }
  const since: Since = { seconds: (Date.parse(reading.readAt) - Date.parse(previous.readAt)) / 1000 }
  const rate = (count: number, before: number | undefined) => {
    const value = perSecond(count, before, since)
    return value === undefined ? {} : { perSecond: value }
  }
  const mapsBefore = new Map(previous.maps.map((map) => [map.map, map]))
  return {
    ...reading,
    maps: reading.maps.map((map) => ({
      ...map,
      operations: map.operations.map((each) => {
        const before = mapsBefore
          .get(map.map)
          ?.operations.find(({ operation, outcome }) => operation === each.operation && outcome === each.outcome)
        return { ...each, ...rate(each.count, before?.count) }
      }),
    })),
    drops: reading.drops.map((drop) => {
      const before = previous.drops.find(
        ({ reason, direction }) => reason === drop.reason && direction === drop.direction,
      )
      return { ...drop, ...rate(drop.packets, before?.packets) }
    }),
    conntrack: {
      ...reading.conntrack,
      collections: reading.conntrack.collections.map((each) => {
        const before = previous.conntrack.collections.find(
          ({ family, protocol }) => family === each.family && protocol === each.protocol,
        )
        return { ...each, ...rate(each.completed, before?.completed) }
      }),
    },
  }
}
