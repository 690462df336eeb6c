import { markdownText } from './markdown-text.ts'

/**
 * A table of GitHub's Markdown, which GitLab and Bitbucket read too: titles, a line that says how columns are aligned,
 * rows. Cells may come from a cluster.
 */
export function markdownTable(
  columns: readonly { readonly title: string; readonly align?: 'left' | 'right' }[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [
    columns.map(({ title }) => markdownText(title)),
    columns.map(({ align }) => (align === 'right' ? '---:' : '---')),
    ...rows.map((row) => row.map(markdownText)),
  ]
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('')
}

/** A part of a text: a table of Markdown, or the lines between two of them. */
export interface Part {
  readonly kind: 'table' | 'lines'
  readonly lines: readonly string[]
}

/** The tables of `markdownTable` within a text, and what stands between them. */
export function tablesWithin(text: string): readonly Part[] {
  const lines = text.split('\n')
  const parts: { kind: Part['kind']; lines: string[] }[] = []
  for (const [index, line] of lines.entries()) {
    const last = parts.at(-1)
    if (line.startsWith('| ') && isRule(lines[index + 1])) parts.push({ kind: 'table', lines: [line] })
    else if (last?.kind === 'table' && line.startsWith('| ')) last.lines.push(line)
    else if (last?.kind === 'lines') last.lines.push(line)
    else parts.push({ kind: 'lines', lines: [line] })
  }
  return parts.filter(({ lines }) => lines.some((line) => line !== ''))
}

function isRule(line = ''): boolean {
  return /^\|(?: ---:? \|)+$/.test(line)
}
