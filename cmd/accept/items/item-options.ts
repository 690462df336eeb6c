import type { OptionTable } from '../../option-table.ts'

/** Said for the whole run, or by the item itself; or without a meaning where everything is removed. */
const NOT_OF_AN_ITEM = new Set(['keep', 'dry-run', 'yes', 'image-registry', 'no-create-namespace', 'watch', 'repeat'])
const GROUPS_OF_THE_RUN = new Set(['Connection options', 'Output options', 'Threshold options', 'Prometheus options'])

/** The options of a command that an item of a suite can set. */
export function itemOptions(table: OptionTable): OptionTable {
  return Object.fromEntries(
    Object.entries(table).filter(
      ([name, { group }]) => !NOT_OF_AN_ITEM.has(name) && !GROUPS_OF_THE_RUN.has(group ?? ''),
    ),
  )
}
