import type { FlowRow, NetperfDetails, NetperfRow } from '../../lib/record/details/netperf-details.ts'
import { NO_DATA } from '../../lib/report/scale.ts'
import { renderTable } from '../../lib/report/table.ts'
import { longest, messageLines, type RenderOptions } from '../render-record.ts'
import { faultWords } from './fault-words.ts'
import { lineNames } from './row-names.ts'
import { type Field, fieldsOf, type Line } from './test-columns.ts'

/** As in Column: it goes before P50 and P99, and after all that is less than they. */
const LESS_THAN_LATENCY = 3.5

/**
 * A line for each test: what was measured, how sure it is, and what limits it. Columns that say nothing are left out. Where
 * the terminal is too narrow for the reason, it stands below.
 * @param beside columns that a command has of its own
 */
export function renderTests(
  details: NetperfDetails,
  { wide, headers, columns: width }: RenderOptions,
  beside: readonly Field[] = [],
): string {
  const lines = details.rows.flatMap(linesOf)
  const fields = fieldsOf(details).filter((field) => wide || field.wide === undefined)
  const render = (limit: Field, room?: number) => {
    const all = [...fields, ...beside, limit]
    const rows = lines.map((line) => all.map(({ cell }) => cell(line)))
    const columns = all.map(({ column }) => column)
    return renderTable(columns, rows, headers, room)
  }
  const reason = limitedBy(({ text }) => text)
  const whole = render(reason)
  if (wide || width === undefined || whole.split('\n').every((line) => line.length <= width)) return whole
  const name = lineNames(details)
  const names = lines.map(({ row, flow }) => name(row, flow))
  const room = width - longest(['TEST', ...names]) - 3
  const reasons = lines.flatMap((line, index) =>
    messageLines({ message: reason.cell(line) }, room).map((text, at) => [at === 0 ? (names[index] ?? '') : '', text]),
  )
  // The word gives way to latencies, which stand nowhere else.
  const word = limitedBy(({ limit }) => limit)
  const narrow = render({ ...word, column: { ...word.column, dispensable: LESS_THAN_LATENCY } }, width)
  return [narrow, renderTable([{ title: 'TEST' }, { title: 'LIMITED-BY' }], reasons, headers)].join('\n')
}

function linesOf(row: NetperfRow): Line[] {
  const { flows, requests } = row
  if (requests !== undefined) return [{ row, requests }]
  return flows.length === 0 ? [{ row }] : flows.map((flow) => ({ row, flow }))
}

function limitedBy(word: (verdict: FlowRow['verdict']) => string): Field {
  return {
    column: { title: 'LIMITED-BY' },
    cell({ flow, requests, row }) {
      const [failure] = row.failures
      if (row.samples.measured === 0) return failure === undefined ? 'not measured' : faultWords(failure.code)
      const verdict = (flow ?? requests)?.verdict
      return verdict === undefined ? NO_DATA : word(verdict)
    },
  }
}
