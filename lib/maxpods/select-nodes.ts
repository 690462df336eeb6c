import { PerfError } from '../errors/perf-error.ts'
import { nearest } from '../record/nearest-word.ts'
import type { NodeFacts } from './facts/node-facts.ts'

/**
 * The nodes that a person means: by name, by label, or all.
 * @param matching the names that a label selector matches; undefined: there is none
 * @throws PerfError in kubectl's words for a name that is not there, or where nothing is left
 */
export function selectNodes(
  nodes: readonly NodeFacts[],
  names: readonly string[],
  matching: ReadonlySet<string> | undefined,
): readonly NodeFacts[] {
  const known = nodes.map(({ name }) => name)
  const wanted = names.map((name) => name.replace(/^nodes?\//, ''))
  const unknown = wanted.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    const meant = nearest(unknown, known)
    throw new PerfError(`Error from server (NotFound): nodes "${unknown}" not found`, {
      advice: [meant === undefined ? 'kubectl get nodes shows their names' : `did you mean ${meant}?`],
    })
  }
  if (nodes.length === 0) throw new PerfError('the cluster has no nodes')
  const selected = nodes.filter(
    ({ name }) => (wanted.length === 0 || wanted.includes(name)) && (matching === undefined || matching.has(name)),
  )
  if (selected.length === 0) {
    throw new PerfError(`none of ${nodes.length} nodes matches the label selector`, {
      advice: ['kubectl get nodes --show-labels shows the labels'],
    })
  }
  return selected
}
