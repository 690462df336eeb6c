import { stringify } from 'yaml'
import { formatValue } from '../format/format-value.ts'
import { parseFloat64 } from '../literals.ts'
import { TemplateFault } from '../template-fault.ts'
import { type CallContext, type FunctionTable, fixed, type TemplateFunction, variadic } from '../template-function.ts'
import { integerOf, isNil, list, typeName, type Value } from '../value.ts'
import { floatToInt64 } from './cast.ts'
import { expandEnvironment, readGivenFile } from './host.ts'
import { checkCount, randomBelow, randomFrom } from './random.ts'

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

const zeros: TemplateFunction = fixed(['any'], ([size], context) => integers(size, context, () => 0n))
const include: TemplateFunction = fixed(['any'], ([path], context) => {
  if (typeof path !== 'string') throw new TemplateFault(`incorrect argument type: got: ${typeName(path)} want: string`)
  return readGivenFile(path, context)
})

/** ClusterLoader2's functions (its pkg/config/template_functions.go): arithmetic in float64, made int at the end. */
export const clusterLoader2Functions: FunctionTable = {
  ...arithmetic('Add', 0, (a, b) => a + b),
  ...arithmetic('Multiply', 1, (a, b) => a * b),
  ...arithmetic('Max', undefined, Math.max),
  ...arithmetic('Min', undefined, Math.min),
  SubtractFloat: fixed(['any', 'any'], ([a, b]) => toNumber(a) - toNumber(b)),
  SubtractInt: fixed(['any', 'any'], ([a, b]) => floatToInt64(toNumber(a) - toNumber(b))),
  DivideFloat: fixed(['any', 'any'], ([a, b]) => divide(a, b)),
  DivideInt: fixed(['any', 'any'], ([a, b]) => floatToInt64(divide(a, b))),
  Mod: fixed(['any', 'any'], ([a, b]) => {
    const divisor = toInteger(b)
    if (divisor === 0n) throw new TemplateFault('runtime error: integer divide by zero')
    return toInteger(a) % divisor
  }),
  Ceil: fixed(['any'], ([value]) => Math.ceil(toNumber(value))),
  DefaultParam: fixed(['any', 'any'], ([given, fallback]) => (isNil(given) ? fallback : given)),
  IfThenElse: fixed(['any', 'any', 'any'], ([condition, yes, no]) => {
    if (typeof condition === 'boolean') return condition ? yes : no
    throw new TemplateFault(`incorrect argument type: got: ${typeName(condition)} want: bool`)
  }),
  Loop: fixed(['any'], ([size], context) => integers(size, context, BigInt)),
  Seq: zeros,
  SliceOfZeros: zeros,
  StringSplit: fixed(['string'], ([text]) => list(text.split(','), 'string')),
  Lowercase: fixed(['string'], ([text]) => text.toLowerCase()),
  ExpandEnv: fixed(['any'], ([text], { environment }) => {
    if (typeof text !== 'string') throw new TemplateFault('expandEnv parameter is not a string')
    return expandEnvironment(text, environment)
  }),
  IncludeFile: include,
  IncludeEmbedFile: include,
  RandInt: fixed(['any'], ([most], context) => between(0n, toInteger(most), context)),
  RandIntRange: fixed(['any', 'any'], ([least, most], context) => between(toInteger(least), toInteger(most), context)),
  RandData: fixed(['any'], ([count], context) => {
    checkCount(toInteger(count), context)
    return randomFrom(ALPHABET, Number(toInteger(count)), context)
  }),
  YamlQuote: fixed(['any', 'any'], ([text, tabs]) => {
    if (typeof text !== 'string')
      throw new TemplateFault(`incorrect argument type: got: ${typeName(text)} want: string`)
    if (typeof tabs !== 'bigint' || tabs < 0n || tabs > 1000n) {
      throw new TemplateFault(`incorrect argument type: got: ${typeName(tabs)} want: int`)
    }
    const quoted = stringify({ x: text }, { version: '1.1', lineWidth: 0 }).slice('x: '.length)
    return quoted.replaceAll('\n', `\n${'  '.repeat(Number(tabs))}`)
  }),
}

function toNumber(value: Value): number {
  const integer = integerOf(value)
  if (integer !== undefined) return Number(integer)
  const number = typeof value === 'number' ? value : typeof value === 'string' ? parseFloat64(value) : undefined
  if (number === undefined) throw new TemplateFault(`cannot cast ${formatValue(value)} to float64`)
  return number
}

function toInteger(value: Value): bigint {
  return floatToInt64(toNumber(value))
}

function divide(a: Value, b: Value): number {
  if (toNumber(b) === 0) throw new TemplateFault('division by zero')
  return toNumber(a) / toNumber(b)
}

function arithmetic(name: string, start: number | undefined, operate: (a: number, b: number) => number): FunctionTable {
  const compute = (values: readonly Value[]) => {
    const numbers = values.map(toNumber)
    if (start !== undefined) return numbers.reduce((a, b) => operate(a, b), start)
    const [first, ...rest] = numbers
    if (first === undefined) throw new TemplateFault(`${name.toLowerCase()}imum undefined`)
    return rest.reduce((a, b) => operate(a, b), first)
  }
  return {
    [`${name}Float`]: variadic([], 'any', (_, values) => compute(values)),
    [`${name}Int`]: variadic([], 'any', (_, values) => floatToInt64(compute(values))),
  }
}

function integers(size: Value, { maxSize }: CallContext, item: (index: number) => bigint): Value {
  const length = Number(toInteger(size))
  if (length < 0 || length > maxSize) throw new TemplateFault(`a list of ${length} numbers is not possible`)
  return list(
    Array.from({ length }, (_, index) => item(index)),
    'int',
  )
}

// Both ends are possible; a range without any number is its lower end.
function between(least: bigint, most: bigint, context: CallContext): bigint {
  return least >= most ? least : least + BigInt(randomBelow(Number(most - least) + 1, context))
}
