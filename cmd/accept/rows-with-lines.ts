import { type Column, type Headers, renderTable } from '../../lib/report/table.ts'

/** A row of a table, and what stands indented below it. */
export interface RowWithLines {
  readonly cells: readonly string[]
  readonly below: readonly string[]
}

/** For what is wider than the terminal: the short columns as a table, and the long ones below each of its rows. */
export function renderRowsWithLines(
  columns: readonly Column[],
  rows: readonly RowWithLines[],
  headers: Headers,
  width: number,
): string {
  const table = renderTable(
    columns,
    rows.map(({ cells }) => cells),
    headers,
    width,
  )
  const lines = table.split('\n')
  const first = headers ? 1 : 0
  const blocks = rows.flatMap(({ below }, index) => [lines[first + index] ?? '', ...below.map((line) => `  ${line}`)])
  return [...lines.slice(0, first), ...blocks].map((line) => `${line}\n`).join('')
}

/** As a table where that fits the terminal. */
export function fits(table: string, width: number | undefined): boolean {
  return width === undefined || table.split('\n').every((line) => line.length <= width)
}
