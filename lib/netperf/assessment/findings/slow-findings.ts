import type { NetperfDetails, NetperfRow, SlowPart } from '../../../record/details/netperf-details.ts'
import type { Finding } from '../../../record/run-record.ts'
import { bitRateText, digits, percentText } from '../figures/figure-text.ts'
import { rowNames } from '../rows/row-name.ts'

const ROLES: Readonly<Record<SlowPart['kind'], string>> = {
  node: 'is slow',
  'sending-node': 'sends slowly',
  'receiving-node': 'receives slowly',
  pair: 'is slow',
}

/** The nodes and pairs that an outlier test has named. */
export function slowFindings({ slow, rows }: NetperfDetails): Finding[] {
  const nameOf = rowNames(rows)
  return slow.flatMap((part) => {
    const row = rows[part.row]
    if (row === undefined) return []
    const isPair = part.kind === 'pair'
    const who = isPair ? `pair ${part.pair} (${part.nodes.join(' → ')})` : `node ${part.nodes.join()}`
    const [own, others] = [part.median, part.elsewhere].map((value) => figureText(row, value))
    const of = isPair ? '' : ` (median of ${part.pairs} pairs)`
    const chance = part.p === undefined ? '' : `, ${part.p < 0.0001 ? 'p<0.0001' : `p=${part.p.toFixed(4)}`}`
    return [
      {
        severity: 'warning' as const,
        code: isPair ? 'SlowPair' : 'SlowNode',
        message: `${nameOf(row)}: ${who} ${ROLES[part.kind]}: ${own}${of} against ${others} elsewhere, ${percentText(1 - part.median / part.elsewhere)} less${chance}`,
        objects: part.nodes,
        count: part.pairs,
      },
    ]
  })
}

function figureText({ requests }: NetperfRow, value: number): string {
  return requests === undefined ? bitRateText(value) : `${digits(value)}/s`
}
