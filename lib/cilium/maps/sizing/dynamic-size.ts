import { LARGEST_TABLE } from './size-rules.ts'

/** Bytes of all tables that share the memory, at their default sizes: 524,288·94 + 262,144·94 + 524,288·94 + 524,288·24 + 262,144·52. */
export const DEFAULT_TABLES_BYTES = 149_422_080

export interface DynamicSizing {
  /** `MemTotal` of the node. */
  readonly memoryBytes: number
  /** Above 0, at most 1. */
  readonly ratio: number
  /** With distributed LRU a table is a multiple of this. */
  readonly roundTo?: number
}

/**
 * Entries of a table by the node's memory: its share of what the ratio sets aside, as large as its default size is among
 * all defaults. Without the bounds that Cilium puts on it. Source: getDynamicSizeCalculator in pkg/option/config.go.
 */
export function dynamicEntries(defaultEntries: number, { memoryBytes, ratio, roundTo = 1 }: DynamicSizing): number {
  const available = BigInt(Math.floor(memoryBytes * ratio))
  const entries = Number((BigInt(defaultEntries) * available) / BigInt(DEFAULT_TABLES_BYTES))
  return Math.ceil(entries / roundTo) * roundTo
}

/** The same within the bounds that Cilium puts on it. */
export function boundedEntries(defaultEntries: number, floor: number, sizing: DynamicSizing): number {
  return Math.min(Math.max(dynamicEntries(defaultEntries, sizing), floor), LARGEST_TABLE)
}

/** The smallest ratio, in steps of 0.0001, that gives a table so many entries; above 1 where no ratio does. */
export function ratioFor(entries: number, defaultEntries: number, memoryBytes: number): number {
  const exact = (entries * DEFAULT_TABLES_BYTES) / (defaultEntries * memoryBytes)
  return Math.ceil(exact * 10_000 - 1e-9) / 10_000
}
