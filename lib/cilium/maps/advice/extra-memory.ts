import type { AgentReading, MapReading } from '../../../record/cilium-figures.ts'
import { knownMap } from '../catalogue/known-maps.ts'
import { growingBytes, preallocatedBytes, takesAllAtOnce } from '../sizing/map-memory.ts'

export interface ExtraMemory {
  /** With all entries used. */
  readonly bytes: number
  /** Without any. */
  readonly atOnceBytes: number
}

/**
 * Kernel memory that a node needs more when a setting is changed: all the maps which it sizes, of both IP families, with so
 * many entries each. Maps that are tries take memory only for the entries they have, and count for nothing here.
 * @returns of the node where it is the most; undefined where no map of it is a hash
 */
export function extraMemory(agents: readonly AgentReading[], flag: string, entries: number): ExtraMemory | undefined {
  const ofNodes = agents.flatMap((agent) => {
    const maps = sizedBy(agent, flag).flatMap((map) => extraOf(map, agent.preallocatesMaps, entries) ?? [])
    return maps.length === 0 ? [] : [maps.reduce(add)]
  })
  return ofNodes.length === 0 ? undefined : ofNodes.reduce((most, each) => (each.bytes > most.bytes ? each : most))
}

/** The maps of an agent whose size a setting gives. */
export function sizedBy({ maps }: AgentReading, flag: string): readonly MapReading[] {
  return maps.filter(({ configured }) => configured?.flag === flag)
}

function extraOf(
  { map, capacity }: MapReading,
  preallocates: boolean | undefined,
  entries: number,
): ExtraMemory | undefined {
  const known = knownMap(map)
  if (known?.keyBytes === undefined || known.valueBytes === undefined || capacity === undefined) return undefined
  const { type, keyBytes, valueBytes } = known
  const bytesOf = (size: number, used: number) => {
    const shape = { type, entries: size, keyBytes, valueBytes }
    return (takesAllAtOnce(known, preallocates ?? true) ? preallocatedBytes(shape) : growingBytes(shape, used)) ?? 0
  }
  return {
    bytes: Math.max(0, bytesOf(entries, entries) - bytesOf(capacity, capacity)),
    atOnceBytes: Math.max(0, bytesOf(entries, 0) - bytesOf(capacity, 0)),
  }
}

function add(a: ExtraMemory, b: ExtraMemory): ExtraMemory {
  return { bytes: a.bytes + b.bytes, atOnceBytes: a.atOnceBytes + b.atOnceBytes }
}
