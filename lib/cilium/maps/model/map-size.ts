import type { ConfiguredSize } from '../../../record/cilium-figures.ts'
import type { KnownMap } from '../catalogue/known-maps.ts'
import { mapName } from '../catalogue/map-name.ts'
import { MAP_CAPACITY } from '../formats/agent-metrics.ts'
import { isCount } from '../formats/json-output.ts'
import { helmKeyOf, SIZE_RULES, type SizeId } from '../sizing/size-rules.ts'
import type { WantedSize } from '../sizing/wanted-sizes.ts'
import type { AgentFacts } from './agent-facts.ts'
import { DEFAULT_GROUP } from './map-names.ts'

/** The entries that a map holds at most, a whole number: by the kernel, the capacity metric, the status, the default group, or the configuration. */
export function capacityOf(name: string, known: KnownMap | undefined, facts: AgentFacts): number | undefined {
  const inKernel = facts.pinned.filter(({ pin }) => mapName(pin) === name).map(({ maxEntries }) => maxEntries)
  if (inKernel.length > 0) return Math.max(...inKernel)
  const groups = facts.metrics.all(MAP_CAPACITY).filter(({ value }) => isCount(value))
  const own = groups.find(({ labels }) => labels.map_group !== undefined && mapName(labels.map_group) === name)
  return (
    own?.value ??
    statusSize(known?.size, facts) ??
    groups.find(({ labels }) => labels.map_group === DEFAULT_GROUP)?.value ??
    (known?.size === undefined ? undefined : facts.wanted.get(known.size)?.entries)
  )
}

/** The configured size of a map with where it comes from; undefined for maps that no size is known of. */
export function configuredSize(
  size: SizeId | undefined,
  capacity: number | undefined,
  facts: AgentFacts,
): ConfiguredSize | undefined {
  if (size === undefined) return undefined
  const rule = SIZE_RULES[size]
  const wanted = facts.wanted.get(size)
  const flag = wanted?.flag ?? rule.flags.at(-1)
  const entries = capacity ?? wanted?.entries
  if (entries === undefined) return undefined
  const keys = flag === undefined ? {} : { flag, helmKey: wanted?.helmKey ?? helmKeyOf(rule, flag, facts.minor) }
  const origin = wanted?.origin ?? (rule.flags.length === 0 ? 'fixed' : 'unknown')
  const isAsWanted = wanted?.entries === undefined || wanted.entries === entries
  if (isAsWanted || !isConfigured(wanted, facts)) {
    // What the configuration does not give comes from elsewhere: mostly from an argument of the agent.
    return {
      entries,
      origin: isAsWanted ? origin : 'unknown',
      ...keys,
      ...(wanted?.note && isAsWanted && { note: wanted.note }),
    }
  }
  const change = `the configuration gives ${wanted.entries}: the agent takes it when it restarts`
  return { entries, origin, ...keys, note: wanted.note === undefined ? change : `${wanted.note}; ${change}` }
}

/** Whether the configuration has a word on this size, by its own setting or by the node's memory. */
function isConfigured({ origin, flag }: WantedSize, { config }: AgentFacts): boolean {
  if (origin === 'dynamic' || origin === 'floor' || origin === 'ceiling') return true
  return flag !== undefined && config?.[flag] !== undefined
}

function statusSize(size: SizeId | undefined, { status }: AgentFacts): number | undefined {
  if (size === undefined || status === undefined) return undefined
  for (const row of SIZE_RULES[size].statusRows ?? []) {
    const entries = status.sizes.get(row)
    if (entries !== undefined) return entries
  }
  return undefined
}
