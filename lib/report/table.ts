import Table from 'cli-table3'
import { cutText, type FitRules, fitColumns, GAP, MORE } from './fit-columns.ts'
import { markdownTable } from './markdown/markdown-table.ts'
import { printable } from './printable.ts'

/** Whether tables have their titles above them; `markdown`: they are tables of Markdown, which always have them. */
export type Headers = boolean | 'markdown'

export interface Column extends FitRules {
  title: string
  /** Left out where no row has anything in it. */
  optional?: boolean
}

const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
} as const

/**
 * Rows under upper-case titles as kubectl prints them: three spaces between columns, no borders, nothing at the end of
 * a line. Cells may come from the cluster, so control characters are made visible and only their first line is kept.
 * @param width of the terminal, which the table is made to fit (see fitColumns); undefined: nothing is left out or cut
 * @returns the lines, each with its newline; nothing where there are no rows
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  headers: Headers = true,
  width = Number.POSITIVE_INFINITY,
): string {
  if (rows.length === 0) return ''
  const isWanted = columns.map(
    ({ optional }, index) => optional !== true || rows.some((row) => (row[index] ?? '') !== ''),
  )
  if (headers === 'markdown') {
    const wanted = <T>(cells: readonly T[]): T[] => cells.filter((_, index) => isWanted[index])
    return markdownTable(wanted(columns), rows.map(wanted))
  }
  const titles = headers ? [columns.map(({ title }) => title)] : []
  const lines = [...titles, ...rows.map((row) => row.map(printable))]
  const { isShown, widths, hasMore } = fitColumns(columns, lines, isWanted, width)
  const shown = <T>(cells: readonly T[]): T[] => cells.filter((_, index) => isShown[index])
  const name = isShown.indexOf(true)
  const table = new Table({
    chars: PLAIN,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP, compact: true },
    colAligns: shown(columns).map(({ align }) => align ?? 'left'),
  })
  const cut = lines.map((cells) => cells.map((cell, index) => cutText(cell, widths[index] ?? 0, index === name)))
  table.push(...cut.map((cells, line) => [...shown(cells), ...(hasMore ? [headers && line === 0 ? MORE : ''] : [])]))
  return table
    .toString()
    .split('\n')
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

export function right(title: string): Column {
  return { title, align: 'right' }
}
