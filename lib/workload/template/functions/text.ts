import { byteLength, byteSlice } from '../bytes.ts'
import { formatValue } from '../format/format-value.ts'
import { quoteGo } from '../format/quote.ts'
import { TemplateFault } from '../template-fault.ts'
import { type CallContext, type FunctionTable, fixed, variadic } from '../template-function.ts'
import { dict, isNil, list, type Value } from '../value.ts'

// strings.Title: a letter behind the beginning, a space, or an ASCII character that is no letter, digit or underscore.
const WORD_START = /(?<=^|[^0-9A-Za-z_\u0080-\u{10ffff}]|\s)\p{L}/gu

/** Sprig's functions of texts. */
export const textFunctions: FunctionTable = {
  hello: fixed([], () => 'Hello!'),
  upper: fixed(['string'], ([text]) => text.toUpperCase()),
  lower: fixed(['string'], ([text]) => text.toLowerCase()),
  title: fixed(['string'], ([text]) => text.replaceAll(WORD_START, titleCase)),
  untitle: fixed(['string'], ([text]) => text.replaceAll(/(?<=^|\s)\S/gu, (letter) => letter.toLowerCase())),
  swapcase: fixed(['string'], ([text]) => Array.from(text).map(swapCase).join('')),
  initials: fixed(['string'], ([text]) => text.match(/(?<=^|\s)\S/gu)?.join('') ?? ''),
  trim: fixed(['string'], ([text]) => text.trim()),
  trimAll: fixed(['string', 'string'], ([cutset, text]) => trimCharacters(text, cutset)),
  trimall: fixed(['string', 'string'], ([cutset, text]) => trimCharacters(text, cutset)),
  trimSuffix: fixed(['string', 'string'], ([suffix, text]) =>
    suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  trimPrefix: fixed(['string', 'string'], ([prefix, text]) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  nospace: fixed(['string'], ([text]) => text.replaceAll(/\s/g, '')),
  trunc: fixed(['int', 'string'], ([count, text]) => truncate(Number(count), text)),
  abbrev: fixed(['int', 'string'], ([width, text]) => abbreviate(Number(width), text)),
  substr: fixed(['int', 'int', 'string'], ([start, end, text]) => substring(Number(start), Number(end), text)),
  repeat: fixed(['int', 'string'], ([count, text], context) => {
    if (count < 0n) throw new TemplateFault('strings: negative Repeat count')
    checkSize(Number(count) * text.length, context)
    return text.repeat(Number(count))
  }),
  contains: fixed(['string', 'string'], ([part, text]) => text.includes(part)),
  hasPrefix: fixed(['string', 'string'], ([part, text]) => text.startsWith(part)),
  hasSuffix: fixed(['string', 'string'], ([part, text]) => text.endsWith(part)),
  replace: fixed(['string', 'string', 'string'], ([from, to, text], context) => {
    checkSize(text.length + Math.ceil((text.length + 1) / Math.max(from.length, 1)) * to.length, context)
    // Go sees characters where an empty text stands between them, JavaScript halves of them.
    return from === ''
      ? to +
          Array.from(text)
            .map((character) => character + to)
            .join('')
      : text.replaceAll(from, () => to)
  }),
  plural: fixed(['string', 'string', 'int'], ([one, many, count]) => (count === 1n ? one : many)),
  quote: variadic([], 'any', (_, rest) =>
    withoutNil(rest)
      .map((value) => quoteGo(toText(value)))
      .join(' '),
  ),
  squote: variadic([], 'any', (_, rest) =>
    withoutNil(rest)
      .map((value) => `'${formatValue(value)}'`)
      .join(' '),
  ),
  cat: variadic([], 'any', (_, rest) => withoutNil(rest).map(formatValue).join(' ')),
  indent: fixed(['int', 'string'], ([spaces, text], context) => indent(Number(spaces), text, context)),
  nindent: fixed(['int', 'string'], ([spaces, text], context) => `\n${indent(Number(spaces), text, context)}`),
  toString: fixed(['any'], ([value]) => toText(value)),
  split: fixed(['string', 'string'], ([separator, text]) => numbered(splitText(text, separator, -1))),
  splitn: fixed(['string', 'int', 'string'], ([separator, count, text]) =>
    numbered(splitText(text, separator, Number(count))),
  ),
  splitList: fixed(['string', 'string'], ([separator, text]) => list(splitText(text, separator, -1), 'string')),
  join: fixed(['string', 'any'], ([separator, value]) => texts(value).join(separator)),
  toStrings: fixed(['any'], ([value]) => list(texts(value), 'string')),
  sortAlpha: fixed(['any'], ([value]) =>
    list(
      texts(value).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
      'string',
    ),
  ),
  fail: fixed(['string'], ([message]) => {
    throw new TemplateFault(message)
  }),
}

/** Sprig's strval: a value as text, nil as `<nil>`. */
export function toText(value: Value): string {
  return formatValue(value)
}

/** Sprig's strslice: the items of a list as texts, without nil; any other value is a list of one. */
export function texts(value: Value): string[] {
  if (isNil(value)) return []
  if (typeof value === 'object' && value.kind === 'list') return withoutNil(value.items).map(toText)
  return [toText(value)]
}

/** @throws TemplateFault for a text longer than a rendering may be */
export function checkSize(size: number, { maxSize }: CallContext): void {
  if (size > maxSize) throw new TemplateFault(`a text of ${size} characters is too long`)
}

/** strings.SplitN: at most `limit` parts, all for a negative one, none for 0. */
export function splitText(text: string, separator: string, limit: number): string[] {
  if (limit === 0) return []
  const parts = separator === '' ? Array.from(text) : text.split(separator)
  if (limit < 0 || parts.length <= limit) return parts
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)]
}

