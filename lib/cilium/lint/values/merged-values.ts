import type { Entry, MapNode, Place, ValueNode } from './values-document.ts'

type Scalar = string | number | boolean

/** What Helm makes of all files together, for checks that look at several keys. */
export interface MergedValues {
  /** Undefined where the key is not set, null, a map or a list. */
  scalar(path: string): Scalar | undefined
  /** A number, also one that stands in quotes. */
  number(path: string): number | undefined
  /** Whether a switch is on: undefined where nobody set it. Helm's templates take "false" in quotes for on. */
  isOn(path: string): boolean | undefined
  node(path: string): ValueNode | undefined
  /** Of the value, or of the last key above it that is there. */
  place(path: string): Place
}

/** Text that another tool replaces before Helm gets it: nothing is known of such a value. */
export function isPlaceholder(value: string | number | boolean | null): boolean {
  return typeof value === 'string' && /\$\{|\{\{/.test(value)
}

/** @param root of all files together, the later ones over the earlier */
export function readMergedValues(root: MapNode): MergedValues {
  const node = (path: string): ValueNode | undefined => {
    let current: ValueNode | undefined = root
    for (const name of path.split('.')) {
      current = current?.kind === 'map' ? current.entries.get(name)?.value : undefined
    }
    return current
  }
  const scalar = (path: string): Scalar | undefined => {
    const found = node(path)
    return found?.kind === 'scalar' && found.value !== null && !isPlaceholder(found.value) ? found.value : undefined
  }
  return {
    node,
    scalar,
    number(path) {
      const value = scalar(path)
      if (typeof value === 'number') return value
      return typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))
        ? Number(value)
        : undefined
    },
    isOn(path) {
      const value = scalar(path)
      return value === undefined ? undefined : value !== false && value !== 0 && value !== ''
    },
    place(path) {
      let current: ValueNode = root
      let place = root.place
      for (const name of path.split('.')) {
        const entry: Entry | undefined = current.kind === 'map' ? current.entries.get(name) : undefined
        if (entry === undefined) break
        place = entry.place
        current = entry.value
      }
      return place
    },
  }
}
