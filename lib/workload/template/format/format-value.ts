import { isNil, sortedEntries, typeName, type Value } from '../value.ts'
import { formatFloatVerb, formatInteger } from './format-number.ts'
import { type FormatSpec, PLAIN, pad } from './format-spec.ts'
import { formatTime } from './format-time.ts'
import { canBackquote, quoteGo } from './quote.ts'

/** A value as Go's `%v` prints it; nil is `<nil>`. */
export function formatValue(value: Value): string {
  return typeof value === 'string' ? value : formatVerb(value, 'v', PLAIN)
}

/** What an action of a template prints: as `%v`, but nil is `<no value>`. */
export function printedValue(value: Value): string {
  return isNil(value) ? '<no value>' : formatValue(value)
}

/** One argument under one verb, as Go's fmt prints it; a verb that does not fit gives `%!verb(type=value)`. */
export function formatVerb(value: Value, verb: string, spec: FormatSpec): string {
  if (isNil(value)) return verb === 'T' || verb === 'v' ? pad('<nil>', spec) : `%!${verb}(<nil>)`
  if (verb === 'T') return pad(truncate(typeName(value), spec), spec)
  return formatPart(value, verb, spec) ?? badVerb(value, verb, spec)
}

function badVerb(value: Value, verb: string, spec: FormatSpec): string {
  return `%!${verb}(${typeName(value)}=${formatVerb(value, 'v', spec)})`
}

// Undefined where the verb does not fit the value itself; what does not fit within a list or map is shown there.
function formatPart(value: Exclude<Value, undefined | null>, verb: string, spec: FormatSpec): string | undefined {
  if (typeof value === 'boolean') return verb === 't' || verb === 'v' ? pad(String(value), spec) : undefined
  if (typeof value === 'bigint') return formatInteger(value, verb, spec)
  if (typeof value === 'number') return formatFloatVerb(value, verb, spec)
  if (typeof value === 'string') return formatText(value, verb, spec)
  switch (value.kind) {
    case 'integer':
      return formatInteger(value.value, verb, spec)
    case 'time':
      return formatText(formatTime(value, '2006-01-02 15:04:05.999999999 -0700 MST'), verb, spec)
    case 'list':
      return verb === 'p'
        ? undefined
        : formatSequence(
            value.items.map((item) => element(item, verb, spec)),
            value,
            spec,
          )
    case 'dict': {
      const inside = sortedEntries(value).map(
        ([key, item]) => `${element(key, verb, spec)}:${element(item, verb, spec)}`,
      )
      return verb === 'p' ? undefined : formatSequence(inside, value, spec)
    }
  }
}

function formatSequence(parts: readonly string[], value: Value, { goSyntax }: FormatSpec): string {
  if (goSyntax) return `${typeName(value)}{${parts.join(', ')}}`
  return `${typeName(value).startsWith('map') ? 'map' : ''}[${parts.join(' ')}]`
}

function element(value: Value, verb: string, spec: FormatSpec): string {
  if (isNil(value)) return spec.goSyntax ? 'interface {}(nil)' : '<nil>'
  return formatPart(value, verb, spec) ?? badVerb(value, verb, spec)
}

function formatText(text: string, verb: string, spec: FormatSpec): string | undefined {
  switch (verb) {
    case 'v':
      return spec.goSyntax ? quoted(text, spec) : pad(truncate(text, spec), spec)
    case 's':
      return pad(truncate(text, spec), spec)
    case 'q':
      return quoted(text, spec)
    case 'x':
    case 'X':
      return hexadecimal(text, verb, spec)
    default:
      return undefined
  }
}

function quoted(text: string, spec: FormatSpec): string {
  const part = truncate(text, spec)
  return pad(spec.sharp && canBackquote(part) ? `\`${part}\`` : quoteGo(part, '"', spec.plus), spec)
}

function truncate(text: string, { precision }: FormatSpec): string {
  return precision === undefined ? text : Array.from(text).slice(0, precision).join('')
}

function hexadecimal(text: string, verb: 'x' | 'X', spec: FormatSpec): string {
  const bytes = [...Buffer.from(text).subarray(0, spec.precision)]
  const prefix = spec.sharp ? `0${verb}` : ''
  const digits = bytes.map((byte) => byte.toString(16).padStart(2, '0'))
  const cased = verb === 'X' ? digits.map((pair) => pair.toUpperCase()) : digits
  if (bytes.length === 0) return pad('', spec)
  return pad(spec.space ? cased.map((pair) => prefix + pair).join(' ') : prefix + cased.join(''), spec)
}

/** fmt.Sprint: a space between two arguments of which neither is a text. */
export function sprint(values: readonly Value[]): string {
  return values
    .map((value, index) => {
      const spaced = index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string'
      return (spaced ? ' ' : '') + formatValue(value)
    })
    .join('')
}
