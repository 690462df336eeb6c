import type { OutputStream } from './command.ts'

/** Of what is no terminal, or one without a width. */
export const DEFAULT_COLUMNS = 80

/** The width that lines are broken at; undefined where nobody is at a terminal, or it does not say how wide it is. */
export function terminalWidth({ isTTY, columns }: Pick<OutputStream, 'isTTY' | 'columns'>): number | undefined {
  return isTTY === true && columns !== undefined && columns > 0 ? columns : undefined
}

/**
 * Lines of at most `width` characters, broken at spaces; a longer word has a line of its own, and so has a command in quotes,
 * which is there to be copied. Undefined: one line.
 */
export function wrapText(text: string, width: number | undefined): readonly string[] {
  if (width === undefined) return [text]
  const lines: string[] = []
  for (const word of text.match(/(?:"kubectl [^"]*"|\S)+/g) ?? []) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines.splice(-1, 1, `${last} ${word}`)
    else lines.push(word)
  }
  return lines
}

/** The same as one text, each line with its newline. */
export function textLines(text: string, width: number | undefined, indent = ''): string {
  return wrapText(text, width === undefined ? undefined : width - indent.length)
    .map((line) => `${indent}${line}\n`)
    .join('')
}

/** Two columns with three spaces between them, indented by two; the second one is wrapped. */
export function twoColumns(rows: readonly (readonly [string, string])[], width: number): readonly string[] {
  const first = Math.max(0, ...rows.map(([left]) => left.length))
  const indent = ' '.repeat(first + 5)
  return rows.flatMap(([left, right]) =>
    wrapText(right, Math.max(20, width - indent.length)).map((line, index) =>
      index === 0 ? `  ${left.padEnd(first)}   ${line}` : `${indent}${line}`,
    ),
  )
}
