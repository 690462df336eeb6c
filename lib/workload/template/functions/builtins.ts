import { byteAt, byteLength } from '../bytes.ts'
import { formatValue, sprint } from '../format/format-value.ts'
import { sprintf } from '../format/printf.ts'
import { isPrintable } from '../format/quote.ts'
import { TemplateFault } from '../template-fault.ts'
import { type FunctionTable, fixed, variadic } from '../template-function.ts'
import { integerOf, isNil, isTrue, typeName, type Value } from '../value.ts'

/** The functions of text/template itself, without the comparisons; `and` and `or` are the executor's, as they stop early. */
export const builtins: FunctionTable = {
  html: variadic([], 'any', (_, rest) => escapeHtml(sprint(rest))),
  js: variadic([], 'any', (_, rest) => escapeJavaScript(sprint(rest))),
  urlquery: variadic([], 'any', (_, rest) => escapeQuery(sprint(rest))),
  index: variadic(['any'], 'any', ([item], indexes) => {
    if (isNil(item)) throw new TemplateFault('index of untyped nil')
    return indexes.reduce<Value>(elementAt, item)
  }),
  len: fixed(['any'], ([item]) => BigInt(lengthOf(item))),
  not: fixed(['any'], ([item]) => !isTrue(item)),
  print: variadic([], 'any', (_, rest) => sprint(rest)),
  printf: variadic(['string'], 'any', ([format], rest) => sprintf(format, rest)),
  println: variadic([], 'any', (_, rest) => `${rest.map(formatValue).join(' ')}\n`),
}

function lengthOf(item: Value): number {
  if (typeof item === 'string') return byteLength(item)
  if (typeof item === 'object' && item !== null && item.kind === 'list') return item.items.length
  if (typeof item === 'object' && item !== null && item.kind === 'dict') return item.entries.size
  throw new TemplateFault(`len of type ${typeName(item)}`)
}

function elementAt(item: Value, index: Value): Value {
  if (isNil(item)) throw new TemplateFault('index of nil pointer')
  if (typeof item === 'string') {
    const byte = byteAt(item, position(index, byteLength(item)))
    return byte === undefined ? outOfRange(index) : { kind: 'integer', type: 'uint8', value: BigInt(byte) }
  }
  if (typeof item === 'object' && item.kind === 'list') {
    const at = position(index, item.items.length)
    return at === item.items.length ? outOfRange(index) : item.items[at]
  }
  if (typeof item === 'object' && item.kind === 'dict') {
    if (isNil(index)) throw new TemplateFault('value is nil; should be of type string')
    if (typeof index !== 'string') throw new TemplateFault(`value has type ${typeName(index)}; should be string`)
    return item.entries.has(index) ? item.entries.get(index) : item.valueType === 'string' ? '' : null
  }
  throw new TemplateFault(`can't index item of type ${typeName(item)}`)
}

/** An index within 0 to `capacity`, as `index` and `slice` take it. */
export function position(index: Value, capacity: number): number {
  const number = integerOf(index)
  if (number === undefined) {
    throw new TemplateFault(`cannot index slice/array with ${isNil(index) ? 'nil' : `type ${typeName(index)}`}`)
  }
  if (number < 0n || number > BigInt(capacity)) return outOfRange(index)
  return Number(number)
}

function outOfRange(index: Value): never {
  throw new TemplateFault(`index out of range: ${formatValue(index)}`)
}

const HTML: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[\0"'&<>]/g, (character) => HTML[character] ?? character)
}

function escapeJavaScript(text: string): string {
  return text.replaceAll(/[\\'"<>&=\0-\x1f]|[^\0-\x7f]/gu, (character) => {
    if (character === '\\' || character === "'" || character === '"') return `\\${character}`
    const code = character.codePointAt(0) ?? 0
    if (code >= 0x80 && isPrintable(character)) return character
    return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
  })
}

function escapeQuery(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}
