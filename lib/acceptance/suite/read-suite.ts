import { UsageError } from '../../errors/perf-error.ts'
import type { Level } from '../../record/accept-levels.ts'
import { parseDuration } from '../../record/duration.ts'
import { parseThreshold, type Threshold } from '../../thresholds/threshold.ts'
import { lineAt } from '../../workload/template/source-text.ts'
import { readYamlTree, type YamlMap, type YamlTree } from '../../workload/template/yaml-tree.ts'
import { checkTree } from './check-tree.ts'
import { type ItemCommand, SuiteSchema } from './suite-schema.ts'

/** What a suite asks. */
export interface Suite {
  readonly name: string
  readonly description?: string
  /** As messages name it. */
  readonly file: string
  readonly items: readonly SuiteItem[]
}

export interface SuiteItem {
  readonly name: string
  readonly level: Level
  readonly description?: string
  readonly command: ItemCommand
  /** By the name of the option. */
  readonly parameters: ReadonlyMap<string, Parameter>
  readonly thresholds: readonly Threshold[]
  /** Left out where there is no such figure. */
  readonly thresholdsWhereReported: readonly Threshold[]
  readonly timeoutMs: number
  /** So many nodes must take pods. */
  readonly leastNodes?: number
  /** Where it stands: `suite.yaml:12`. */
  readonly place: string
}

export interface Parameter {
  /** As written, one for each element of a list. */
  readonly texts: readonly string[]
  /** `suite.yaml:17`. */
  readonly place: string
}

const TIMEOUT = '5m'

/**
 * Reads a suite file; what its commands have to say about the parameters is theirs.
 * @throws UsageError `file:line: what`
 */
export function readSuite(text: string, file: string): Suite {
  const tree = readYamlTree({ text, sourceLine: (offset) => lineAt(text, offset) }, file)
  if (tree === undefined) throw new UsageError(`${file}: the suite is empty`)
  checkTree(tree, SuiteSchema, file)
  const root = mapOf(tree)
  const items = itemsOf(root, 'items').map((item) => readItem(mapOf(item), file))
  for (const [index, { name, place }] of items.entries()) {
    const first = items.findIndex((other) => other.name === name)
    if (first < index) throw new UsageError(`${place}: there is another item "${name}": ${items[first]?.place}`)
  }
  const description = textOf(root, 'description')
  return { name: textOf(root, 'name') ?? '', ...(description === undefined ? {} : { description }), file, items }
}

function readItem(item: YamlMap, file: string): SuiteItem {
  const description = textOf(item, 'description')
  const appliesWhen = item.entries.get('appliesWhen')?.value
  const nodes = appliesWhen === undefined ? undefined : textOf(mapOf(appliesWhen), 'nodes')
  const timeout = item.entries.get('timeout')
  return {
    name: textOf(item, 'name') ?? '',
    level: textOf(item, 'level') as Level,
    ...(description === undefined ? {} : { description }),
    command: textOf(item, 'command') as ItemCommand,
    parameters: readParameters(item, file),
    thresholds: thresholdsOf(item, 'thresholds', file),
    thresholdsWhereReported: thresholdsOf(item, 'thresholdsWhereReported', file),
    timeoutMs: atLine(file, timeout?.line ?? item.line, () => readTimeout(textOf(item, 'timeout') ?? TIMEOUT)),
    ...(nodes === undefined ? {} : { leastNodes: Number(nodes) }),
    place: `${file}:${item.line}`,
  }
}

function thresholdsOf(item: YamlMap, key: string, file: string): Threshold[] {
  return itemsOf(item, key).map((tree) => atLine(file, tree.line, () => parseThreshold(sourceOf(tree))))
}

function readTimeout(text: string): number {
  const ms = parseDuration(text)
  if (ms < 1000) throw new UsageError('timeout must be at least 1s')
  return ms
}

function readParameters(item: YamlMap, file: string): ReadonlyMap<string, Parameter> {
  const tree = item.entries.get('parameters')?.value
  if (tree === undefined) return new Map()
  return new Map(
    [...mapOf(tree).entries].map(([name, { line, value }]) => {
      const texts = value.kind === 'list' ? value.items.map(sourceOf) : [sourceOf(value)]
      return [name, { texts, place: `${file}:${line}` }]
    }),
  )
}

/** The same fault with the line. */
function atLine<T>(file: string, line: number, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${file}:${line}: ${error.message}`, { advice: error.advice })
    throw error
  }
}

// The tree has been held against the schema.

function mapOf(tree: YamlTree): YamlMap {
  if (tree.kind === 'map') return tree
  throw new TypeError('not a map, although the schema says so')
}

function itemsOf(map: YamlMap, key: string): readonly YamlTree[] {
  const value = map.entries.get(key)?.value
  return value?.kind === 'list' ? value.items : []
}

function textOf(map: YamlMap, key: string): string | undefined {
  const value = map.entries.get(key)?.value
  return value === undefined ? undefined : sourceOf(value)
}

function sourceOf(tree: YamlTree): string {
  return tree.kind === 'scalar' ? tree.source : ''
}
