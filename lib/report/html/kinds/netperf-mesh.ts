import type { NetperfDetails, NetperfRow } from '../../../record/details/netperf-details.ts'
import type { Unit } from '../../../record/run-record.ts'
import type { Html } from '../html.ts'
import { figure } from '../pieces/figure.ts'
import { heatMap } from '../pieces/heat-map.ts'
import { testName } from './netperf-test-name.ts'

/** Each node to each node, a heat map for each test of a mesh. */
export function meshes(details: NetperfDetails): readonly Html[] {
  return details.rows.filter(({ parameters }) => parameters.placement === 'mesh').map((row) => meshOf(row, details))
}

function meshOf(row: NetperfRow, { pairs }: NetperfDetails): Html {
  const unit: Unit = row.requests === undefined ? 'bit/s' : '1/s'
  const values = new Map<string, number | undefined>()
  const nodes = new Set<string>()
  const keyOf = (from: string, to: string) => JSON.stringify([from, to])
  const note = (index: number, value: number | undefined) => {
    const pair = pairs[index]
    if (pair === undefined) return
    nodes.add(pair.client.node).add(pair.server.node)
    values.set(keyOf(pair.client.node, pair.server.node), value)
  }
  for (const index of row.pairs) note(index, undefined)
  for (const { pair, throughput } of row.flows[0]?.pairs ?? []) note(pair, throughput?.mean)
  for (const { pair, rate } of row.requests?.pairs ?? []) note(pair, rate?.mean)
  const names = [...nodes].toSorted()
  return heatMap({
    caption: testName(row),
    note: 'From the node of the row to the node of the column; the stronger the colour, the more.',
    corner: 'From \\ to',
    rows: names,
    columns: names,
    tone: 'calm',
    cell(from, to) {
      if (!values.has(keyOf(from, to))) return undefined
      const value = values.get(keyOf(from, to))
      return { value, shown: figure(value, unit) }
    },
  })
}
