import { styleText } from 'node:util'
import type { Context, OutputStream } from './command.ts'

/** Whether to color what goes to a stream, by kubectl's rules: NO_COLOR counts as soon as it is set, even to nothing. */
export function allowsColor(
  when: 'auto' | 'always' | 'never',
  stream: OutputStream,
  environment: Context['environment'],
): boolean {
  if (when !== 'auto') return when === 'always'
  return stream.isTTY === true && environment.TERM !== 'dumb' && environment.NO_COLOR === undefined
}

/** A verdict with its word in color, or as it is. */
export function colorWord(text: string, word: string, hue: 'green' | 'red' | 'yellow', color: boolean): string {
  return color ? text.replace(word, styleText(hue, word, { validateStream: false })) : text
}
