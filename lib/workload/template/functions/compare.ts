import { TemplateFault } from '../template-fault.ts'
import { type FunctionTable, fixed, variadic } from '../template-function.ts'
import { compareText, integerOf, isNil, typeName, type Value } from '../value.ts'

/** The comparisons of text/template: eq ne lt le gt ge. */
export const comparisons: FunctionTable = {
  eq: variadic(['any'], 'any', ([first], rest) => {
    if (rest.length === 0) throw new TemplateFault('missing argument for comparison')
    return rest.some((other) => equal(first, other))
  }),
  ne: fixed(['any', 'any'], ([a, b]) => !equal(a, b)),
  lt: fixed(['any', 'any'], ([a, b]) => less(a, b)),
  le: fixed(['any', 'any'], ([a, b]) => less(a, b) || equal(a, b)),
  gt: fixed(['any', 'any'], ([a, b]) => !(less(a, b) || equal(a, b))),
  ge: fixed(['any', 'any'], ([a, b]) => !less(a, b)),
}

type BasicKind = 'bool' | 'int' | 'float' | 'string' | undefined

function basicKind(value: Value): BasicKind {
  if (integerOf(value) !== undefined) return 'int'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return 'float'
  return typeof value === 'string' ? 'string' : undefined
}

function equal(a: Value, b: Value): boolean {
  const kind = basicKind(a)
  if (kind !== basicKind(b)) {
    if (isNil(a) || isNil(b)) return false
    throw incompatible(a, b)
  }
  if (kind === 'int') return integerOf(a) === integerOf(b)
  if (kind !== undefined) return a === b
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b)
  if (typeName(a) !== typeName(b)) throw incompatible(a, b)
  throw new TemplateFault(`values of type ${typeName(b)} cannot be compared`)
}

function less(a: Value, b: Value): boolean {
  const kind = basicKind(a)
  if (kind === undefined || basicKind(b) === undefined) throw new TemplateFault('invalid type for comparison')
  if (kind !== basicKind(b)) throw incompatible(a, b)
  if (kind === 'bool') throw new TemplateFault('invalid type for comparison')
  if (kind === 'int') return (integerOf(a) ?? 0n) < (integerOf(b) ?? 0n)
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b) < 0
  return Number(a) < Number(b)
}

function incompatible(a: Value, b: Value): TemplateFault {
  return new TemplateFault(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`)
}
