import { formatValue } from '../format/format-value.ts'
import { parseInteger } from '../literals.ts'
import { TemplateFault } from '../template-fault.ts'
import { type CallContext, type FunctionTable, fixed, type TemplateFunction, variadic } from '../template-function.ts'
import { int64, list, type Value } from '../value.ts'
import { toFloat64, toInt64 } from './cast.ts'
import { type DecimalOperation, inDecimals } from './decimals.ts'

/** Sprig's numbers: arithmetic in int64 (it wraps around as Go's), the `…f` forms in decimals. */
export const mathFunctions: FunctionTable = {
  add: variadic([], 'any', (_, rest) => int64(rest.reduce<bigint>((sum, value) => sum + toInt64(value), 0n))),
  add1: fixed(['any'], ([value]) => int64(toInt64(value) + 1n)),
  sub: fixed(['any', 'any'], ([a, b]) => int64(toInt64(a) - toInt64(b))),
  mul: variadic(['any'], 'any', ([first], rest) =>
    int64(rest.reduce<bigint>((product, value) => product * toInt64(value), toInt64(first))),
  ),
  div: fixed(['any', 'any'], ([a, b]) => int64(toInt64(a) / divisor(b))),
  mod: fixed(['any', 'any'], ([a, b]) => int64(toInt64(a) % divisor(b))),
  ...aliased(
    ['max', 'biggest'],
    choose((a, b) => a > b),
  ),
  min: choose((a, b) => a < b),
  maxf: variadic(['any'], 'any', ([first], rest) => Math.max(toFloat64(first), ...rest.map(toFloat64))),
  minf: variadic(['any'], 'any', ([first], rest) => Math.min(toFloat64(first), ...rest.map(toFloat64))),
  floor: fixed(['any'], ([value]) => Math.floor(toFloat64(value))),
  ceil: fixed(['any'], ([value]) => Math.ceil(toFloat64(value))),
  round: variadic(['any', 'int'], 'float64', ([value, places], [roundOn = 0.5]) =>
    round(toFloat64(value), Number(places), roundOn),
  ),
  addf: variadic([], 'any', (_, rest) => inDecimals('+', [0, ...rest.map(toFloat64)])),
  add1f: fixed(['any'], ([value]) => inDecimals('+', [toFloat64(value), 1])),
  subf: decimal('-'),
  mulf: decimal('*'),
  divf: decimal('/'),
  int: fixed(['any'], ([value]) => toInt64(value)),
  int64: fixed(['any'], ([value]) => int64(toInt64(value))),
  float64: fixed(['any'], ([value]) => toFloat64(value)),
  atoi: fixed(['string'], ([text]) => (/^[+-]?[0-9]+$/.test(text) ? inInt64(BigInt(text.replace(/^\+/, ''))) : 0n)),
  toDecimal: fixed(['any'], ([value]) => {
    const text = formatValue(value)
    return int64(/^[+-]?[0-7]+$/.test(text) ? (parseInteger(text.replace(/^([+-]?)/, '$10')) ?? 0n) : 0n)
  }),
  until: fixed(['int'], ([count], context) => steps(0n, count, count < 0n ? -1n : 1n, context)),
  untilStep: fixed(['int', 'int', 'int'], ([start, stop, step], context) => steps(start, stop, step, context)),
  seq: variadic([], 'int', (_, params, context) => sequence(params, context)),
}

function aliased(names: readonly string[], definition: TemplateFunction): FunctionTable {
  return Object.fromEntries(names.map((name) => [name, definition]))
}

function choose(isBetter: (candidate: bigint, best: bigint) => boolean): TemplateFunction {
  return variadic(['any'], 'any', ([first], rest) =>
    int64(rest.map(toInt64).reduce((best, value) => (isBetter(value, best) ? value : best), toInt64(first))),
  )
}

function divisor(value: Value): bigint {
  const number = toInt64(value)
  if (number === 0n) throw new TemplateFault('runtime error: integer divide by zero')
  return number
}

// strconv.Atoi gives the nearest int with its error, which sprig throws away.
function inInt64(value: bigint): bigint {
  const largest = 2n ** 63n - 1n
  return value > largest ? largest : value < -largest - 1n ? -largest - 1n : value
}

function round(value: number, places: number, roundOn: number): number {
  const power = 10 ** places
  const digit = power * value
  const fraction = digit - Math.trunc(digit)
  return (fraction >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power
}

function decimal(operation: DecimalOperation): TemplateFunction {
  return variadic(['any'], 'any', ([first], rest) => inDecimals(operation, [first, ...rest].map(toFloat64)))
}

function steps(start: bigint, stop: bigint, step: bigint, context: CallContext): Value {
  const upwards = stop >= start
  if ((upwards && step <= 0n) || (!upwards && step >= 0n)) return list([], 'int')
  const distance = upwards ? stop - start : start - stop
  const stride = step < 0n ? -step : step
  const count = (distance + stride - 1n) / stride
  if (count > BigInt(context.maxSize)) throw new TemplateFault(`a list of ${count} numbers is too long`)
  return list(
    Array.from({ length: Number(count) }, (_, index) => start + BigInt(index) * step),
    'int',
  )
}

function sequence(params: readonly bigint[], context: CallContext): string {
  const [first = 0n, second = 0n, third = 0n] = params
  const join = (start: bigint, end: bigint, step: bigint) => {
    const numbers = steps(start, end, step, context)
    return formatValue(numbers).slice(1, -1)
  }
  const towards = (from: bigint, to: bigint) => (to < from ? -1n : 1n)
  if (params.length === 1) return join(1n, first + towards(1n, first), towards(1n, first))
  if (params.length === 2) return join(first, second + towards(first, second), towards(first, second))
  if (params.length !== 3 || (third < first && second > 0n)) return ''
  return join(first, third + towards(first, third), second)
}
