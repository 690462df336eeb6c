import { type Content, type Html, html, NOTHING } from '../html.ts'
import { wholeNumber } from './figure.ts'

export interface Column {
  readonly title: string
  /** Of figures: set to the right. */
  readonly numeric?: true
  /** Of long texts, which need the room. */
  readonly wide?: true
}

export interface TableOptions {
  readonly caption: string
  /** Below the caption: what a reader has to know of the figures. */
  readonly note?: Content
  readonly columns: readonly Column[]
  /** The first cell of each is the heading of its row. */
  readonly rows: readonly (readonly Content[])[]
  /** More rows than that are not shown, and it is said how many there are. */
  readonly most?: number
  /** Order of rows that says something by itself: not to be sorted. */
  readonly fixed?: true
}

const MOST_ROWS = 500
/** Letters: a name or a date as short as that is not broken. */
const SHORT = 24

export function text(title: string): Column {
  return { title }
}

export function number(title: string): Column {
  return { title, numeric: true }
}

/**
 * A table with its caption; nothing where it has no rows. Columns in which no row has anything are left out.
 * The page makes its headings sortable.
 */
export function table({ caption, note, columns, rows, most = MOST_ROWS, fixed }: TableOptions): Html {
  if (rows.length === 0) return NOTHING
  const kept = columns.map((_, index) => rows.some((row) => !isEmpty(row[index])))
  const shown = rows.slice(0, most)
  const left = rows.length - shown.length
  const heads = columns.map(({ title, ...column }, index) =>
    kept[index] ? html`<th scope="col"${classOf(column)}>${title}</th>` : undefined,
  )
  const body = shown.map(
    (row) =>
      html`<tr>${row.map((cell, index) => (kept[index] ? cellOf(cell, index, columns[index]) : undefined))}</tr>`,
  )
  const rest =
    left === 0
      ? undefined
      : html`<p class="note">The first ${wholeNumber(shown.length)} of ${wholeNumber(rows.length)} rows; all are in the record of the run.</p>`
  return html`<div class="table"><table${fixed === undefined ? html` class="sortable"` : undefined}><caption><span>${caption}</span>${note === undefined ? undefined : html`<span class="note">${note}</span>`}</caption><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table></div>${rest}`
}

function cellOf(cell: Content, index: number, column: Column | undefined): Html {
  const isShort = typeof cell === 'string' && cell.length <= SHORT && column?.numeric === undefined
  const attribute = isShort ? html` class="short"` : column === undefined ? NOTHING : classOf(column)
  return index === 0 ? html`<th scope="row"${attribute}>${cell}</th>` : html`<td${attribute}>${cell}</td>`
}

function classOf({ numeric, wide }: Omit<Column, 'title'>): Html {
  return numeric ? html` class="number"` : wide ? html` class="wide"` : NOTHING
}

function isEmpty(cell: Content): boolean {
  if (cell === undefined || cell === '') return true
  if (typeof cell === 'string' || typeof cell === 'number') return false
  return 'markup' in cell ? cell.markup === '' : cell.every(isEmpty)
}

/** Names and values, such as what a run was asked to do. */
export function pairs(caption: string, rows: readonly (readonly [name: string, value: Content])[]): Html {
  return table({
    caption,
    columns: [text('Name'), { title: 'Value', wide: true }],
    rows,
    fixed: true,
    most: Number.POSITIVE_INFINITY,
  })
}
