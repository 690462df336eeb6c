import { CHART_KEYS, CHART_RELEASES } from './chart-keys.ts'
import { minorOf } from './chart-release.ts'

/** A key of the chart over all known versions. */
export interface ChartKey {
  readonly name: string
  /** From the top: `bpf.ctTcpMax`. */
  readonly path: string
  /** What it takes, by minor version; the letters are described in chart-keys.ts. */
  readonly types: ReadonlyMap<number, string>
  readonly below: ReadonlyMap<string, ChartKey>
  /** The flag of the agent or the operator that it sets. */
  readonly flag?: string
}

export type KeyTable = ReadonlyMap<string, ChartKey>

interface GrowingKey extends ChartKey {
  readonly below: Map<string, ChartKey>
}

/** The table of all keys as a tree. */
export function readKeyTable(): KeyTable {
  const minors = CHART_RELEASES.map(minorOf)
  const top = new Map<string, ChartKey>()
  const above: GrowingKey[] = []
  for (const line of CHART_KEYS.split('\n')) {
    if (line === '') continue
    const [name = '', types = '', flag] = line.trimStart().split(' ')
    const depth = line.length - line.trimStart().length
    const parent = above[depth - 1]
    const key: GrowingKey = {
      name,
      path: parent === undefined ? name : `${parent.path}.${name}`,
      types: readTypes(types, parent === undefined ? minors : [...parent.types.keys()], minors),
      below: new Map(),
      ...(flag === undefined ? {} : { flag: flag.slice(1) }),
    }
    if (parent === undefined) top.set(name, key)
    else parent.below.set(name, key)
    above.splice(depth, above.length, key)
  }
  return top
}

function readTypes(text: string, inherited: readonly number[], minors: readonly number[]): Map<number, string> {
  const types = new Map<number, string>()
  for (const part of text.split(',')) {
    const [letters = '', range] = part.split('@')
    for (const minor of range === undefined ? inherited : inRange(range, minors)) types.set(minor, letters)
  }
  return types
}

function inRange(range: string, minors: readonly number[]): readonly number[] {
  if (!range.includes('-')) return [Number(range)]
  const [from = '', to = ''] = range.split('-')
  return minors.filter((minor) => (from === '' || minor >= Number(from)) && (to === '' || minor <= Number(to)))
}

/** All keys that the chart itself reads, each before those below it: not what it hands on as it is. */
export function* allKeys(table: KeyTable): Generator<ChartKey> {
  for (const key of table.values()) {
    yield key
    if ([...key.types.values()].some((types) => types.includes('m'))) yield* allKeys(key.below)
  }
}

/** The key at a path from the top, in whatever version. */
export function findKey(table: KeyTable, path: string): ChartKey | undefined {
  let key: ChartKey | undefined
  let below: KeyTable = table
  for (const name of path.split('.')) {
    key = below.get(name)
    if (key === undefined) return undefined
    below = key.below
  }
  return key
}

/** `1.14 to 1.17`, `1.18 and later`: the versions that have a key, as a person says it. */
export function describeVersions({ types }: ChartKey): string {
  const minors = CHART_RELEASES.map(minorOf)
  const oldest = minors[0]
  const newest = minors.at(-1)
  const from = Math.min(...types.keys())
  const to = Math.max(...types.keys())
  if (to === newest) return `1.${from} and later`
  if (from === oldest) return `up to 1.${to}`
  return from === to ? `only 1.${from}` : `1.${from} to 1.${to}`
}
