import { UsageError } from '../../../errors/perf-error.ts'
import { type MapNode, readValuesDocuments, type ValueNode, type ValuesDocument } from './values-document.ts'

/** A file with values for the chart. */
export interface ValuesFile {
  readonly name: string
  /** What Helm reads of it. */
  readonly values: MapNode
  /** Further documents, which Helm does not read. */
  readonly ignored: readonly MapNode[]
  readonly duplicates: ValuesDocument['duplicates']
  /** Where in the file the values are, if not at its top: `cilium` in the values of a chart that has Cilium's in it. */
  readonly below?: string
}

/** Where objects of other tools keep values of a chart. */
const VALUES_OF_KIND: Readonly<Record<string, readonly string[]>> = {
  HelmRelease: ['spec', 'values'],
  Application: ['spec', 'source', 'helm', 'valuesObject'],
}

/**
 * Reads a values file, also one that has the values below `cilium:`, or an object of Flux or Argo CD that carries them.
 * @param name how messages name it
 * @throws UsageError `name:line: reason` for what is neither
 */
export function readValuesFile(text: string, name: string): ValuesFile {
  const documents = readValuesDocuments(text, name)
  const duplicates = documents.flatMap(({ duplicates }) => duplicates)
  const roots = documents.map(({ root }) => root)
  const first = withoutHeading(roots[0]) ?? { kind: 'map', place: { file: name, line: 1 }, entries: new Map() }
  if (kindOf(first) !== undefined) return { name, ...valuesOfObjects(roots, name), ignored: [], duplicates }
  const nested = first.entries.get('cilium')?.value
  const ignored = roots.slice(1)
  return nested?.kind === 'map'
    ? { name, values: nested, below: 'cilium', ignored, duplicates }
    : { name, values: first, ignored, duplicates }
}

function valuesOfObjects(roots: readonly MapNode[], name: string): Pick<ValuesFile, 'values' | 'below'> {
  for (const root of roots) {
    const path = VALUES_OF_KIND[kindOf(root) ?? '']
    const values = path === undefined ? undefined : nodeAt(root, path)
    if (path !== undefined && values?.kind === 'map') return { values, below: path.join('.') }
  }
  const [first] = roots
  throw new UsageError(`${name}:${first?.place.line ?? 1}: a ${first && kindOf(first)}, not a values file`, {
    advice: ['give the values themselves: what "helm get values" prints, or the file that "helm install -f" gets'],
  })
}

/** The first line of what "helm get values" prints for people. */
const HEADINGS: readonly string[] = ['USER-SUPPLIED VALUES', 'COMPUTED VALUES']

function withoutHeading(root: MapNode | undefined): MapNode | undefined {
  return root && { ...root, entries: new Map([...root.entries].filter(([name]) => !HEADINGS.includes(name))) }
}

function kindOf(root: MapNode): string | undefined {
  const [version, kind] = [root.entries.get('apiVersion')?.value, root.entries.get('kind')?.value]
  return version?.kind === 'scalar' && kind?.kind === 'scalar' ? String(kind.value) : undefined
}

function nodeAt(root: MapNode, path: readonly string[]): ValueNode | undefined {
  let node: ValueNode | undefined = root
  for (const name of path) node = node?.kind === 'map' ? node.entries.get(name)?.value : undefined
  return node
}
