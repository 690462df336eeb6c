import { expect, test } from 'vitest'
import type { PairValue } from '../../../../../lib/netperf/assessment/rows/pair-comparison.ts'
import { slowNodes, slowPairs } from '../../../../../lib/netperf/assessment/verdict/slow-parts.ts'
import { seededNormal } from '../../../stats/seeded-normal.ts'
import { GBIT, pair } from '../../netperf-run-example.ts'

interface Mesh {
  nodes: number
  seed: number
  /** Of the logarithm: 0.03 is 3 %. */
  noise: number
  /** By node: what it sends or receives slower by this factor. */
  sends?: Readonly<Record<string, number>>
  receives?: Readonly<Record<string, number>>
}

/** All ordered pairs of nodes, log-normal around 10 Gbit/s. */
function mesh({ nodes, seed, noise, sends = {}, receives = {} }: Mesh): PairValue[] {
  const normal = seededNormal(seed)
  const names = Array.from({ length: nodes }, (_, index) => `node-${index}`)
  const ways = names.flatMap((client) => names.filter((server) => server !== client).map((server) => [client, server]))
  return ways.map(([client = '', server = ''], index) => ({
    pair: pair(index, client, server),
    value: 10 * GBIT * Math.exp(noise * normal()) * (sends[client] ?? 1) * (receives[server] ?? 1),
  }))
}

const named = (values: readonly PairValue[]) => slowNodes(values, 'forward').map(({ kind, nodes }) => [kind, ...nodes])

test.each([6, 10, 30])('of %i nodes the one that is slow both ways, and nobody else', (nodes) => {
  const slow = { sends: { 'node-2': 0.5 }, receives: { 'node-2': 0.5 } }
  expect(named(mesh({ nodes, seed: 7, noise: 0.05, ...slow }))).toEqual([['node', 'node-2']])
})

test('of 5 nodes, too, where there are just enough pairs to tell', () => {
  const slow = { sends: { 'node-2': 0.5 }, receives: { 'node-2': 0.5 } }
  expect(named(mesh({ nodes: 5, seed: 7, noise: 0.05, ...slow }))).toEqual([['node', 'node-2']])
})

test('a node that only sends slowly, and one that only receives slowly', () => {
  expect(named(mesh({ nodes: 8, seed: 3, noise: 0.05, sends: { 'node-1': 0.6 } }))).toEqual([
    ['sending-node', 'node-1'],
  ])
  const receiving = mesh({ nodes: 8, seed: 3, noise: 0.05, receives: { 'node-1': 0.6 } })
  expect(named(receiving)).toEqual([['receiving-node', 'node-1']])
  // What arrives in reverse was sent by the server.
  expect(slowNodes(receiving, 'reverse').map(({ kind }) => kind)).toEqual(['sending-node'])
})

test('two slow nodes of ten do not hide each other', () => {
  const slow = { 'node-3': 0.5, 'node-4': 0.6 }
  expect(named(mesh({ nodes: 10, seed: 5, noise: 0.05, sends: slow, receives: slow }))).toEqual([
    ['node', 'node-3'],
    ['node', 'node-4'],
  ])
})

test('the evidence: medians of its pairs and of the others, and a chance corrected for all comparisons', () => {
  const values = mesh({ nodes: 6, seed: 1, noise: 0, sends: { 'node-0': 0.5 }, receives: { 'node-0': 0.5 } })
  const [slow] = slowNodes(values, 'forward')
  expect(slow).toMatchObject({ median: 5 * GBIT, elsewhere: 10 * GBIT, pairs: 10 })
  expect(slow?.p).toBeLessThan(0.001)
})

test('nodes that differ by less than a tenth are alike', () => {
  expect(
    named(mesh({ nodes: 10, seed: 2, noise: 0.001, sends: { 'node-1': 0.95 }, receives: { 'node-1': 0.95 } })),
  ).toEqual([])
  expect(named(mesh({ nodes: 3, seed: 2, noise: 0.001, sends: { 'node-1': 0.3 } }))).toEqual([])
})

test.each([
  [4, 0.05],
  [5, 0.3],
  [6, 0.3],
  [12, 0.3],
])('equal nodes: a mesh of %i with a noise of %f names one in less than 1 of 20 runs', (nodes, noise) => {
  const runs = Array.from({ length: 1000 }, (_, run) => named(mesh({ nodes, seed: run * 7919, noise })))
  expect(runs.filter(({ length }) => length > 0).length).toBeLessThan(50)
})

const pairsAround = (
  factors: Readonly<Record<number, number>>,
  count: number,
  seed: number,
  noise = 0.05,
): PairValue[] => {
  const normal = seededNormal(seed)
  return Array.from({ length: count }, (_, index) => ({
    pair: pair(index, `client-node-${index}`, `server-node-${index}`),
    value: 10 * GBIT * Math.exp(noise * normal()) * (factors[index] ?? 1),
  }))
}

test('single pairs far below the others, the furthest first', () => {
  const slow = slowPairs(pairsAround({ 4: 0.5, 17: 0.3 }, 50, 11))
  expect(slow.map(({ pair: index, nodes }) => [index, ...nodes])).toEqual([
    [17, 'client-node-17', 'server-node-17'],
    [4, 'client-node-4', 'server-node-4'],
  ])
  expect(slow[0]?.elsewhere).toBeGreaterThan(9 * GBIT)
})

test('fast pairs are no fault, and few pairs are not enough to tell', () => {
  expect(slowPairs(pairsAround({ 4: 3 }, 50, 11))).toEqual([])
  expect(slowPairs(pairsAround({ 4: 0.1 }, 14, 11))).toEqual([])
})

test('equal pairs: 50 of them name one in about 1 of 20 runs, however large the noise', () => {
  const runs = Array.from({ length: 1000 }, (_, run) => slowPairs(pairsAround({}, 50, run * 7919, 0.2)))
  const alarms = runs.filter(({ length }) => length > 0).length
  expect(alarms).toBeGreaterThan(20)
  expect(alarms).toBeLessThan(70)
})
