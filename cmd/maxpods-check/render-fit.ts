import type { MaxPodsDetails } from '../../lib/record/details/maxpods-details.ts'
import { formatQuantity } from '../../lib/record/quantity.ts'
import { renderTable, right } from '../../lib/report/table.ts'
import type { RenderOptions } from '../render-record.ts'
import { textLines } from '../text-layout.ts'

const MOST_NODES = { few: 10, many: Number.POSITIVE_INFINITY }

/** Whether the pods of --pods have room, and where. */
export function renderFit({ fit }: MaxPodsDetails, { wide, headers, columns: width }: RenderOptions): string {
  if (fit === undefined) return ''
  const shown = fit.nodes.slice(0, wide ? MOST_NODES.many : MOST_NODES.few)
  const rows = shown.map(({ node, pods, limitedBy }) => [node, String(pods), limitedBy])
  const table = renderTable([{ title: 'FITS-ON' }, right('PODS'), { title: 'THEN-LIMITED-BY' }], rows, headers, width)
  const more = fit.nodes.length - shown.length
  const others = more > 0 ? `and ${more} more nodes (-o wide)\n` : ''
  const answer = describeFit(fit)
  return `${table}${others}${textLines(answer, width)}`
}

function describeFit({ count, cpu, memory, most, fits, onTaintedNodes }: NonNullable<MaxPodsDetails['fit']>): string {
  const size = [
    ...(cpu === 0 ? [] : [`${Math.round(cpu * 1000)}m CPU`]),
    ...(memory === 0 ? [] : [`${formatQuantity(memory)} memory`]),
  ]
  const pods = `${count} pods ${size.length === 0 ? 'without requests' : `of ${size.join(' and ')}`}`
  const tainted = onTaintedNodes === 0 ? '' : ` ${onTaintedNodes} more fit on nodes with taints, if they tolerate them.`
  const answer = fits ? `${pods} fit: there is room for ${most}.` : `${pods} do not fit: there is room for ${most}.`
  return `${answer}${tainted} Estimated by resources; affinity, spread, volumes and quotas are not looked at.`
}
