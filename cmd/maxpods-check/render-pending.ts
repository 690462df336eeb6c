import type { MaxPodsDetails } from '../../lib/record/details/maxpods-details.ts'
import { renderTable, right } from '../../lib/report/table.ts'
import type { RenderOptions } from '../render-record.ts'
import { humanAge } from './age.ts'
import { tableOrEntries } from './stacked.ts'

/** Pods without a node, by the scheduler's reason, the most frequent first. */
export function renderPending({ pending }: MaxPodsDetails, { headers, columns: width }: RenderOptions): string {
  const columns = [
    right('PENDING'),
    { title: 'REASON' },
    right('OLDEST'),
    { title: 'OLDEST-POD' },
    { title: 'WHY', optional: true },
  ]
  const rows = pending.map(({ reason, count, oldest, oldestSeconds, explanation }) => [
    String(count),
    reason,
    humanAge(oldestSeconds),
    oldest,
    explanation === reason ? '' : explanation,
  ])
  const entries = pending.map(({ reason, count, oldest, oldestSeconds, explanation }) => ({
    head: `${count}   ${reason}`,
    lines: [explanation === reason ? '' : explanation, `oldest: ${oldest}, ${humanAge(oldestSeconds)}`],
  }))
  return tableOrEntries(renderTable(columns, rows, headers), 'PENDING   REASON', entries, width)
}
