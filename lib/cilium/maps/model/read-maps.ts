import type { MapOperations, MapReading } from '../../../record/cilium-figures.ts'
import { type KnownMap, knownMap, whenFullOfType } from '../catalogue/known-maps.ts'
import { mapName, pinnedName } from '../catalogue/map-name.ts'
import { MAP_OPERATIONS } from '../formats/agent-metrics.ts'
import type { PinnedMap } from '../formats/parse-pinned-map.ts'
import { growingBytes, preallocatedBytes, takesAllAtOnce } from '../sizing/map-memory.ts'
import type { AgentFacts } from './agent-facts.ts'
import { mapNames } from './map-names.ts'
import { capacityOf, configuredSize } from './map-size.ts'
import { usageOf } from './map-usage.ts'

/** The maps of an agent that can fill up, in the order of the catalogue. */
export function readMaps(facts: AgentFacts): MapReading[] {
  return mapNames(facts).map((name) => readMap(name, facts))
}

function readMap(name: string, facts: AgentFacts): MapReading {
  const known = knownMap(name)
  const pinned = facts.pinned.filter(({ pin }) => mapName(pin) === name)
  const type = pinned[0]?.type ?? known?.type
  const capacity = capacityOf(name, known, facts)
  const usage = usageOf(name, known, capacity, facts)
  const memory = memoryOf(known, pinned, capacity, usage.used, facts)
  const configured = configuredSize(known?.size, capacity, facts)
  return {
    map: name,
    pinned: pinnedNameOf(name, pinned, facts),
    kind: known?.kind ?? 'other',
    ...(type === undefined ? {} : { type }),
    whenFull: known?.whenFull ?? (type === undefined ? 'unknown' : whenFullOfType(type)),
    ...(capacity === undefined ? {} : { capacity }),
    ...usage,
    ...(configured === undefined ? {} : { configured }),
    ...(memory === undefined ? {} : { memory }),
    operations: operationsOf(name, facts),
  }
}

/** Of the policy maps that of the fullest endpoint, where they were counted. */
function pinnedNameOf(name: string, pinned: readonly PinnedMap[], { minor }: AgentFacts): string {
  const [first] = pinned.toSorted((a, b) => (b.entries ?? -1) - (a.entries ?? -1))
  if (first !== undefined && (pinned.length === 1 || first.entries !== undefined)) return first.pin
  return pinnedName(name, minor)
}

function memoryOf(
  known: KnownMap | undefined,
  pinned: readonly PinnedMap[],
  capacity: number | undefined,
  used: number | undefined,
  { config }: AgentFacts,
): MapReading['memory'] {
  const told = pinned.flatMap(({ memoryBytes }) => memoryBytes ?? [])
  if (told.length > 0) return { bytes: told.reduce((sum, bytes) => sum + bytes, 0), source: 'kernel' }
  if (known?.keyBytes === undefined || known.valueBytes === undefined || capacity === undefined) return undefined
  const { type, keyBytes, valueBytes } = known
  const shape = { type, entries: capacity, keyBytes, valueBytes }
  const isPreallocated = takesAllAtOnce(known, config === undefined ? undefined : preallocatesMaps(config))
  if (isPreallocated === undefined) return undefined
  const bytes = isPreallocated ? preallocatedBytes(shape) : used === undefined ? undefined : growingBytes(shape, used)
  return bytes === undefined ? undefined : { bytes, source: 'computed' }
}

/** Of hashes other than LRU; the agent takes it for true where the configuration is silent. */
export function preallocatesMaps(config: Readonly<Record<string, string>>): boolean {
  return config['preallocate-bpf-maps'] !== 'false'
}

function operationsOf(name: string, { metrics }: AgentFacts): MapOperations[] {
  const counts = new Map<string, MapOperations>()
  for (const { labels, value } of metrics.all(MAP_OPERATIONS)) {
    if (labels.map_name === undefined || mapName(labels.map_name) !== name) continue
    const { operation = '', outcome = '' } = labels
    const count = (counts.get(`${operation}/${outcome}`)?.count ?? 0) + value
    counts.set(`${operation}/${outcome}`, { operation, outcome, count })
  }
  // A series comes with the first operation that it counts: where updates are counted, none of them has failed.
  if (counts.has('update/success') && !counts.has('update/fail')) {
    counts.set('update/fail', { operation: 'update', outcome: 'fail', count: 0 })
  }
  return [...counts.values()]
}
