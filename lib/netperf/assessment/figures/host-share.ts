import type { FlowDirection } from '../../matrix/test-labels.ts'
import type { TestCase } from '../../test-case.ts'
import type { MeasuredTest } from '../measured-tests.ts'
import { figuresOf, sums } from './figures.ts'

export interface HostComparison {
  /** Index of the test over the host network. */
  readonly baseline: number
  /** Of samples that both have, in their order. */
  readonly own: readonly number[]
  readonly host: readonly number[]
}

/** A test beside the same one over the host network; undefined where there is none, or one between other nodes. */
export function compareWithHost(
  tests: readonly MeasuredTest[],
  measured: MeasuredTest,
  direction: FlowDirection,
): HostComparison | undefined {
  if (measured.test.isBaseline) return undefined
  const baseline = tests.find(
    (other) =>
      other.test.isBaseline &&
      comparedKey(other.test) === comparedKey(measured.test) &&
      nodesOf(other) === nodesOf(measured),
  )
  if (baseline === undefined) return undefined
  const [figure] = figuresOf(measured.test)
  const host = sums(baseline, figure, direction)
  const both = [...sums(measured, figure, direction)].flatMap(([sample, own]) => {
    const other = host.get(sample)
    return other === undefined || other === 0 ? [] : [{ own, host: other }]
  })
  if (both.length === 0) return undefined
  return { baseline: baseline.index, own: both.map(({ own }) => own), host: both.map((pair) => pair.host) }
}

/** All that two tests must have in common to be compared. */
function comparedKey(test: TestCase): string {
  const others = Object.entries(test).filter(([key]) => key !== 'path' && key !== 'isBaseline')
  return JSON.stringify(others.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function nodesOf({ pairs }: MeasuredTest): string {
  const nodes = pairs.map(({ pair: { client, server } }) => `${client.node} ${server.node}`)
  return nodes.sort().join(', ')
}
