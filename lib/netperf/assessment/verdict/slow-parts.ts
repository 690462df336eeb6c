import type { SlowPart } from '../../../record/details/netperf-details.ts'
import { extremeDeviates } from '../../../stats/extreme-deviates.ts'
import { mannWhitney } from '../../../stats/mann-whitney.ts'
import { median } from '../../../stats/quantile.ts'
import type { FlowDirection } from '../../matrix/test-labels.ts'
import { figuresOf, pairFigure } from '../figures/figures.ts'
import { flowDirections, isOfRequests, type MeasuredTest } from '../measured-tests.ts'
import type { PairValue } from '../rows/pair-comparison.ts'

/**
 * How likely a test between equal nodes is to name a node at most, and a pair at most; what is named must also be slower
 * by a tenth, which equal nodes seldom are.
 */
const SIGNIFICANCE = 0.05
const MUCH_SLOWER = 0.9
const FEWEST_PAIRS = 15
/** More slow pairs than one in ten are no outliers. */
const MOST_OUTLIERS = 0.1

type NodeKind = Exclude<SlowPart['kind'], 'pair'>

/** Nodes and pairs that are slow beside the others of the same test, where there are enough to tell. */
export function slowParts(tests: readonly MeasuredTest[]): SlowPart[] {
  return tests.flatMap((measured) => {
    const [figure] = figuresOf(measured.test)
    const directions = isOfRequests(measured.test) ? (['forward'] as const) : flowDirections(measured.test)
    return directions.flatMap((direction) => {
      const values = measured.pairs.flatMap((pair) => {
        const value = pairFigure(pair, figure, direction)
        return value === undefined ? [] : [{ pair: pair.pair, value }]
      })
      const nodes = slowNodes(values, direction).map((node) => ({ row: measured.index, ...node }))
      const named = new Set(nodes.flatMap((node) => node.nodes))
      const others = values.filter(({ pair }) => !named.has(pair.client.node) && !named.has(pair.server.node))
      return [...nodes, ...slowPairs(others).map((pair) => ({ row: measured.index, ...pair }))]
    })
  })
}

/**
 * The Mann–Whitney U test of the pairs that a node sends in, that it receives in, and of both, against all pairs that it
 * has no part in, one-sided. It asks for no distribution, and one slow peer does not drag down the nodes that it is
 * measured with, whose other pairs stay as they are. Half of the significance is for both roles together, which smaller
 * meshes can show (from 5 nodes on), half for each alone; each with Bonferroni's correction for all nodes.
 */
export function slowNodes(values: readonly PairValue[], direction: FlowDirection): Omit<SlowPart, 'row'>[] {
  const between = values.filter(({ pair }) => pair.client.node !== pair.server.node)
  const nodes = [...new Set(between.flatMap(({ pair }) => [pair.client.node, pair.server.node]))]
  return nodes.flatMap((node) => {
    const sends = between.filter(({ pair }) => (direction === 'forward' ? pair.client : pair.server).node === node)
    const receives = between.filter(({ pair }) => (direction === 'forward' ? pair.server : pair.client).node === node)
    const elsewhere = between.filter(({ pair }) => pair.client.node !== node && pair.server.node !== node)
    const compare = (kind: NodeKind, own: readonly PairValue[], comparisons: number) =>
      compareNode(kind, node, own, elsewhere, comparisons)
    const alone = [
      ...compare('sending-node', sends, 4 * nodes.length),
      ...compare('receiving-node', receives, 4 * nodes.length),
    ]
    // Slow in one role only, both together may still show it: the role says more.
    if (alone.length === 1) return alone
    const both = compare('node', [...sends, ...receives], 2 * nodes.length)
    return both.length > 0 ? both : alone.slice(0, 1)
  })
}

function compareNode(
  kind: NodeKind,
  node: string,
  own: readonly PairValue[],
  others: readonly PairValue[],
  comparisons: number,
): Omit<SlowPart, 'row'>[] {
  if (own.length === 0 || others.length === 0) return []
  const here = own.map(({ value }) => value)
  const elsewhere = others.map(({ value }) => value)
  const medians = { median: median(here), elsewhere: median(elsewhere) }
  if (medians.median > MUCH_SLOWER * medians.elsewhere) return []
  const p = Math.min(1, mannWhitney(elsewhere, here).pGreater * comparisons)
  return p > SIGNIFICANCE ? [] : [{ kind, nodes: [node], ...medians, pairs: own.length, p }]
}

/**
 * Single pairs that lie below the others further than chance explains: the generalized ESD test of the logarithms, since
 * throughputs differ by factors.
 */
export function slowPairs(values: readonly PairValue[]): Omit<SlowPart, 'row'>[] {
  const positive = values.filter(({ value }) => value > 0)
  if (positive.length < FEWEST_PAIRS) return []
  const usual = median(positive.map(({ value }) => value))
  const outliers = extremeDeviates(
    positive.map(({ value }) => Math.log(value)),
    { most: Math.max(1, Math.floor(positive.length * MOST_OUTLIERS)), significance: SIGNIFICANCE, tail: 'lower' },
  )
  return outliers.flatMap((index) => {
    const outlier = positive[index]
    if (outlier === undefined || outlier.value > MUCH_SLOWER * usual) return []
    const { pair, value } = outlier
    const nodes = [pair.client.node, pair.server.node]
    return [{ kind: 'pair' as const, nodes, pair: pair.index, median: value, elsewhere: usual, pairs: 1 }]
  })
}
