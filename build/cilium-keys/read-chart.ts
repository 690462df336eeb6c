import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { addReferences, type References } from './template-references.ts'

/**
 * What a chart takes at a key, a letter for each: b boolean, i integer, n number, s string, l list, m map whose keys are
 * known, f map with any keys (those below it are the chart's own), z nothing at all, * anything. `{Disk|Memory}` stands
 * for a choice.
 */
export type Types = string

export interface ChartKey {
  readonly types: Types
  readonly below: ReadonlyMap<string, ChartKey>
}

export interface Chart {
  readonly release: string
  readonly keys: ReadonlyMap<string, ChartKey>
  /** Whether Helm holds values against a schema, and refuses a wrong type. */
  readonly hasSchema: boolean
  /** Flags of the agent and the operator, with the path of the value that sets them. */
  readonly flags: ReadonlyMap<string, string>
  /** The chart's own values as YAML, without comments. */
  readonly valuesText: string
}

interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly enum?: readonly string[]
  readonly oneOf?: readonly Schema[]
}

interface Mutable {
  types: Types
  below: Map<string, Mutable>
}

/** Named by templates, but only for where the key that took its place is missing, which it never is. */
const NEVER_READ: readonly string[] = ['hostServices']

/** Everything that a Cilium chart says about its values: values.yaml, values.schema.json and the templates. */
export async function readChart(folder: string, release: string): Promise<Chart> {
  const values = parse(await readFile(join(folder, 'values.yaml'), 'utf8')) as Record<string, unknown>
  const schema = await readFile(join(folder, 'values.schema.json'), 'utf8').then(
    (text) => JSON.parse(text) as Schema,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    },
  )
  const references: References = new Map()
  for (const name of await readdir(folder, { recursive: true })) {
    // What validate.yaml alone names, it refuses.
    if (!/^(templates|files)\/.*\.(yaml|tpl|json|txt|bash)$/.test(name) || name.endsWith('/validate.yaml')) continue
    addReferences(await readFile(join(folder, name), 'utf8'), references)
  }
  const keys = describeMap(values, schema, '', references)
  for (const path of [...references.keys()].sort()) if (!NEVER_READ.includes(path)) addPath(keys, path.split('.'))
  const flags = readFlags(await readFile(join(folder, 'templates/cilium-configmap.yaml'), 'utf8'))
  return { release, keys, hasSchema: schema !== undefined, flags, valuesText: stringify(values, { lineWidth: 0 }) }
}

function describeMap(
  values: Record<string, unknown>,
  schema: Schema | undefined,
  prefix: string,
  references: References,
): Map<string, Mutable> {
  const names = new Set([...Object.keys(values), ...Object.keys(schema?.properties ?? {})])
  return new Map(
    [...names].map((name) => {
      const path = `${prefix}${name}`
      const value = values[name]
      const own = schema?.properties?.[name]
      const inner = isMap(value) ? value : {}
      const isEmpty = Object.keys(inner).length === 0 && Object.keys(own?.properties ?? {}).length === 0
      const free = references.get(path)?.has('whole') === true || (isEmpty && !isReadBelow(path, references))
      const types = mapLetter(typesOf(value, own), free)
      return [name, { types, below: describeMap(inner, own, `${path}.`, references) }]
    }),
  )
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isReadBelow(path: string, references: References): boolean {
  return [...references.keys()].some((read) => read.startsWith(`${path}.`))
}

function mapLetter(types: Types, free: boolean): Types {
  return free && !types.startsWith('{') ? types.replace('m', 'f') : types
}

function typesOf(value: unknown, schema: Schema | undefined): Types {
  const ofSchema = schema === undefined ? undefined : schemaTypes(schema)
  if (ofSchema !== undefined) return ofSchema
  if (typeof value === 'boolean') return 'b'
  if (typeof value === 'string') return 's'
  if (typeof value === 'number') return Number.isInteger(value) ? 'i' : 'n'
  if (Array.isArray(value)) return 'l'
  return isMap(value) ? 'm' : '*'
}

const LETTERS: Readonly<Record<string, string>> = {
  boolean: 'b',
  integer: 'i',
  number: 'n',
  string: 's',
  array: 'l',
  object: 'm',
}

function schemaTypes({ type, properties, enum: choices, oneOf }: Schema): Types | undefined {
  const chosen = choices ?? oneOf?.flatMap((one) => one.enum ?? [])
  if (chosen !== undefined && chosen.length > 0) return `{${chosen.join('|')}}`
  if (type === undefined) return properties === undefined ? undefined : 'm'
  const letters = [type].flat().flatMap((name) => LETTERS[name] ?? [])
  // A schema that takes null alone is made of a default that is null: such a key cannot be set.
  return letters.length === 0 ? 'z' : letters.sort().join('')
}

// Keys that stand in no values.yaml, only in a comment of it, but are read.
function addPath(keys: Map<string, Mutable>, path: readonly string[]): void {
  const [name = '', ...rest] = path
  const key = keys.get(name) ?? { types: rest.length === 0 ? '*' : 'm', below: new Map() }
  keys.set(name, key)
  if (rest.length > 0 && key.types.includes('m')) addPath(key.below, rest)
}

/** A flag with a value, or with a word in a block that is there for one value. */
const FLAG = /^ +([a-z0-9]+(?:-[a-z0-9]+)+): [^\n]*?\{\{[^}\n]*?\.Values\.([\w.]+)/gm
const FLAG_IN_BLOCK = /\{\{-? if \.Values\.([\w.]+) -?\}\}\n(?: *#[^\n]*\n)* +([a-z0-9]+(?:-[a-z0-9]+)+): "?true"?\n/g

function readFlags(configMap: string): Map<string, string> {
  const flags = new Map<string, string>()
  for (const [, flag = '', path = ''] of configMap.matchAll(FLAG)) if (!flags.has(flag)) flags.set(flag, path)
  for (const [, path = '', flag = ''] of configMap.matchAll(FLAG_IN_BLOCK)) {
    const isSetElsewhere = configMap.split(` ${flag}:`).length > 2
    if (!flags.has(flag) && !isSetElsewhere) flags.set(flag, path)
  }
  return flags
}
