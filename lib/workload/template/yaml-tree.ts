import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair, parseDocument } from 'yaml'
import { UsageError } from '../../errors/perf-error.ts'
import type { RenderedText } from './execute.ts'
import { CONFIGURATION_YAML } from './go-yaml.ts'
import { dict, list, type Value } from './value.ts'

/** YAML with the line in the user's file that each part of it comes from. Integers are bigint, all other numbers float64. */
export type YamlTree = YamlScalar | YamlList | YamlMap

export interface YamlScalar {
  readonly kind: 'scalar'
  readonly value: null | boolean | bigint | number | string
  /** As it is written, without quotes. */
  readonly source: string
  readonly line: number
}

export interface YamlList {
  readonly kind: 'list'
  readonly items: readonly YamlTree[]
  readonly line: number
}

export interface YamlMap {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, YamlEntry>
  readonly line: number
}

export interface YamlEntry {
  readonly line: number
  readonly value: YamlTree
}

interface Conversion {
  readonly document: Document
  readonly line: (node: Node | null | undefined) => number
  readonly fail: (what: string, offset: number) => never
  nodesLeft: number
  depth: number
}

// Aliases of aliases of aliases can make a short file very large, and one within itself endless.
const MOST_NODES = 100_000
const DEEPEST = 100

/**
 * A rendered configuration of one YAML document, as yaml.v3 reads it; undefined when it is empty.
 * @throws UsageError `file:line: what`
 */
export function readYamlTree(rendered: RenderedText, fileName: string): YamlTree | undefined {
  const fail = (what: string, offset: number): never => {
    throw new UsageError(`${fileName}:${rendered.sourceLine(offset)}: ${what}`)
  }
  const document = parseDocument(rendered.text, CONFIGURATION_YAML)
  const [problem] = document.errors
  if (problem?.code === 'MULTIPLE_DOCS') fail('a second document begins here, and there must be one', problem.pos[0])
  if (problem !== undefined) fail(problem.message, problem.pos[0])
  if (document.contents === null || isEmptyScalar(document.contents)) return undefined
  const line = (node: Node | null | undefined) => rendered.sourceLine(node?.range?.[0] ?? 0)
  return convert(document.contents, { document, line, fail, nodesLeft: MOST_NODES, depth: 0 })
}

function isEmptyScalar(node: Node): boolean {
  return isScalar(node) && node.value === null
}

function convert(node: Node | null, conversion: Conversion): YamlTree {
  conversion.nodesLeft -= 1
  if (conversion.nodesLeft < 0 || conversion.depth > DEEPEST) {
    conversion.fail('the file is nested too deeply, or grows too large by its aliases', node?.range?.[0] ?? 0)
  }
  conversion.depth += 1
  const tree = convertOne(node, conversion)
  conversion.depth -= 1
  return tree
}

function convertOne(node: Node | null, conversion: Conversion): YamlTree {
  const line = conversion.line(node)
  if (node === null) return { kind: 'scalar', value: null, source: '', line }
  if (isAlias(node)) {
    const named = node.resolve(conversion.document)
    return named === undefined
      ? conversion.fail(`there is no anchor "${node.source}" before it`, node.range?.[0] ?? 0)
      : convert(named, conversion)
  }
  if (isMap(node)) return { kind: 'map', entries: entriesOf(node.items, conversion), line }
  if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => convert(asNode(item), conversion)), line }
  if (!isScalar(node)) throw new Error('a YAML node that is neither alias, map, list nor scalar')
  const value = node.value as YamlScalar['value']
  return { kind: 'scalar', value, source: node.source ?? String(value), line }
}

function asNode(value: unknown): Node | null {
  return isNode(value) ? value : null
}

// What a map gets by << stands behind what it says itself.
function entriesOf(pairs: readonly Pair[], conversion: Conversion): Map<string, YamlEntry> {
  const merged = new Map<string, YamlEntry>()
  const own = new Map<string, YamlEntry>()
  for (const { key, value } of pairs) {
    const name = asNode(key)
    const tree = convert(asNode(value), conversion)
    if (!isScalar(name) || name.value === null) return conversion.fail('a key must be a text', name?.range?.[0] ?? 0)
    const text = name.source ?? ''
    if (text !== '<<') own.set(text, { line: conversion.line(name), value: tree })
    else
      for (const [inherited, entry] of inheritedEntries(tree)) if (!merged.has(inherited)) merged.set(inherited, entry)
  }
  return new Map([...merged, ...own])
}

function inheritedEntries(tree: YamlTree): [string, YamlEntry][] {
  if (tree.kind === 'map') return [...tree.entries]
  return tree.kind === 'list' ? tree.items.flatMap(inheritedEntries) : []
}

/** The data as a template sees it. */
export function treeValue(tree: YamlTree): Value {
  if (tree.kind === 'scalar') return tree.value
  if (tree.kind === 'list') return list(tree.items.map(treeValue))
  return dict([...tree.entries].map(([key, { value }]): [string, Value] => [key, treeValue(value)]))
}
