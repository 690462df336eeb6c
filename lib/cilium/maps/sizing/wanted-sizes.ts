import type { SizeOrigin } from '../../../record/cilium-figures.ts'
import { type DynamicSizing, dynamicEntries } from './dynamic-size.ts'
import { helmKeyOf, LARGEST_TABLE, SIZE_RULES, type SizeId, type SizeRule } from './size-rules.ts'

export interface SizingFacts {
  /** Of the node; undefined: sizes by memory cannot be told. */
  readonly memoryBytes?: number | undefined
  /** That the node can have, to which distributed LRU rounds. */
  readonly cpus?: number | undefined
  /** 18 for Cilium 1.18. */
  readonly minor?: number | undefined
}

/** A size as the configuration gives it. */
export interface WantedSize {
  /** Undefined where it depends on what is not known. */
  readonly entries?: number
  readonly origin: SizeOrigin
  readonly flag?: string
  readonly helmKey?: string
  readonly note?: string
}

type Settings = Readonly<Record<string, string>>

/**
 * The sizes that Cilium makes of a configuration on a node, with where each comes from.
 * Source: calculateDynamicBPFMapSizes and checkMapSizeLimits in pkg/option/config.go.
 */
export function wantedSizes(config: Settings, facts: SizingFacts): ReadonlyMap<SizeId, WantedSize> {
  const sizing = dynamicSizing(config, facts)
  const sizes = new Map<SizeId, WantedSize>()
  // In the order of the rules: NAT looks at connection tracking, and the neighbours at NAT.
  for (const [id, rule] of Object.entries(SIZE_RULES) as [SizeId, SizeRule][]) {
    sizes.set(id, { ...keysOf(rule, config, facts.minor), ...sizeOf(id, rule, config, sizing, sizes) })
  }
  return sizes
}

/** Off, or on with what is known. */
type Sizing = 'off' | 'unknown' | DynamicSizing

function dynamicSizing(config: Settings, { memoryBytes, cpus }: SizingFacts): Sizing {
  const ratio = dynamicRatio(config)
  if (ratio === 0) return 'off'
  if (memoryBytes === undefined) return 'unknown'
  if (config['bpf-distributed-lru'] !== 'true') return { memoryBytes, ratio }
  return cpus === undefined ? 'unknown' : { memoryBytes, ratio, roundTo: cpus }
}

/** 0 where sizes are not by the node's memory. */
export function dynamicRatio(config: Settings): number {
  const ratio = Number(config['bpf-map-dynamic-size-ratio'])
  return ratio > 0 && ratio <= 1 ? ratio : 0
}

function sizeOf(
  id: SizeId,
  rule: SizeRule,
  config: Settings,
  sizing: Sizing,
  sizes: ReadonlyMap<SizeId, WantedSize>,
): WantedSize {
  if (rule.flags.length === 0) return { entries: rule.defaultEntries, origin: 'fixed' }
  const explicit = explicitEntries(rule, config)
  if (explicit !== undefined) return explicitSize(id, rule, explicit, sizes)
  const size =
    sizing === 'off' || rule.dynamicFloor === undefined ? defaultSize(rule) : dynamicSize(id, rule, sizing, sizes)
  return id === 'nat' ? cappedNat(size, sizes) : size
}

function explicitSize(id: SizeId, rule: SizeRule, entries: number, sizes: ReadonlyMap<SizeId, WantedSize>): WantedSize {
  if (id === 'policy' && entries > rule.max) {
    return { entries: rule.max, origin: 'clamped', note: `${entries} is set: the agent lowers it to ${rule.max}` }
  }
  const origin = entries === rule.defaultEntries ? 'default' : 'explicit'
  if (id === 'nat' && origin === 'default') return cappedNat({ entries, origin }, sizes)
  return { entries, origin }
}

function defaultSize(rule: SizeRule): WantedSize {
  return { entries: rule.defaultEntries, origin: 'default' }
}

function dynamicSize(
  id: SizeId,
  rule: SizeRule,
  sizing: 'unknown' | DynamicSizing,
  sizes: ReadonlyMap<SizeId, WantedSize>,
): WantedSize {
  // Its size is that of NAT, and so is what sets it.
  if (id === 'neighbour') return { ...(sizes.get('nat') ?? { origin: 'unknown' }), note: 'as large as the NAT table' }
  if (sizing === 'unknown') return { origin: 'dynamic' }
  const entries = dynamicEntries(rule.defaultEntries, sizing)
  const floor = rule.dynamicFloor ?? 0
  if (entries < floor) return { entries: floor, origin: 'floor' }
  return entries > LARGEST_TABLE ? { entries: LARGEST_TABLE, origin: 'ceiling' } : { entries, origin: 'dynamic' }
}

/** NAT may not be larger than both connection tracking tables together; if it is by itself, it becomes two thirds of them. */
function cappedNat(size: WantedSize, sizes: ReadonlyMap<SizeId, WantedSize>): WantedSize {
  const tcp = sizes.get('ctTcp')?.entries
  const any = sizes.get('ctAny')?.entries
  if (size.entries === undefined || tcp === undefined || any === undefined || size.entries <= tcp + any) return size
  return {
    entries: Math.floor(((tcp + any) * 2) / 3),
    origin: 'capped',
    note: `two thirds of both connection tracking tables (${tcp} + ${any})`,
  }
}

/** Of any map: the kernel has 32 bits for it. */
const MOST_ENTRIES = 2 ** 32 - 1

function explicitEntries({ flags }: SizeRule, config: Settings): number | undefined {
  for (const flag of flags) {
    const entries = Number(config[flag])
    if (entries >= 1 && entries <= MOST_ENTRIES) return Math.floor(entries)
  }
  return undefined
}

function keysOf(rule: SizeRule, config: Settings, minor: number | undefined): { flag?: string; helmKey?: string } {
  const flag = rule.flags.find((each) => Number(config[each]) > 0) ?? rule.flags.at(-1)
  return flag === undefined ? {} : { flag, helmKey: helmKeyOf(rule, flag, minor) }
}
