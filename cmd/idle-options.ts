import { UsageError } from '../lib/errors/perf-error.ts'
import { type OptionTable, valueKey } from './option-table.ts'
import { readOptionValues } from './option-value.ts'

/**
 * An option that would do nothing is a mistake, and never ignored.
 * @param table of options that say nothing without one of them, which was not given
 * @param about the name of that one
 * @throws UsageError naming the first of the others that was given
 */
export function refuseIdleOptions(values: Readonly<Record<string, unknown>>, table: OptionTable, about: string): void {
  const without = readOptionValues(table, new Map(), {})
  const idle = Object.keys(table).find(
    (name) => name !== about && String(values[valueKey(name)]) !== String(without[valueKey(name)]),
  )
  if (idle === undefined) return
  throw new UsageError(`--${idle} is about --${about}: give it too, or leave --${idle} out`)
}
