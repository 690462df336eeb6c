import { type FunctionTable, fixed, variadic } from '../template-function.ts'
import { deepEqual, kindName, typeName } from '../value.ts'
import { isEmpty } from './lists.ts'

/** Sprig's defaults, and what asks for the type of a value. */
export const defaultFunctions: FunctionTable = {
  default: variadic(['any'], 'any', ([fallback], [given]) => (isEmpty(given) ? fallback : given)),
  empty: fixed(['any'], ([value]) => isEmpty(value)),
  coalesce: variadic([], 'any', (_, values) => values.find((value) => !isEmpty(value)) ?? null),
  all: variadic([], 'any', (_, values) => values.every((value) => !isEmpty(value))),
  any: variadic([], 'any', (_, values) => values.some((value) => !isEmpty(value))),
  ternary: fixed(['any', 'any', 'bool'], ([yes, no, condition]) => (condition ? yes : no)),
  typeOf: fixed(['any'], ([value]) => typeName(value)),
  typeIs: fixed(['string', 'any'], ([name, value]) => typeName(value) === name),
  typeIsLike: fixed(['string', 'any'], ([name, value]) => typeName(value) === name),
  kindOf: fixed(['any'], ([value]) => kindName(value)),
  kindIs: fixed(['string', 'any'], ([name, value]) => kindName(value) === name),
  deepEqual: fixed(['any', 'any'], ([a, b]) => deepEqual(a, b)),
}
