import { KindGuard, OptionalKind, type TArray, type TObject, type TRecord, type TSchema } from '@sinclair/typebox'
import { UsageError } from '../../errors/perf-error.ts'
import { nearest } from '../../record/nearest-word.ts'
import type { YamlMap, YamlTree } from '../../workload/template/yaml-tree.ts'

/** A place in a file, as messages name it: `items[2].level`. */
interface Place {
  readonly file: string
  readonly path: string
}

/**
 * Holds a file against its schema.
 * @throws UsageError `file:line: what`, with the words that are allowed there
 */
export function checkTree(tree: YamlTree, schema: TSchema, file: string): void {
  check(tree, schema, { file, path: '' })
}

function check(tree: YamlTree, schema: TSchema, place: Place): void {
  if (KindGuard.IsObject(schema)) checkObject(tree, schema, place)
  else if (KindGuard.IsArray(schema)) checkList(tree, schema, place)
  else if (KindGuard.IsRecord(schema)) checkRecord(tree, schema, place)
  else if (KindGuard.IsUnion(schema)) checkUnion(tree, schema.anyOf, place)
  else checkScalar(tree, schema, place)
}

function checkList(tree: YamlTree, schema: TArray, place: Place): void {
  if (tree.kind !== 'list') throw faultAt(place, tree.line, `${nameOf(place)} must be a list`)
  if (tree.items.length < (schema.minItems ?? 0)) throw faultAt(place, tree.line, `${nameOf(place)} is empty`)
  for (const [index, item] of tree.items.entries()) check(item, schema.items, below(place, `[${index}]`))
}

function checkRecord(tree: YamlTree, schema: TRecord, place: Place): void {
  if (tree.kind !== 'map') throw faultAt(place, tree.line, `${nameOf(place)} must be a map of keys and values`)
  const [valueSchema] = Object.values(schema.patternProperties)
  for (const [key, { value }] of tree.entries) if (valueSchema) check(value, valueSchema, below(place, `.${key}`))
}

function checkObject(tree: YamlTree, schema: TObject, place: Place): void {
  const { properties } = schema
  if (tree.kind !== 'map') throw faultAt(place, tree.line, `${nameOf(place)} must be a map of keys and values`)
  for (const [key, { line, value }] of tree.entries) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (property === undefined) throw unknownKey(key, line, tree, Object.keys(properties), place)
    check(value, property, below(place, `.${key}`))
  }
  for (const [key, property] of Object.entries(properties)) {
    const isOptional = OptionalKind in property
    if (!isOptional && !tree.entries.has(key))
      throw faultAt(place, tree.line, `${nameOf(below(place, `.${key}`))} is missing`)
  }
}

function unknownKey(
  key: string,
  line: number,
  { entries }: YamlMap,
  known: readonly string[],
  place: Place,
): UsageError {
  const near = nearest(
    key,
    known.filter((name) => !entries.has(name)),
  )
  const hint = near === undefined ? `, there are ${known.join(', ')}` : `; did you mean ${near}?`
  return faultAt(place, line, `unknown key "${key}"${place.path === '' ? '' : ` in ${nameOf(place)}`}${hint}`)
}

/** Words to choose from, or values of several kinds. */
function checkUnion(tree: YamlTree, options: readonly TSchema[], place: Place): void {
  const words = options.flatMap((option) => (KindGuard.IsLiteral(option) ? [String(option.const)] : []))
  if (words.length === options.length) {
    if (tree.kind === 'scalar' && words.includes(tree.source)) return
    const given = tree.kind === 'scalar' ? JSON.stringify(tree.source) : `a ${tree.kind}`
    const near = tree.kind === 'scalar' ? nearest(tree.source, words) : undefined
    const hint = near === undefined ? '' : `; did you mean ${near}?`
    throw faultAt(place, tree.line, `${nameOf(place)} must be one of ${words.join(', ')}, not ${given}${hint}`)
  }
  const fits = options.some((option) => {
    try {
      check(tree, option, place)
      return true
    } catch (error) {
      if (error instanceof UsageError) return false
      throw error
    }
  })
  if (!fits) throw faultAt(place, tree.line, `${nameOf(place)} must be a value, or a list of values`)
}

function checkScalar(tree: YamlTree, schema: TSchema, place: Place): void {
  const value = tree.kind === 'scalar' ? tree.value : undefined
  if (tree.kind !== 'scalar' || value === null) {
    throw faultAt(
      place,
      tree.line,
      `${nameOf(place)} must be a ${schema.type}, not ${tree.kind === 'scalar' ? 'empty' : `a ${tree.kind}`}`,
    )
  }
  if (KindGuard.IsInteger(schema)) {
    const least = schema.minimum ?? Number.MIN_SAFE_INTEGER
    if (typeof value === 'bigint' && value >= BigInt(least)) return
    throw faultAt(
      place,
      tree.line,
      `${nameOf(place)} must be a whole number of at least ${least}, not ${JSON.stringify(tree.source)}`,
    )
  }
  if (KindGuard.IsNumber(schema) && typeof value !== 'bigint' && typeof value !== 'number') {
    throw faultAt(place, tree.line, `${nameOf(place)} must be a number, not ${JSON.stringify(tree.source)}`)
  }
  if (KindGuard.IsBoolean(schema) && typeof value !== 'boolean') {
    throw faultAt(place, tree.line, `${nameOf(place)} must be true or false, not ${JSON.stringify(tree.source)}`)
  }
  if (!KindGuard.IsString(schema)) return
  const { pattern, minLength = 0, description } = schema
  const fits = tree.source.length >= minLength && (pattern === undefined || new RegExp(pattern).test(tree.source))
  if (fits) return
  throw faultAt(
    place,
    tree.line,
    `${nameOf(place)} ${JSON.stringify(tree.source)} is not allowed${description === undefined ? '' : `: ${description}`}`,
  )
}

function below({ file, path }: Place, step: string): Place {
  return { file, path: path === '' ? step.replace(/^\./, '') : `${path}${step}` }
}

function nameOf({ path }: Place): string {
  return path === '' ? 'the suite' : path
}

function faultAt({ file }: Place, line: number, what: string): UsageError {
  return new UsageError(`${file}:${line}: ${what}`)
}
