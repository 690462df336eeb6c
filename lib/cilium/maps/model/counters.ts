import type { AgentReading } from '../../../record/cilium-figures.ts'

/** Two reads of one process, so far apart. */
export interface Since {
  readonly seconds: number
}

/**
 * How much a counter grew each second; undefined without a read before, or where it did not grow but began anew.
 * @param before its value then; undefined: it was not there, and so 0
 */
export function perSecond(count: number, before: number | undefined, since: Since | undefined): number | undefined {
  if (since === undefined || since.seconds <= 0) return undefined
  const grown = count - (before ?? 0)
  return grown < 0 ? undefined : grown / since.seconds
}

/** Clocks of two reads of the start time agree within this. */
const START_TOLERANCE_MS = 2000

/** Whether the process that was read before is another one: its counters have nothing to do with these. */
export function isOtherProcess(reading: AgentReading, previous: AgentReading): boolean {
  if (reading.agent.pod !== previous.agent.pod || reading.agent.namespace !== previous.agent.namespace) return true
  if (reading.startedAt !== undefined && previous.startedAt !== undefined) {
    return Math.abs(Date.parse(reading.startedAt) - Date.parse(previous.startedAt)) > START_TOLERANCE_MS
  }
  return hasFallen(reading, previous)
}

function hasFallen(reading: AgentReading, previous: AgentReading): boolean {
  const counts = countsOf(previous)
  return [...countsOf(reading)].some(([name, count]) => count < (counts.get(name) ?? 0))
}

function countsOf({ maps, drops, conntrack }: AgentReading): Map<string, number> {
  return new Map([
    ...maps.flatMap(({ map, operations }) =>
      operations.map(({ operation, outcome, count }) => [`${map}/${operation}/${outcome}`, count] as const),
    ),
    ...drops.map(({ reason, direction, packets }) => [`drop/${reason}/${direction}`, packets] as const),
    ...conntrack.collections.map(({ family, protocol, completed }) => [`gc/${family}/${protocol}`, completed] as const),
  ])
}
