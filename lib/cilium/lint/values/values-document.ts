import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import { UsageError } from '../../../errors/perf-error.ts'
import { resolveScalar } from './yaml-scalar.ts'

export interface Place {
  readonly file: string
  /** From 1. */
  readonly line: number
}

export interface MapNode {
  readonly kind: 'map'
  readonly place: Place
  readonly entries: ReadonlyMap<string, Entry>
}

export interface Entry {
  /** Of the key. */
  readonly place: Place
  readonly value: ValueNode
}

export interface ListNode {
  readonly kind: 'list'
  readonly place: Place
  readonly items: readonly ValueNode[]
}

export interface ScalarNode {
  readonly kind: 'scalar'
  readonly place: Place
  readonly value: string | number | boolean | null
}

export type ValueNode = MapNode | ListNode | ScalarNode

/** A key that stands twice in one map: the first one counts for nothing. */
export interface Duplicate {
  readonly path: string
  /** Of the one that counts for nothing. */
  readonly place: Place
  readonly lastLine: number
}

export interface ValuesDocument {
  readonly root: MapNode
  readonly duplicates: readonly Duplicate[]
}

/** Aliases that blow a small file up beyond so many nodes are an attack or a mistake. */
const MOST_NODES = 200_000

/**
 * The documents of a values file, empty ones left out but the first, as Helm's own YAML library reads it: words such as
 * `on` are booleans, the last of duplicate keys counts.
 * @param file how messages name it
 * @throws UsageError `file:line: reason` where it is no YAML, or no map of values
 */
export function readValuesDocuments(text: string, file: string): readonly ValuesDocument[] {
  const lines = new LineCounter()
  const parsed = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false })
  const documents = 'empty' in parsed ? [] : parsed
  for (const { errors } of documents) {
    const [error] = errors
    if (error === undefined) continue
    throw new UsageError(`${file}:${lines.linePos(error.pos[0]).line}: not valid YAML: ${firstLine(error.message)}`)
  }
  return documents.flatMap((document, index) => {
    const read = readDocument(document, file, lines)
    return index > 0 && read.root.entries.size === 0 ? [] : [read]
  })
}

function readDocument(document: Document.Parsed, file: string, lines: LineCounter): ValuesDocument {
  const duplicates: Duplicate[] = []
  let count = 0
  const placeOf = (node: Node): Place => ({ file, line: lines.linePos(node.range?.[0] ?? 0).line })
  const fail = (node: Node, reason: string): never => {
    throw new UsageError(`${file}:${placeOf(node).line}: ${reason}`)
  }
  const target = (alias: Alias): Node =>
    (alias.resolve(document) as Node | undefined) ?? fail(alias, `unknown alias *${alias.source}`)

  const read = (node: Node, path: string, above: readonly Node[]): ValueNode => {
    count += 1
    if (count > MOST_NODES) fail(node, 'more values than any chart takes')
    if (isAlias(node)) {
      const aliased = target(node)
      if (above.includes(aliased)) fail(node, `alias *${node.source} contains itself`)
      return read(aliased, path, above)
    }
    const place = placeOf(node)
    if (isMap(node)) return { kind: 'map', place, entries: readEntries(node, path, [...above, node]) }
    if (isSeq(node)) {
      const items = node.items.map((item, index) => read(item as Node, `${path}[${index}]`, [...above, node]))
      return { kind: 'list', place, items }
    }
    return { kind: 'scalar', place, value: resolveScalar(node) }
  }

  const readEntries = (map: YAMLMap, path: string, above: readonly Node[]): Map<string, Entry> => {
    const entries = new Map<string, Entry>()
    const merged = new Map<string, Entry>()
    for (const { key, value } of map.items as { key: Node; value: Node | null }[]) {
      if (isMergeKey(key)) {
        for (const [name, entry] of readMerge(value, path, above)) if (!merged.has(name)) merged.set(name, entry)
        continue
      }
      if (!isScalar(key) && !isAlias(key)) fail(key, 'a key must be text')
      const name = String(resolveScalar((isAlias(key) ? target(key) : key) as Scalar))
      const place = placeOf(key)
      const before = entries.get(name)
      const below = path === '' ? name : `${path}.${name}`
      if (before !== undefined) duplicates.push({ path: below, place: before.place, lastLine: place.line })
      entries.set(name, { place, value: value === null ? nothing(place) : read(value, below, above) })
    }
    for (const [name, entry] of merged) if (!entries.has(name)) entries.set(name, entry)
    return entries
  }

  const readMerge = (value: Node | null, path: string, above: readonly Node[]): readonly [string, Entry][] => {
    const sources = isSeq(value) ? (value.items as Node[]) : [value]
    return sources.flatMap((source) => {
      const map = source === null ? null : read(source, path, above)
      if (map?.kind !== 'map') return fail(source ?? document.contents ?? (value as Node), 'a merge needs a map')
      return [...map.entries]
    })
  }

  const { contents } = document
  if (contents === null) return { root: { kind: 'map', place: { file, line: 1 }, entries: new Map() }, duplicates }
  const root = read(contents, '', [])
  if (root.kind === 'map') return { root, duplicates }
  if (root.kind === 'scalar' && root.value === null)
    return { root: { ...root, kind: 'map', entries: new Map() }, duplicates }
  return fail(contents, `not a values file: ${root.kind === 'list' ? 'a list' : 'text'} where keys belong`)
}

function nothing(place: Place): ScalarNode {
  return { kind: 'scalar', place, value: null }
}

function isMergeKey(key: Node): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<'
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
