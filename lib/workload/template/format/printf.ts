import { integerOf, isNil, typeName, type Value } from '../value.ts'
import { type FormatSpec, PLAIN } from './format-spec.ts'
import { formatValue, formatVerb } from './format-value.ts'

const LARGEST = 1_000_000
const FLAGS = '#0+- '

interface Cursor {
  readonly format: string
  readonly args: readonly Value[]
  at: number
  /** Index of the argument that comes next. */
  argument: number
  reordered: boolean
  goodIndex: boolean
}

/**
 * Go's fmt.Sprintf: flags, width and precision (also `*`), argument indexes (`%[2]d`), and its own marks for what does
 * not fit, for example `%!d(string=x)` and `%!(EXTRA int=1)`.
 */
export function sprintf(format: string, args: readonly Value[]): string {
  const cursor: Cursor = { format, args, at: 0, argument: 0, reordered: false, goodIndex: true }
  let text = ''
  while (cursor.at < format.length) {
    const percent = format.indexOf('%', cursor.at)
    text += format.slice(cursor.at, percent === -1 ? undefined : percent)
    if (percent === -1) break
    cursor.at = percent + 1
    cursor.goodIndex = true
    text += formatDirective(cursor)
  }
  return text + (cursor.reordered ? '' : extraArguments(args.slice(cursor.argument)))
}

function extraArguments(extra: readonly Value[]): string {
  if (extra.length === 0) return ''
  const shown = extra.map((value) => (isNil(value) ? '<nil>' : `${typeName(value)}=${formatValue(value)}`))
  return `%!(EXTRA ${shown.join(', ')})`
}

function formatDirective(cursor: Cursor): string {
  const { format, args } = cursor
  let problems = ''
  const flags = readFlags(cursor)
  let afterIndex = readIndex(cursor)
  let minus = flags.includes('-')
  let zero = flags.includes('0')
  let width: number | undefined
  if (format[cursor.at] === '*') {
    width = argumentNumber(cursor)
    if (width === undefined) problems += '%!(BADWIDTH)'
    if (width !== undefined && width < 0) {
      width = -width
      minus = true
      zero = false
    }
    afterIndex = false
  } else {
    width = readNumber(cursor)
    if (afterIndex && width !== undefined) cursor.goodIndex = false
  }
  let precision: number | undefined
  if (format[cursor.at] === '.' && cursor.at + 1 < format.length) {
    cursor.at += 1
    if (afterIndex) cursor.goodIndex = false
    afterIndex = readIndex(cursor)
    if (format[cursor.at] === '*') {
      precision = argumentNumber(cursor)
      if (precision !== undefined && precision < 0) precision = undefined
      if (precision === undefined) problems += '%!(BADPREC)'
      afterIndex = false
    } else {
      precision = readNumber(cursor) ?? 0
    }
  }
  if (!afterIndex) readIndex(cursor)
  const verb = String.fromCodePoint(format.codePointAt(cursor.at) ?? 0)
  if (cursor.at >= format.length) return `${problems}%!(NOVERB)`
  cursor.at += verb.length
  if (verb === '%') return `${problems}%`
  if (!cursor.goodIndex) return `${problems}%!${verb}(BADINDEX)`
  if (cursor.argument >= args.length) return `${problems}%!${verb}(MISSING)`
  const value = args[cursor.argument]
  cursor.argument += 1
  return problems + formatVerb(value, verb, specOf(flags, verb, { minus, zero, width, precision }))
}

function specOf(
  flags: string,
  verb: string,
  { minus, zero, width, precision }: Pick<FormatSpec, 'minus' | 'zero' | 'width' | 'precision'>,
): FormatSpec {
  return {
    ...PLAIN,
    minus,
    zero,
    width,
    precision,
    space: flags.includes(' '),
    // %+v and %#v mean other things than + and # of the other verbs.
    plus: flags.includes('+') && verb !== 'v',
    sharp: flags.includes('#') && verb !== 'v',
    goSyntax: flags.includes('#') && verb === 'v',
  }
}

function readFlags(cursor: Cursor): string {
  const start = cursor.at
  while (FLAGS.includes(cursor.format[cursor.at] ?? 'none')) cursor.at += 1
  return cursor.format.slice(start, cursor.at)
}

function readNumber(cursor: Cursor): number | undefined {
  const { format } = cursor
  let number: number | undefined
  while (/^[0-9]$/.test(format[cursor.at] ?? '')) {
    if (number !== undefined && number > LARGEST) {
      cursor.at = format.length
      return undefined
    }
    number = (number ?? 0) * 10 + Number(format[cursor.at])
    cursor.at += 1
  }
  return number
}

// `[n]`: the argument that comes next, counted from 1. True where one was read.
function readIndex(cursor: Cursor): boolean {
  const { format, args, at } = cursor
  if (format[at] !== '[') return false
  cursor.reordered = true
  const close = format.indexOf(']', at)
  const number = close === -1 ? Number.NaN : Number(/^[0-9]+$/.exec(format.slice(at + 1, close))?.[0] ?? Number.NaN)
  cursor.at = close === -1 ? at + 1 : close + 1
  if (number >= 1 && number <= args.length) {
    cursor.argument = number - 1
    return true
  }
  cursor.goodIndex = false
  return Number.isFinite(number)
}

function argumentNumber(cursor: Cursor): number | undefined {
  cursor.at += 1
  if (cursor.argument >= cursor.args.length) return undefined
  const number = integerOf(cursor.args[cursor.argument])
  cursor.argument += 1
  return number === undefined || number > LARGEST || number < -LARGEST ? undefined : Number(number)
}
