import type { CesDetails } from '../../lib/record/details/ces-details.ts'
import { NO_DATA, scale } from '../../lib/report/scale.ts'
import { renderTable, right } from '../../lib/report/table.ts'
import type { RenderOptions } from '../render-record.ts'
import { textLines } from '../text-layout.ts'

/** What the API server would send to all watchers of larger clusters, with the formula that it is worked out by. */
export function renderFanOut({ fanOut }: CesDetails, { headers, columns: width, wide }: RenderOptions): string {
  const { rows, formula, relistFormula, listsAtStart } = fanOut
  if (rows.length === 0) return ''
  const cells = rows.map(({ nodes, withoutSlices, withSlices, relist }) => [
    String(nodes),
    counted(withoutSlices.events),
    counted(withSlices.events),
    scale(withoutSlices.bytes, 'B'),
    scale(withSlices.bytes, 'B'),
    relist === undefined ? NO_DATA : scale(relist.withoutSlicesBytes, 'B'),
    relist === undefined ? NO_DATA : scale(relist.withSlicesBytes, 'B'),
    'modelled',
  ])
  const columns = [
    { title: 'NODES' },
    right('EVENTS'),
    right('WITH-CES'),
    right('BYTES'),
    right('WITH-CES'),
    { ...right('RELIST'), dispensable: 1 },
    { ...right('WITH-CES'), dispensable: 1 },
    { title: 'BASIS' },
  ]
  const table = renderTable(columns, cells, headers, width)
  const lines = [
    `Modelled for N nodes: without CES ${formula.withoutSlices}, with CES ${formula.withSlices}.`,
    ...(wide
      ? [
          `Relist of all agents: without CES ${relistFormula.withoutSlices} (L = ${listsAtStart}), with CES ${relistFormula.withSlices}.`,
        ]
      : []),
  ]
  return `${table}${lines.map((line) => textLines(line, width)).join('')}`
}

/** `300`, `4.1k`, `301k`, `30.0M`. */
function counted(value: number): string {
  return scale(value, 'B').replace(/ ?B$/, '').replace(/ /, '')
}
