/**
 * A line of a CSV file (RFC 4180, with a line feed at its end): numbers as JavaScript writes them, nothing for what is not
 * known. Text that a spreadsheet would take for a formula gets an apostrophe before it, as it may come from a cluster.
 */
export function csvLine(cells: readonly (string | number | undefined)[]): string {
  return `${cells.map(cell).join(',')}\n`
}

function cell(value: string | number | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
