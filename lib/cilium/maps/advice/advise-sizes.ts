import type { AgentReading, MapReading } from '../../../record/cilium-figures.ts'
import type { SizeAdvice } from '../../../record/details/cilium-maps-details.ts'
import { knownMap } from '../catalogue/known-maps.ts'
import { type MapOfNode, mapsByName } from '../cluster/across-nodes.ts'
import { SIZE_RULES, type SizeRule } from '../sizing/size-rules.ts'
import { alternativesTo } from './alternatives.ts'
import { extraMemory, sizedBy } from './extra-memory.ts'
import { largestNat, newSize } from './new-size.ts'
import { disruptionOf, effectOfFull, usageWords } from './words.ts'

export interface AdviceOptions {
  /** Also for maps that need nothing. */
  readonly all?: boolean
  readonly wantsMap?: (map: MapReading) => boolean
}

/**
 * What to set for maps that are full or nearly so: one piece of advice for each setting, though it may size several maps.
 */
export function adviseSizes(
  agents: readonly AgentReading[],
  { all = false, wantsMap }: AdviceOptions = {},
): SizeAdvice[] {
  const asked = [...mapsByName(agents).values()].filter(
    ([worst]) => worst !== undefined && (wantsMap?.(worst.map) ?? true),
  )
  const wanted = asked.flatMap((maps) => {
    const pressed = maps.filter(isPressed)
    return pressed.length > 0 ? [pressed] : all ? [maps] : []
  })
  const bySetting = Map.groupBy(wanted, ([worst]) => settingOf(worst))
  return [...bySetting]
    .flatMap(([flag, maps]) => (flag === undefined ? maps.flatMap(fixedSize) : adviseSetting(flag, maps, agents)))
    .toSorted((a, b) => Number(b.helps) - Number(a.helps))
}

function settingOf(worst: MapOfNode | undefined): string | undefined {
  return worst?.map.configured?.flag
}

/** @param maps by map, of each the nodes with the worst first */
function adviseSetting(
  flag: string,
  maps: readonly (readonly MapOfNode[])[],
  agents: readonly AgentReading[],
): SizeAdvice[] {
  const candidates = maps.flat().flatMap((node) => {
    const rule = ruleOf(node)
    return rule === undefined ? [] : [{ node, rule, entries: newSize(node, rule) }]
  })
  const pressed = candidates.filter(({ node }) => isPressed(node))
  const considered = pressed.length > 0 ? pressed : candidates
  const largest = considered.toSorted((a, b) => b.entries - a.entries || pressureOf(b.node) - pressureOf(a.node))[0]
  if (largest === undefined) return []
  const nodes = considered.map(({ node }) => node).toSorted((a, b) => pressureOf(b) - pressureOf(a))
  const worst = pressed.length > 0 ? (nodes[0] ?? largest.node) : largest.node
  const { rule } = largest
  const current = entriesOf(worst.map)
  const sized = agents.flatMap((agent) => sizedBy(agent, flag))
  const limit = limitOf(flag, agents)
  // A setting is that of all nodes: none gets less than it has.
  const wanted = Math.max(largest.entries, ...sized.map(entriesOf))
  const value = Math.min(wanted, limit?.entries ?? Infinity)
  const common = { ...placeOf(nodes), flag, currentValue: current, alternatives: alternativesTo(worst, value, rule) }
  if (value <= current) return isPressed(worst) ? [cannotGrow(common, worst, rule, limit?.reason)] : []
  const extra = extraMemory(agents, flag, value)
  return [
    {
      ...common,
      maps: [...new Set([...common.maps, ...sized.map(({ map }) => map)])],
      helps: true,
      helmKey: worst.map.configured?.helmKey ?? flag,
      value,
      ...memoryOf(extra, worst),
      reason: reasonOf(worst),
      disruption: disruptionOf(worst.map.kind),
    },
  ]
}

type Common = Pick<SizeAdvice, 'maps' | 'nodes' | 'flag' | 'currentValue' | 'alternatives'>

function cannotGrow(common: Common, worst: MapOfNode, rule: SizeRule, reason: string | undefined): SizeAdvice {
  const why =
    reason ?? (worst.map.capacity === rule.max ? `${rule.max} is the most that Cilium takes` : 'it is large enough')
  return { ...common, helps: false, reason: `${usageWords(worst)}, and ${why}` }
}

function fixedSize(maps: readonly MapOfNode[]): SizeAdvice[] {
  const [worst] = maps
  if (worst === undefined || !isPressed(worst)) return []
  return [
    {
      ...placeOf(maps),
      helps: false,
      reason: `${usageWords(worst)}, and the size of this map is fixed in Cilium`,
      alternatives: alternativesTo(worst, 0, undefined),
    },
  ]
}

function placeOf(nodes: readonly MapOfNode[]): Pick<SizeAdvice, 'maps' | 'nodes'> {
  return {
    maps: [...new Set(nodes.map(({ map }) => map.map))],
    nodes: [...new Set(nodes.map(({ agent }) => agent.agent.node))],
  }
}

function ruleOf(node: MapOfNode): SizeRule | undefined {
  const size = knownMap(node.map.map)?.size
  return size === undefined ? undefined : SIZE_RULES[size]
}

function limitOf(flag: string, agents: readonly AgentReading[]) {
  if (!SIZE_RULES.nat.flags.includes(flag)) return undefined
  const limits = agents.flatMap((agent) => largestNat(agent) ?? [])
  if (limits.length === 0) return undefined
  const entries = Math.min(...limits)
  return { entries, reason: `more than bpf.ctTcpMax + bpf.ctAnyMax (${entries}) the agent refuses: raise those first` }
}

function memoryOf(extra: ReturnType<typeof extraMemory>, { map: { kind } }: MapOfNode) {
  if (kind === 'policy')
    return { extraBytesNote: 'memory only for the rules that each endpoint has, 50 to 80 bytes each' }
  if (extra === undefined) return {}
  if (extra.atOnceBytes === extra.bytes) return { extraBytesPerNode: extra.bytes }
  return { extraBytesPerNode: extra.bytes, extraBytesNote: 'when all entries are used' }
}

function reasonOf(worst: MapOfNode): string {
  const usage = usageWords(worst)
  switch (worst.state) {
    case 'full':
      return `${usage}: ${effectOfFull(worst.map.kind)}`
    case 'high':
      return usage
    case 'ok':
      return `${usage}: large enough as it is`
    case 'unknown':
      return `${usage}: whether it needs more is not known`
  }
}

function isPressed({ state }: MapOfNode): boolean {
  return state === 'full' || state === 'high'
}

function entriesOf({ configured, capacity }: MapReading): number {
  return configured?.entries ?? capacity ?? 0
}

function pressureOf({ map }: MapOfNode): number {
  return map.pressure ?? -1
}
