import { PerfError } from '../../../errors/perf-error.ts'
import { isObject } from '../../../record/json.ts'
import type { DeepMapAnswer } from '../agent-answer.ts'
import { isCount, parseJsonOutput } from './json-output.ts'

/** A pinned map as the kernel tells it. */
export interface PinnedMap {
  readonly pin: string
  /** `lru_hash`, `lpm_trie` … */
  readonly type: string
  readonly maxEntries: number
  readonly keyBytes: number
  readonly valueBytes: number
  readonly memoryBytes?: number
  /** Where they were counted. */
  readonly entries?: number
}

/**
 * Reads `bpftool -j map show pinned PATH`. Undefined where bpftool refuses: a file that is no map, or gone meanwhile.
 * @throws PerfError for what is no such output
 */
export function parsePinnedMap({ pin, show, entries }: DeepMapAnswer): PinnedMap | undefined {
  const map = parseJsonOutput(show, `bpftool map show ${pin}`)
  if (!isObject(map)) throw new PerfError(`bpftool map show ${pin}: not a map`)
  if (typeof map.error === 'string') return undefined
  const { type, max_entries: maxEntries, bytes_key: keyBytes, bytes_value: valueBytes, bytes_memlock: memory } = map
  if (typeof type !== 'string' || !isCount(maxEntries)) {
    throw new PerfError(`bpftool map show ${pin}: it has no type or no size`)
  }
  return {
    pin,
    type,
    maxEntries,
    keyBytes: isCount(keyBytes) ? keyBytes : 0,
    valueBytes: isCount(valueBytes) ? valueBytes : 0,
    ...(isCount(memory) && { memoryBytes: memory }),
    ...(entries !== undefined && { entries }),
  }
}
