import type { Entry, MapNode } from './values-document.ts'

/**
 * What Helm makes of several values files, later ones over earlier ones: maps are merged, everything else is replaced,
 * and null takes the key away. Each value keeps its place.
 */
export function mergeValues(maps: readonly MapNode[]): MapNode {
  const [first, ...others] = maps
  if (first === undefined) return { kind: 'map', place: { file: '', line: 1 }, entries: new Map() }
  return others.reduce(mergeMaps, first)
}

function mergeMaps(under: MapNode, over: MapNode): MapNode {
  const entries = new Map<string, Entry>(under.entries)
  for (const [name, entry] of over.entries) {
    const before = entries.get(name)?.value
    entries.set(
      name,
      before?.kind === 'map' && entry.value.kind === 'map'
        ? { ...entry, value: mergeMaps(before, entry.value) }
        : entry,
    )
  }
  return { ...over, entries }
}
