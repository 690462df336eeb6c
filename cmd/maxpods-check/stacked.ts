import { printable } from '../../lib/report/printable.ts'
import { wrapText } from '../text-layout.ts'

/** A head, and lines below it that are indented and broken at the width. */
export interface Entry {
  head: string
  lines: readonly string[]
}

/** The table where it fits the terminal, else a few lines for each of its rows. */
export function tableOrEntries(
  table: string,
  title: string,
  entries: readonly Entry[],
  width: number | undefined,
): string {
  const widest = Math.max(0, ...table.split('\n').map((line) => line.length))
  return width === undefined || widest <= width ? table : renderEntries(title, entries, width)
}

export function renderEntries(title: string, entries: readonly Entry[], width: number | undefined): string {
  const wrap = (text: string, indent: string) => {
    const lines = width === undefined ? [printable(text)] : wrapText(printable(text), width - indent.length)
    return lines.map((line) => `${indent}${line}\n`)
  }
  const lines = entries.flatMap(({ head, lines: below }) => [
    ...wrap(head, ''),
    ...below.filter((line) => line !== '').flatMap((line) => wrap(line, '  ')),
  ])
  const titles = width === undefined || title.length <= width ? [`${title}\n`] : wrap(title, '')
  return [...titles, ...lines].join('')
}
