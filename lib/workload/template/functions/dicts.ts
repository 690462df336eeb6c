import { TemplateFault } from '../template-fault.ts'
import { type FunctionTable, fixed, type TemplateFunction, variadic } from '../template-function.ts'
import { ANY, type Dict, dict, kindName, list, sortedEntries, type Value } from '../value.ts'
import { isEmpty } from './lists.ts'
import { toText } from './text.ts'

const merge = merging((known, added) => (isEmpty(known) ? added : known))
const mergeOverwrite = merging((_, added) => added)
const deepCopy: TemplateFunction = fixed(['any'], ([value]) => copy(value))

/** Sprig's dictionaries: Go maps, which `set`, `unset` and the merges change in place. `keys` and `values` come sorted. */
export const dictFunctions: FunctionTable = {
  dict: variadic([], 'any', (_, values) => {
    const made = dict()
    for (let index = 0; index < values.length; index += 2) {
      made.entries.set(toText(values[index]), index + 1 < values.length ? values[index + 1] : '')
    }
    return made
  }),
  get: fixed(['dict', 'string'], ([from, key]) => (from.entries.has(key) ? from.entries.get(key) : '')),
  set: fixed(['dict', 'string', 'any'], ([into, key, value]) => {
    into.entries.set(key, value)
    return into
  }),
  unset: fixed(['dict', 'string'], ([from, key]) => {
    from.entries.delete(key)
    return from
  }),
  hasKey: fixed(['dict', 'string'], ([from, key]) => from.entries.has(key)),
  keys: variadic([], 'dict', (_, dicts) =>
    list(
      dicts.flatMap((from) => sortedEntries(from).map(([key]) => key)),
      'string',
    ),
  ),
  values: fixed(['dict'], ([from]) => list(sortedEntries(from).map(([, value]) => value))),
  pluck: variadic(['string'], 'dict', ([key], dicts) =>
    list(dicts.filter(({ entries }) => entries.has(key)).map(({ entries }) => entries.get(key))),
  ),
  pick: variadic(['dict'], 'string', ([from], keys) => filtered(from, (key) => keys.includes(key))),
  omit: variadic(['dict'], 'string', ([from], keys) => filtered(from, (key) => !keys.includes(key))),
  merge,
  mustMerge: merge,
  mergeOverwrite,
  mustMergeOverwrite: mergeOverwrite,
  deepCopy,
  mustDeepCopy: deepCopy,
  dig: variadic([], 'any', (_, values) => {
    if (values.length < 3) throw new TemplateFault('dig needs at least three arguments')
    return dig(values.slice(0, -2), values.at(-2), values.at(-1))
  }),
}

function filtered(from: Dict, keep: (key: string) => boolean): Dict {
  return dict([...from.entries].filter(([key]) => keep(key)))
}

function isDict(value: Value): value is Dict {
  return typeof value === 'object' && value !== null && value.kind === 'dict' && value.valueType === ANY
}

function merging(choose: (known: Value, added: Value) => Value): TemplateFunction {
  const mergeInto = (into: Dict, from: Dict) => {
    for (const [key, added] of from.entries) {
      const known = into.entries.get(key)
      if (isDict(known) && isDict(added)) mergeInto(known, added)
      else into.entries.set(key, into.entries.has(key) ? choose(known, added) : added)
    }
  }
  return variadic(['dict'], 'dict', ([into], others) => {
    for (const other of others) mergeInto(into, other)
    return into
  })
}

function copy(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value
  if (value.kind === 'list') return list(value.items.map(copy), value.elementType)
  if (value.kind !== 'dict') return value
  return dict(
    [...value.entries].map(([key, item]): [string, Value] => [key, copy(item)]),
    value.valueType,
  )
}

function dig(keys: readonly Value[], fallback: Value, from: Value): Value {
  let current = from
  for (const key of keys) {
    if (typeof key !== 'string') throw new TemplateFault(`dig needs keys of type string, not ${kindName(key)}`)
    if (!isDict(current)) throw new TemplateFault(`dig needs a dict to look for ${JSON.stringify(key)}`)
    if (!current.entries.has(key)) return fallback
    current = current.entries.get(key)
  }
  return current
}
