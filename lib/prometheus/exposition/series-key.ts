import type { Labels } from './exposition.ts'
import { joinLabels } from './label-text.ts'

/** What tells a series from its siblings: its labels sorted by name, as they stand between the braces of the text format. */
export function seriesKey(labels: Labels): string {
  return joinLabels(Object.entries(labels).map(([name, value]) => [name, escapeLabelValue(value)]))
}

function escapeLabelValue(value: string): string {
  return value.replaceAll(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))
}

export function unescapeLabelValue(escaped: string): string {
  if (!escaped.includes('\\')) return escaped
  return escaped.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
}
