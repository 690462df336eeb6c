import type { NumberConstant } from './nodes.ts'

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/g

/**
 * The text of a Go literal between its quotes (`"…"` or `'…'`), escapes resolved; undefined where an escape is none of
 * Go's or the bytes are no UTF-8.
 */
export function unquote(literal: string): string | undefined {
  const quote = literal[0]
  const body = literal.slice(1, -1)
  if (!body.includes('\\')) return body
  const pieces: Buffer[] = []
  let position = 0
  for (const match of body.matchAll(ESCAPE)) {
    const [sequence, hex, short, long, octal, simple] = match
    const bytes = escapedBytes({ hex, octal, codePoint: short ?? long, simple, quote })
    if (bytes === undefined) return undefined
    pieces.push(Buffer.from(body.slice(position, match.index)), bytes)
    position = match.index + sequence.length
  }
  const bytes = Buffer.concat([...pieces, Buffer.from(body.slice(position))])
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes) ? text : undefined
}

interface EscapeParts {
  hex: string | undefined
  octal: string | undefined
  codePoint: string | undefined
  simple: string | undefined
  quote: string | undefined
}

function escapedBytes({ hex, octal, codePoint, simple, quote }: EscapeParts): Buffer | undefined {
  if (hex !== undefined) return Buffer.from([Number.parseInt(hex, 16)])
  if (octal !== undefined) {
    const byte = Number.parseInt(octal, 8)
    return byte > 255 ? undefined : Buffer.from([byte])
  }
  if (codePoint !== undefined) {
    const value = Number.parseInt(codePoint, 16)
    return value > 0x10ffff || (value >= 0xd800 && value < 0xe000)
      ? undefined
      : Buffer.from(String.fromCodePoint(value))
  }
  const character = simple === quote ? simple : SIMPLE_ESCAPES[simple ?? '']
  return character === undefined ? undefined : Buffer.from(character)
}

/** The code point of a character constant such as `'a'` or `'\n'`; undefined where it is not exactly one character. */
export function characterCode(literal: string): bigint | undefined {
  const characters = Array.from(unquote(literal) ?? '')
  const code = characters[0]?.codePointAt(0)
  return characters.length === 1 && code !== undefined ? BigInt(code) : undefined
}

const INT64_MAX = 2n ** 63n - 1n
const INT64_MIN = -(2n ** 63n)

/** An integer in Go's base-0 syntax (`42`, `0x2a`, `0b1`, `0o17`, `017`, `1_000`), of any size; undefined for others. */
export function parseInteger(text: string): bigint | undefined {
  const match =
    /^([+-]?)(0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/.exec(text)
  if (match === null) return undefined
  const digits = (match[2] ?? '').replaceAll('_', '')
  const legacyOctal = /^0[0-7]+$/.test(digits)
  const magnitude = BigInt(legacyOctal ? `0o${digits.slice(1)}` : digits.toLowerCase())
  return match[1] === '-' ? -magnitude : magnitude
}

/** An int64 in Go's base-0 syntax; undefined for what is none or does not fit. */
export function parseInt64(text: string): bigint | undefined {
  const value = parseInteger(text)
  return value !== undefined && value >= INT64_MIN && value <= INT64_MAX ? value : undefined
}

/** A float64 as strconv.ParseFloat reads it; undefined for what is none or too large. */
export function parseFloat64(text: string): number | undefined {
  if (/^[+-]?(?:inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  if (/^[+-]?nan$/i.test(text)) return Number.NaN
  const hex = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)$/.exec(text)
  if (hex !== null && `${hex[2]}${hex[3]}` !== '') {
    const mantissa = Number.parseInt(`${hex[2]}${hex[3]}`, 16) * 2 ** (Number(hex[4]) - 4 * (hex[3] ?? '').length)
    return hex[1] === '-' ? -mantissa : mantissa
  }
  if (!/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** A number literal of a template; a text says what is wrong with it. */
export function numberConstant(text: string, offset: number): NumberConstant | string {
  if (text.endsWith('i')) return `complex number ${text} is not supported`
  const integer = parseInt64(text)
  if (integer !== undefined) return { kind: 'number', text, ideal: integer, integer, float: Number(integer), offset }
  if (parseInteger(text) !== undefined) return `${text} overflows int`
  const float = parseFloat64(text.replaceAll('_', ''))
  if (float === undefined) return `illegal number syntax: "${text}"`
  if (!/[.eEpP]/.test(text)) return `integer overflow: "${text}"`
  const isWhole = Number.isInteger(float) && Math.abs(float) < 2 ** 63
  return { kind: 'number', text, ideal: float, integer: isWhole ? BigInt(float) : undefined, float, offset }
}
