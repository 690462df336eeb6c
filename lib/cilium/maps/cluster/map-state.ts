import type { AgentReading, MapReading } from '../../../record/cilium-figures.ts'
import type { MapAcrossNodes } from '../../../record/details/cilium-maps-details.ts'

export type MapState = MapAcrossNodes['state']

/** From here on a map is worth a look. */
export const HIGH_PRESSURE = 0.7

/** Entries that the kernel keeps ready for each CPU of an LRU hash (LOCAL_FREE_TARGET in kernel/bpf/bpf_lru_list.h). */
const READY_PER_CPU = 128
/** However small the map is and however many CPUs there are: one of 1,024 entries on 2 CPUs was seen to evict at 840. */
const LEAST_SHARE_OF_FULL_LRU = 0.8
const CPUS_WHERE_UNKNOWN = 8

/**
 * Whether a map of a node is full: where it fails, with all entries used; where it evicts, so near to it that the kernel
 * throws entries out, which it does before the last one is used.
 */
export function mapState(map: MapReading, { cpus }: Pick<AgentReading, 'cpus'>): MapState {
  const { pressure, pressureAtMost, used, capacity } = map
  if (pressure === undefined) return pressureAtMost === undefined || pressureAtMost >= HIGH_PRESSURE ? 'unknown' : 'ok'
  const isFull =
    map.whenFull === 'evicts' && used !== undefined && capacity !== undefined
      ? used >= evictingFrom(capacity, cpus)
      : pressure >= 1
  if (isFull) return 'full'
  return pressure >= HIGH_PRESSURE ? 'high' : 'ok'
}

/** The entries from which on an LRU hash of this size may evict. */
function evictingFrom(capacity: number, cpus = CPUS_WHERE_UNKNOWN): number {
  return Math.max(capacity * LEAST_SHARE_OF_FULL_LRU, capacity - READY_PER_CPU * cpus)
}
