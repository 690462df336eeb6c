import { isNil, sortedEntries, type Value } from '../value.ts'
import { formatTime } from './format-time.ts'

/**
 * A value as Go's encoding/json writes it: maps in the order of their keys, and `<`, `>`, `&` escaped unless `raw`.
 * Undefined for a number that JSON cannot express, where Go gives an error.
 */
export function toGoJson(value: Value, { raw = false, indent = '' } = {}): string | undefined {
  const json = write(value, indent, '\n')
  if (json === undefined || raw) return json
  return json.replaceAll(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`)
}

function write(value: Value, indent: string, newline: string): string | undefined {
  if (isNil(value)) return 'null'
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number')
    return Number.isFinite(value) ? (Object.is(value, -0) ? '-0' : String(value)) : undefined
  switch (value.kind) {
    case 'integer':
      return String(value.value)
    case 'time':
      return text(formatTime(value, '2006-01-02T15:04:05.999999999Z07:00'))
    case 'list':
      return enclosed('[', ']', indent, newline, (inner) => value.items.map((item) => write(item, indent, inner)))
    case 'dict':
      return enclosed('{', '}', indent, newline, (inner) =>
        sortedEntries(value).map(([key, item]) => {
          const json = write(item, indent, inner)
          return json === undefined ? undefined : `${text(key)}:${indent === '' ? '' : ' '}${json}`
        }),
      )
  }
}

function enclosed(
  open: string,
  close: string,
  indent: string,
  newline: string,
  parts: (inner: string) => (string | undefined)[],
): string | undefined {
  const inner = newline + indent
  const written = parts(inner)
  if (written.includes(undefined)) return undefined
  if (written.length === 0) return open + close
  return indent === '' ? open + written.join(',') + close : open + inner + written.join(`,${inner}`) + newline + close
}

function text(value: string): string {
  return JSON.stringify(value).replaceAll(/[\u2028\u2029\x7f]/g, (character) =>
    character === '\x7f' ? character : `\\u${character.charCodeAt(0).toString(16)}`,
  )
}
