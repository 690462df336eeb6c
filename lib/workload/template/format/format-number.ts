import { TemplateFault } from '../template-fault.ts'
import { formatFloat } from './format-float.ts'
import { type FormatSpec, pad } from './format-spec.ts'
import { isPrintable, quoteGo } from './quote.ts'

const BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 }

/** An integer under a verb of Go's fmt; undefined where the verb is none of an integer's. */
export function formatInteger(value: bigint, verb: string, spec: FormatSpec): string | undefined {
  const base = BASES[verb]
  if (base !== undefined) return inBase(value, base, verb, spec)
  if (verb === 'c') return pad(character(value), spec)
  if (verb === 'q') return pad(quoteGo(character(value), "'", spec.plus), spec)
  return verb === 'U' ? unicode(value, spec) : undefined
}

function inBase(value: bigint, base: number, verb: string, spec: FormatSpec): string {
  const { width, precision, zero, minus, plus, space, sharp } = spec
  if (precision === 0 && value === 0n) return ' '.repeat(width ?? 0)
  const negative = value < 0n
  const signed = negative || plus || space
  const leastDigits = precision ?? (zero && !minus && width !== undefined ? width - (signed ? 1 : 0) : 0)
  let digits = (negative ? -value : value).toString(base).padStart(leastDigits, '0')
  if (verb === 'X') digits = digits.toUpperCase()
  if (sharp && base === 2) digits = `0b${digits}`
  if (sharp && base === 8 && !digits.startsWith('0')) digits = `0${digits}`
  if (sharp && base === 16) digits = `0${verb}${digits}`
  if (verb === 'O') digits = `0o${digits}`
  return pad((negative ? '-' : plus ? '+' : space ? ' ' : '') + digits, { ...spec, zero: false })
}

function character(value: bigint): string {
  const valid = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value >= 0xe000n)
  return valid ? String.fromCodePoint(Number(value)) : '\ufffd'
}

function unicode(value: bigint, spec: FormatSpec): string {
  const code = BigInt.asUintN(64, value)
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(spec.precision ?? 4, 4), '0')
  const shown = character(value)
  const suffix = spec.sharp && value >= 0n && value <= 0x10ffffn && isPrintable(shown) ? ` '${shown}'` : ''
  return pad(`U+${code}${suffix}`, { ...spec, zero: false })
}

const DEFAULT_PRECISION: Readonly<Record<string, number>> = { v: -1, g: -1, G: -1, f: 6, F: 6, e: 6, E: 6 }

/**
 * A float64 under a verb of Go's fmt; undefined where the verb is none of a float's.
 * @throws TemplateFault for `%b`, `%x` and `%X`, the binary mantissas, which nobody writes in a manifest
 */
export function formatFloatVerb(value: number, verb: string, spec: FormatSpec): string | undefined {
  if (verb === 'b' || verb === 'x' || verb === 'X') throw new TemplateFault(`%${verb} of a float64 is not supported`)
  const standard = DEFAULT_PRECISION[verb]
  if (standard === undefined) return undefined
  const precision = spec.precision ?? standard
  const style = { v: 'g', g: 'g', f: 'f', e: 'e' }[verb.toLowerCase()] as 'g' | 'f' | 'e'
  const text = formatFloat(value, style, precision)
  const digits = spec.sharp ? withPoint(text, style, precision) : text
  const number = verb === 'G' || verb === 'E' ? digits.toUpperCase() : digits
  return padNumber(Number.isFinite(value) ? number : text, value, spec)
}

// %#g and its like keep the decimal point and the zeros behind it.
function withPoint(text: string, style: string, precision: number): string {
  const [mantissa = '', tail = ''] = text.split(/(?=e)/)
  let wanted = style === 'g' ? (precision < 0 ? 6 : precision) : 0
  const significant = mantissa
    .replace(/^-/, '')
    .replace(/^0\.?0*/, '')
    .replace('.', '')
  wanted -= significant.length + (/^-?0$/.test(mantissa) ? 1 : 0)
  return mantissa + (mantissa.includes('.') ? '' : '.') + '0'.repeat(Math.max(wanted, 0)) + tail
}

function padNumber(text: string, value: number, spec: FormatSpec): string {
  const { plus, space, zero, minus, width = 0 } = spec
  const bare = text.replace(/^[+-]/, '')
  const sign = text.startsWith('-') ? '-' : plus ? '+' : space ? ' ' : Number.isFinite(value) ? '' : infinitySign(value)
  if (!Number.isFinite(value)) return pad(sign + bare, { ...spec, zero: false })
  if (zero && !minus && sign !== '') return sign + bare.padStart(width - 1, '0')
  return pad(sign + bare, spec)
}

function infinitySign(value: number): string {
  return Number.isNaN(value) ? '' : '+'
}