function withoutNil(values: readonly Value[]): Value[] {
  return values.filter((value) => !isNil(value))
}

function numbered(parts: readonly string[]): Value {
  return dict(
    parts.map((part, index): [string, Value] => [`_${index}`, part]),
    'string',
  )
}

function indent(spaces: number, text: string, context: CallContext): string {
  if (spaces < 0) throw new TemplateFault('strings: negative Repeat count')
  const lines = text.split('\n')
  checkSize(text.length + spaces * lines.length, context)
  const padding = ' '.repeat(spaces)
  return lines.map((line) => padding + line).join('\n')
}

function truncate(count: number, text: string): string {
  const length = byteLength(text)
  if (count < 0 && length + count > 0) return byteSlice(text, length + count, length)
  return count >= 0 && length > count ? byteSlice(text, 0, count) : text
}

function substring(start: number, end: number, text: string): string {
  const length = byteLength(text)
  const from = Math.max(start, 0)
  const to = start >= 0 && (end < 0 || end > length) ? length : end
  if (to < 0 || to > length || from > to) {
    throw new TemplateFault(`runtime error: slice bounds out of range [${from}:${to}] with length ${length}`)
  }
  return byteSlice(text, from, to)
}

function abbreviate(width: number, text: string): string {
  if (width < 4 || byteLength(text) <= width) return text
  return `${byteSlice(text, 0, width - 3)}...`
}

function titleCase(letter: string): string {
  const upper = letter.toUpperCase()
  return upper.length === letter.length ? upper : letter
}

function swapCase(character: string): string {
  return /\p{Lu}|\p{Lt}/u.test(character)
    ? character.toLowerCase()
    : /\p{Ll}/u.test(character)
      ? character.toUpperCase()
      : character
}

function trimCharacters(text: string, cutset: string): string {
  const characters = Array.from(text)
  const cut = new Set(cutset)
  let start = 0
  let end = characters.length
  while (start < end && cut.has(characters[start] ?? '')) start += 1
  while (end > start && cut.has(characters[end - 1] ?? '')) end -= 1
  return characters.slice(start, end).join('')
}
