import type { AgentReading } from '../../../record/cilium-figures.ts'
import type { MapOfNode } from '../cluster/across-nodes.ts'
import { powerOfTwoFrom } from '../sizing/map-memory.ts'
import { SIZE_RULES, type SizeId, type SizeRule } from '../sizing/size-rules.ts'

/** How full a map shall be with its new size, by what is in it now. */
const TARGET_PRESSURE = 0.5

/**
 * Entries to give a map: what is in it now shall fill half of it, rounded up to a power of two; not below what Cilium gives
 * by itself, since a smaller size saves next to nothing; within its bounds.
 */
export function newSize({ map: { used = 0, capacity = 0 }, state }: MapOfNode, rule: SizeRule): number {
  const isPressed = state === 'full' || state === 'high'
  // A map that is full does not tell how many entries are wanted; one that is not gets the double for the asking.
  const wanted = isPressed ? Math.max(used, state === 'full' ? capacity : 0) / TARGET_PRESSURE : capacity * 2
  const entries = Math.max(powerOfTwoFrom(wanted), rule.dynamicFloor ?? rule.defaultEntries)
  return Math.min(entries, rule.max)
}

/** The agent does not start with a NAT table larger than both connection tracking tables of its node together. */
export function largestNat({ maps }: AgentReading): number | undefined {
  const sizes = (['ctTcp', 'ctAny'] as const).map((id) => sizeOf(maps, id))
  return sizes.some((size) => size === undefined)
    ? undefined
    : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
}

function sizeOf(maps: AgentReading['maps'], id: SizeId): number | undefined {
  const [flag] = SIZE_RULES[id].flags
  return maps.find(({ configured }) => configured?.flag === flag)?.configured?.entries
}
