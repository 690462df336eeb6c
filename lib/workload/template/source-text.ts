import { UsageError } from '../../errors/perf-error.ts'

/** A file of the user's, for messages that say where in it something is. */
export interface SourceText {
  readonly fileName: string
  readonly text: string
}

/** The fault `file:line:column: what`, counted from 1 (columns in characters), at an offset of the text. */
export function faultAt({ fileName, text }: SourceText, offset: number, what: string): UsageError {
  const line = lineAt(text, offset)
  const column = Array.from(text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)).length + 1
  return new UsageError(`${fileName}:${line}:${column}: ${what}`)
}

/** The line of an offset, counted from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1
  return line
}
