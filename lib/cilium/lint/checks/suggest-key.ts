import { nearest } from '../../../record/nearest-word.ts'
import { allKeys, type ChartKey, type KeyTable } from '../known-keys/key-table.ts'
import type { ValueNode } from '../values/values-document.ts'

/** More places than this for one name say nothing. */
const MOST_PLACES = 3
/** Shorter names are near to too many others. */
const SHORTEST_FAR_WORD = 6

/**
 * The keys of the chart that somebody may have meant with one that it does not have: the name of its flag, the same name
 * at another level, a sibling by nearly that name, or the name elsewhere. Best first, empty where nothing is near.
 * @param parent the key of the map that it stands in; undefined at the top
 */
export function suggestKeys(
  name: string,
  parent: ChartKey | undefined,
  value: ValueNode,
  table: KeyTable,
  minor: number,
): readonly ChartKey[] {
  const fitting = [...allKeys(table)].filter((key) => fits(key, value, minor))
  const path = parent === undefined ? name : `${parent.path}.${name}`
  const byFlag = fitting.find(({ flag }) => flag !== undefined && [plain(name), plain(path)].includes(plain(flag)))
  if (byFlag !== undefined) return [byFlag]

  const siblings = fitting.filter((key) => parentOf(key.path) === (parent?.path ?? ''))
  const sameWord = siblings.find((key) => plain(key.name) === plain(name))
  if (sameWord !== undefined) return [sameWord]

  const sameName = fitting.filter((key) => plain(key.name) === plain(name))
  const moved = closest(
    sameName.filter((key) => isOneLevelAway(key.path, path)),
    path,
  )
  if (moved.length > 0) return moved

  const nearSibling = nearestKey(name, siblings)
  if (nearSibling !== undefined) return [nearSibling]
  const elsewhere = closest(sameName, path)
  if (elsewhere.length > 0) return elsewhere
  const far = name.length >= SHORTEST_FAR_WORD ? nearestKey(name, fitting) : undefined
  return far === undefined ? [] : [far]
}

// A scalar is no map, and the other way around.
function fits({ types }: ChartKey, value: ValueNode, minor: number): boolean {
  const letters = types.get(minor)
  if (letters === undefined) return false
  if (letters === '*' || letters.startsWith('{')) return letters === '*' || value.kind === 'scalar'
  if (value.kind === 'map') return /[mf]/.test(letters)
  if (value.kind === 'list') return letters.includes('l')
  return value.value === null || /[bins]/.test(letters)
}

function nearestKey(name: string, keys: readonly ChartKey[]): ChartKey | undefined {
  const names = new Map(keys.map((key) => [key.name.toLowerCase(), key]))
  const near = nearest(name.toLowerCase(), [...names.keys()])
  return near === undefined ? undefined : names.get(near)
}

/** Those that share most of the path, unless they are too many to mean anything. */
function closest(keys: readonly ChartKey[], path: string): readonly ChartKey[] {
  const distances = keys.map((key) => distance(key.path, path))
  const least = Math.min(...distances)
  const near = keys.filter((_, index) => distances[index] === least)
  return near.length > MOST_PLACES ? [] : near
}

function distance(from: string, to: string): number {
  const [one, other] = [from.split('.').slice(0, -1), to.split('.').slice(0, -1)]
  let common = 0
  while (common < one.length && plain(one[common] ?? '') === plain(other[common] ?? '')) common += 1
  return one.length + other.length - 2 * common
}

function isOneLevelAway(from: string, to: string): boolean {
  return distance(from, to) === 1
}

function parentOf(path: string): string {
  return path.split('.').slice(0, -1).join('.')
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}
