/**
 * The values a template computes with, by Go's types: `bigint` is Go's int, `number` its float64, `null` a nil interface,
 * and `undefined` no value at all (a missing map key), which prints as `<no value>`.
 */
export type Value = undefined | null | boolean | string | bigint | number | Integer | List | Dict | Time

/** An integer of another Go type than int, already within the range of that type. */
export interface Integer {
  readonly kind: 'integer'
  readonly type: 'int64' | 'int32' | 'uint8'
  readonly value: bigint
}

/** A Go slice. `elementType` is Go's name of it: a `[]int` is no `[]interface {}`, as Go sees it. */
export interface List {
  readonly kind: 'list'
  readonly elementType: string
  readonly items: readonly Value[]
}

/** A Go map with string keys; `set` and `unset` change it in place, as in Go. */
export interface Dict {
  readonly kind: 'dict'
  readonly valueType: 'interface {}' | 'string'
  readonly entries: Map<string, Value>
}

/** A moment, shown in the given IANA time zone. */
export interface Time {
  readonly kind: 'time'
  readonly epochMs: number
  readonly zone: string
}

export const ANY = 'interface {}'

/**
 * A Go slice.
 * @param elementType as Go names it, which `printf "%T"` shows
 */
export function list(items: readonly Value[], elementType: string = ANY): List {
  return { kind: 'list', elementType, items }
}

/** A Go map with texts as keys. */
export function dict(
  entries: Iterable<readonly [string, Value]> = [],
  valueType: 'interface {}' | 'string' = ANY,
): Dict {
  return { kind: 'dict', valueType, entries: new Map(entries) }
}

/** An int64 that wraps around as Go's does. */
export function int64(value: bigint): Integer {
  return { kind: 'integer', type: 'int64', value: BigInt.asIntN(64, value) }
}

/**
 * Plain data, as JSON or YAML gives it, as a template sees it. A bigint is Go's int; whole numbers are too, unless
 * `numbers` says that every number is a float64, as encoding/json has it (and YAML read with its integers as bigint).
 */
export function fromPlain(data: unknown, style: { numbers: 'float64' | 'int' } = { numbers: 'int' }): Value {
  if (data === undefined || data === null) return null
  if (typeof data === 'string' || typeof data === 'boolean' || typeof data === 'bigint') return data
  if (typeof data === 'number') return style.numbers === 'int' && Number.isSafeInteger(data) ? BigInt(data) : data
  if (Array.isArray(data)) return list(data.map((item) => fromPlain(item, style)))
  const entries = data instanceof Map ? [...data] : Object.entries(data)
  return dict(entries.map(([key, value]): [string, Value] => [String(key), fromPlain(value, style)]))
}

/** Go's name of the value's type, as `%T` prints it. */
export function typeName(value: Value): string {
  if (value === undefined || value === null) return '<nil>'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'bigint') return 'int'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return 'float64'
  switch (value.kind) {
    case 'integer':
      return value.type
    case 'list':
      return `[]${value.elementType}`
    case 'dict':
      return `map[string]${value.valueType}`
    case 'time':
      return 'time.Time'
  }
}

/** Go's name of the value's reflect.Kind. */
export function kindName(value: Value): string {
  if (value === undefined || value === null) return 'invalid'
  if (typeof value !== 'object' || value.kind === 'integer') return typeName(value)
  return { list: 'slice', dict: 'map', time: 'struct' }[value.kind]
}

/** What `if` takes for true: all that is not the zero of its type. */
export function isTrue(value: Value): boolean {
  if (value === undefined || value === null) return false
  if (typeof value === 'bigint') return value !== 0n
  if (typeof value !== 'object') return Boolean(value) || Number.isNaN(value)
  switch (value.kind) {
    case 'integer':
      return value.value !== 0n
    case 'list':
      return value.items.length > 0
    case 'dict':
      return value.entries.size > 0
    case 'time':
      return true
  }
}

/** The integer in a value of any of Go's integer types; undefined for all other values. */
export function integerOf(value: Value): bigint | undefined {
  if (typeof value === 'bigint') return value
  return typeof value === 'object' && value !== null && value.kind === 'integer' ? value.value : undefined
}

/** A map's entries in the order of their keys' bytes, as Go ranges over and prints a map. */
export function sortedEntries({ entries }: Dict): [string, Value][] {
  return [...entries].sort(([a], [b]) => compareText(a, b))
}

/** Go's order of strings, which is that of their UTF-8 bytes. */
export function compareText(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** reflect.DeepEqual: the same types all the way down, and the same content. */
export function deepEqual(a: Value, b: Value): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return a === b || (isNil(a) && isNil(b))
  }
  if (typeName(a) !== typeName(b)) return false
  if (a.kind === 'integer' && b.kind === 'integer') return a.value === b.value
  if (a.kind === 'time' && b.kind === 'time') return a.epochMs === b.epochMs && a.zone === b.zone
  if (a.kind === 'list' && b.kind === 'list') {
    return a.items.length === b.items.length && a.items.every((item, index) => deepEqual(item, b.items[index]))
  }
  if (a.kind === 'dict' && b.kind === 'dict') {
    if (a.entries.size !== b.entries.size) return false
    return [...a.entries].every(([key, value]) => b.entries.has(key) && deepEqual(value, b.entries.get(key)))
  }
  return false
}

/** Is it what Go calls nil, or nothing at all? */
export function isNil(value: Value): value is undefined | null {
  return value === undefined || value === null
}
