import { rowNames } from '../../lib/netperf/assessment/rows/row-name.ts'
import type { FlowRow, NetperfDetails, NetperfRow } from '../../lib/record/details/netperf-details.ts'

/** Names for the lines of a run in tables that are not about all of their parameters: as findings name tests, and of one that
 * sends both ways the direction. */
export function lineNames({ rows }: NetperfDetails): (row: NetperfRow, flow?: FlowRow) => string {
  const nameOf = rowNames(rows)
  return (row, flow) => [nameOf(row), ...(flow === undefined || row.flows.length < 2 ? [] : [flow.direction])].join(' ')
}

/** `tcp`, and `tcp-rr` for one request at a time. */
export function protocolOf({ protocol, mode }: Pick<NetperfRow['parameters'], 'protocol' | 'mode'>): string {
  return mode === 'stream' ? protocol : `${protocol}-${mode}`
}
