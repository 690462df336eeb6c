import type { CiliumMapsDetails } from '../../../lib/record/details/cilium-maps-details.ts'
import { printable } from '../../../lib/report/printable.ts'
import { NO_DATA, scale } from '../../../lib/report/scale.ts'
import { renderTable, right } from '../../../lib/report/table.ts'
import type { RenderOptions } from '../../render-record.ts'
import { wrapText } from '../../text-layout.ts'

/** What is known of each node beside its maps. */
export function renderNodes({ agents }: CiliumMapsDetails, { headers, columns: width }: RenderOptions): string {
  const rows = agents.map((reading) => [
    reading.agent.node,
    `${reading.agent.namespace}/${reading.agent.pod}`,
    reading.version ?? NO_DATA,
    reading.kernel ?? NO_DATA,
    scale(reading.memoryTotalBytes, 'B'),
    scale(reading.memoryAvailableBytes, 'B'),
    scale(reading.mapMemoryBytes, 'B'),
    reading.dynamicSizeRatio === undefined || reading.dynamicSizeRatio === 0 ? '' : String(reading.dynamicSizeRatio),
  ])
  const columns = [
    { title: 'NODE' },
    { title: 'AGENT', dispensable: 2 },
    { title: 'CILIUM' },
    { title: 'KERNEL', dispensable: 1 },
    right('MEMORY'),
    right('AVAILABLE'),
    right('MAPS'),
    { ...right('DYNAMIC-RATIO'), optional: true },
  ]
  return renderTable(columns, rows, headers, width)
}

/** Agents that could not be read, with the reason. */
export function renderFailures({ failures }: CiliumMapsDetails, { headers, columns: width }: RenderOptions): string {
  const nodes = failures.map(({ agent }) => printable(agent.node))
  const pods = failures.map(({ agent }) => printable(agent.pod))
  const before = longest(['NODE', ...nodes]) + longest(['AGENT', ...pods]) + 6
  const rows = failures.flatMap(({ error, advice = [] }, index) => {
    const room = width === undefined ? undefined : Math.max(30, width - before)
    const texts = [error, ...advice.map((line) => `→ ${line}`)].map((text) => printable(text.replaceAll('\n', ' ')))
    const lines = room === undefined ? [texts.join('  ')] : texts.flatMap((text) => wrapText(text, room))
    return lines.map((line, number) => (number === 0 ? [nodes[index] ?? '', pods[index] ?? '', line] : ['', '', line]))
  })
  return renderTable([{ title: 'NODE' }, { title: 'AGENT' }, { title: 'NOT-READ-BECAUSE' }], rows, headers)
}

/** What the API's objects say where no agent does. */
export function renderHeadroom({ headroom }: CiliumMapsDetails, { headers, columns: width }: RenderOptions): string {
  const rows = headroom.map(({ what, used, limit, share, formula, limitSource }) => [
    what,
    limit === undefined ? String(used) : `${used} of ${limit}`,
    share === undefined ? NO_DATA : share.toFixed(2),
    limitSource ?? '',
    formula,
  ])
  const columns = [
    { title: 'NEEDED-BY-OBJECTS' },
    right('USED'),
    right('SHARE'),
    { title: 'LIMIT-FROM', optional: true, dispensable: 2 },
    { title: 'COUNTED-AS', dispensable: 1 },
  ]
  return renderTable(columns, rows, headers, width)
}

function longest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length))
}
