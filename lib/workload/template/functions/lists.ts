import { byteLength, byteSlice } from '../bytes.ts'
import { TemplateFault } from '../template-fault.ts'
import { type FunctionTable, fixed, type TemplateFunction, variadic } from '../template-function.ts'
import { ANY, deepEqual, isNil, isTrue, kindName, type List, list, type Value } from '../value.ts'
import { position } from './builtins.ts'
import { toInt64 } from './cast.ts'

const first: TemplateFunction = fixed(['any'], ([value]) => itemsOf(value, 'find first on')[0] ?? null)
const last: TemplateFunction = fixed(['any'], ([value]) => itemsOf(value, 'find last on').at(-1) ?? null)
const rest: TemplateFunction = fixed(['any'], ([value]) => list(itemsOf(value, 'find rest on').slice(1)))
const initial: TemplateFunction = fixed(['any'], ([value]) => list(itemsOf(value, 'find initial on').slice(0, -1)))
const reverse: TemplateFunction = fixed(['any'], ([value]) => list(itemsOf(value, 'find reverse on').toReversed()))
const push: TemplateFunction = fixed(['any', 'any'], ([value, item]) => list([...itemsOf(value, 'push on'), item]))
const prepend: TemplateFunction = fixed(['any', 'any'], ([value, item]) =>
  list([item, ...itemsOf(value, 'prepend on')]),
)
const has: TemplateFunction = fixed(
  ['any', 'any'],
  ([item, value]) => !isNil(value) && includes(itemsOf(value, 'find has on'), item),
)
const compact: TemplateFunction = fixed(['any'], ([value]) =>
  list(itemsOf(value, 'compact on').filter((item) => !isEmpty(item))),
)
const uniq: TemplateFunction = fixed(['any'], ([value]) => {
  const unique: Value[] = []
  for (const item of itemsOf(value, 'find uniq on')) if (!includes(unique, item)) unique.push(item)
  return list(unique)
})
const without: TemplateFunction = variadic(['any'], 'any', ([value], omitted) =>
  list(itemsOf(value, 'find without on').filter((item) => !includes(omitted, item))),
)
const slice: TemplateFunction = variadic(['any'], 'any', ([value], indexes) => sliceOf(value, indexes))
const chunk: TemplateFunction = fixed(['int', 'any'], ([size, value]) => {
  const items = itemsOf(value, 'chunk')
  if (size <= 0n) throw new TemplateFault('chunk needs a size above 0')
  const width = Number(size)
  const chunks = Array.from({ length: Math.ceil(items.length / width) }, (_, index) =>
    list(items.slice(index * width, (index + 1) * width)),
  )
  return list(chunks, `[]${ANY}`)
})

/** Sprig's lists. A list is never changed: what adds or takes away gives a new one. */
export const listFunctions: FunctionTable = {
  list: variadic([], 'any', (_, items) => list(items)),
  tuple: variadic([], 'any', (_, items) => list(items)),
  append: push,
  push,
  mustAppend: push,
  mustPush: push,
  prepend,
  mustPrepend: prepend,
  first,
  mustFirst: first,
  last,
  mustLast: last,
  rest,
  mustRest: rest,
  initial,
  mustInitial: initial,
  reverse,
  mustReverse: reverse,
  uniq,
  mustUniq: uniq,
  without,
  mustWithout: without,
  has,
  mustHas: has,
  compact,
  mustCompact: compact,
  slice,
  mustSlice: slice,
  chunk,
  mustChunk: chunk,
  concat: variadic([], 'any', (_, lists) => list(lists.flatMap((value) => itemsOf(value, 'concat')))),
}

/** Sprig's empty: what is false to `if`. */
export function isEmpty(value: Value): boolean {
  return !isTrue(value)
}

function itemsOf(value: Value, doing: string): readonly Value[] {
  return isList(value) ? value.items : noList(value, doing)
}

function isList(value: Value): value is List {
  return typeof value === 'object' && value !== null && value.kind === 'list'
}

function noList(value: Value, doing: string): never {
  throw new TemplateFault(`cannot ${doing} type ${isNil(value) ? 'nil' : kindName(value)}`)
}

function includes(items: readonly Value[], wanted: Value): boolean {
  return items.some((item) => deepEqual(wanted, item))
}

// Sprig's slice takes lists alone and hides text/template's, which also takes texts: here both work.
function sliceOf(value: Value, indexes: readonly Value[]): Value {
  if (typeof value === 'string') {
    const [start, end] = bounds(indexes, byteLength(value))
    return byteSlice(value, start, end)
  }
  const items = itemsOf(value, 'slice')
  if (items.length === 0) return null
  const [start, end] = bounds(
    indexes.map((index) => toInt64(index)),
    items.length,
  )
  return list(items.slice(start, end), (value as List).elementType)
}

function bounds(indexes: readonly Value[], length: number): [number, number] {
  const start = indexes.length > 0 ? position(indexes[0], length) : 0
  const end = indexes.length > 1 ? position(indexes[1], length) : length
  if (start > end) throw new TemplateFault(`invalid slice index: ${start} > ${end}`)
  return [start, end]
}
