/** Puts a button into each heading of a column: by it the rows are sorted, and the other way round the next time. */
export function makeSortable(table: HTMLTableElement): void {
  const body = table.tBodies[0]
  if (body === undefined || body.rows.length < 2) return
  for (const [index, heading] of [...(table.tHead?.rows[0]?.cells ?? [])].entries()) {
    if (heading.textContent === '') continue
    const button = document.createElement('button')
    button.type = 'button'
    button.append(...heading.childNodes)
    heading.append(button)
    button.addEventListener('click', () => sort(table, body, heading, index))
  }
}

function sort(
  table: HTMLTableElement,
  body: HTMLTableSectionElement,
  heading: HTMLTableCellElement,
  index: number,
): void {
  const isFigures = heading.classList.contains('number')
  const before = heading.getAttribute('aria-sort')
  // What one looks for among figures is the greatest.
  const ascending = before === null ? !isFigures : before === 'descending'
  for (const other of table.tHead?.rows[0]?.cells ?? []) other.removeAttribute('aria-sort')
  heading.setAttribute('aria-sort', ascending ? 'ascending' : 'descending')
  const keyed = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[index]) }))
  keyed.sort((a, b) => compare(a.key, b.key, ascending))
  body.append(...keyed.map(({ row }) => row))
}

type Key = number | string | undefined

/** The exact value where there is one; undefined for an empty cell or one without data. */
function keyOf(cell: HTMLTableCellElement | undefined): Key {
  const exact = cell?.querySelector('data')?.value
  if (exact !== undefined) return Number(exact)
  if (cell === undefined || cell.querySelector('.none') !== null) return undefined
  const text = cell.textContent.trim()
  if (text === '') return undefined
  const number = Number(text)
  return Number.isNaN(number) ? text : number
}

/** No data comes last, whichever way one looks. */
function compare(a: Key, b: Key, ascending: boolean): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1
  const order =
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true })
  return ascending ? order : -order
}
