import type { NetperfDetails, NetperfRow } from '../../lib/record/details/netperf-details.ts'
import type { Unit } from '../../lib/record/run-record.ts'
import { NO_DATA, scale } from '../../lib/report/scale.ts'
import { renderTable, right } from '../../lib/report/table.ts'
import type { RenderOptions } from '../render-record.ts'
import { lineNames } from './row-names.ts'

/** The nodes and pairs that are slower than all others: what a mesh is made for. */
export function renderSlow({ slow, rows }: NetperfDetails, { headers, columns: width }: RenderOptions): string {
  const unitOf = (index: number): Unit => (rows[index]?.requests === undefined ? 'bit/s' : '1/s')
  const lines = slow.map(({ row, kind, nodes, median, elsewhere, p }) => [
    nodes.join('→'),
    SLOW_WORDS[kind],
    scale(median, unitOf(row)),
    scale(elsewhere, unitOf(row)),
    p === undefined ? '' : `p ${p < 0.001 ? '< 0.001' : `= ${Number(p.toPrecision(2))}`}`,
  ])
  const columns = [
    { title: 'SLOW' },
    { title: 'WHAT' },
    right('MEDIAN'),
    right('ELSEWHERE'),
    { title: 'CHANCE', optional: true, dispensable: 1 },
  ]
  return renderTable(columns, lines, headers, width)
}

const SLOW_WORDS: Readonly<Record<NetperfDetails['slow'][number]['kind'], string>> = {
  node: 'both ways',
  'sending-node': 'sending',
  'receiving-node': 'receiving',
  pair: 'this pair',
}

/** Each node to each node, a table for each test of a mesh. */
export function renderMatrix(details: NetperfDetails, options: RenderOptions): string {
  return details.rows
    .filter(({ parameters: { placement } }) => placement === 'mesh')
    .map((row) => matrixOf(row, details, options))
    .join('\n')
}

function matrixOf(row: NetperfRow, details: NetperfDetails, { headers, columns: width }: RenderOptions): string {
  const { pairs } = details
  const figures = new Map<string, string>()
  const nodes = new Set<string>()
  const note = (index: number, text: string) => {
    const pair = pairs[index]
    if (pair === undefined) return
    nodes.add(pair.client.node).add(pair.server.node)
    figures.set(`${pair.client.node} ${pair.server.node}`, text)
  }
  for (const index of row.pairs) note(index, NO_DATA)
  const [forward] = row.flows
  for (const { pair, throughput } of forward?.pairs ?? []) note(pair, scale(throughput?.mean, 'bit/s'))
  for (const { pair, rate } of row.requests?.pairs ?? []) note(pair, scale(rate?.mean, '1/s'))
  const names = [...nodes].sort()
  const lines = names.map((from) => [
    from,
    ...names.map((to) => (from === to ? '' : (figures.get(`${from} ${to}`) ?? ''))),
  ])
  const columns = [{ title: `${lineNames(details)(row).toUpperCase()} FROM\\TO` }, ...names.map((name) => right(name))]
  return renderTable(columns, lines, headers, width)
}
