import { counted } from '../../lib/record/counted.ts'
import type { AcceptItem } from '../../lib/record/details/accept-details.ts'
import type { Finding, Outcome } from '../../lib/record/run-record.ts'
import { isOpen } from './judge.ts'

/** What all items together come to: a required one that failed says no, whatever else is missing. */
export function outcomeOf(items: readonly AcceptItem[], strict: boolean, isLeftBehind: boolean): Outcome {
  const deciding = decidingItems(items, strict)
  if (deciding.some(({ result }) => result === 'fail')) return 'failed'
  if (deciding.some(({ result }) => isOpen(result)) || wasNothingMeasured(items)) return 'no-data'
  return isLeftBehind ? 'error' : 'passed'
}

/** Why the cluster is not accepted, and what the items' measuring has found, each once. */
export function verdictFindings(items: readonly AcceptItem[], strict: boolean): Finding[] {
  const reason = describeVerdict(items, strict)
  const found = new Map<string, { finding: Finding; names: string[] }>()
  for (const { name, findings } of items) {
    for (const finding of findings) {
      const key = `${finding.code} ${finding.message}`
      const same = found.get(key) ?? { finding, names: [] }
      same.names.push(name)
      found.set(key, same)
    }
  }
  return [
    ...(reason === undefined ? [] : [{ severity: 'error' as const, code: 'RunFailed', message: reason }]),
    ...[...found.values()].map(({ finding, names }) =>
      finding.code === 'LeftBehind' ? finding : ofItems(finding, names.join(', ')),
    ),
  ]
}

/** What keeps an item from its figures is the item's own result: of the run it is a warning. */
function ofItems(finding: Finding, names: string): Finding {
  const severity = finding.severity === 'error' ? 'warning' : finding.severity
  return { ...finding, severity, message: `${names}: ${finding.message}` }
}

function describeVerdict(items: readonly AcceptItem[], strict: boolean): string | undefined {
  const deciding = decidingItems(items, strict)
  const kind = strict ? 'item' : 'required item'
  const failed = deciding.filter(({ result }) => result === 'fail')
  const open = deciding.filter(({ result }) => isOpen(result))
  const parts = [
    ...(failed.length === 0
      ? []
      : [`${failed.length} of ${counted(deciding.length, kind)} failed (${namesOf(failed)})`]),
    ...(open.length === 0
      ? []
      : [
          `${open.length} of ${counted(deciding.length, kind)} ${open.length === 1 ? 'is' : 'are'} not decided (${namesOf(open)})`,
        ]),
  ]
  if (parts.length > 0) return parts.join(', ')
  return wasNothingMeasured(items) ? 'no item was measured' : undefined
}

/** A cluster to which nothing applies has not passed anything. */
function wasNothingMeasured(items: readonly AcceptItem[]): boolean {
  return items.every(({ result }) => result !== 'pass' && result !== 'fail')
}

function decidingItems(items: readonly AcceptItem[], strict: boolean): readonly AcceptItem[] {
  return strict ? items : items.filter(({ level }) => level === 'required')
}

function namesOf(items: readonly AcceptItem[]): string {
  return items.map(({ name }) => name).join(', ')
}
