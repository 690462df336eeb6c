import { maxPodsDetails } from '../../lib/record/details/maxpods-details.ts'
import type { RunRecord } from '../../lib/record/run-record.ts'
import { printable } from '../../lib/report/printable.ts'
import { type RenderOptions, renderFindings, renderThresholds } from '../render-record.ts'
import type { MaxPodsCheckOptions } from './options.ts'
import { renderFit } from './render-fit.ts'
import { renderNodeDetails } from './render-node-details.ts'
import { renderNodes } from './render-nodes.ts'
import { renderPending } from './render-pending.ts'
import { renderMissing, renderSummary, renderVerification } from './render-summary.ts'
import { renderTarget } from './render-target.ts'

/** The tables of one look at the nodes, with the verdict last; or only names, for scripts. */
export function renderMaxPods({
  output,
  perNodeDetail,
}: Pick<MaxPodsCheckOptions, 'output' | 'perNodeDetail'>): (record: RunRecord, options: RenderOptions) => string {
  return (record, options) => {
    const details = maxPodsDetails(record)
    if (details === undefined) return renderSummary(record, options)
    if (output === 'name') {
      // Of a question where pods would go, those nodes are the answer.
      const nodes = (details.fit?.nodes ?? details.nodes).map(({ node }) => `node/${printable(node)}\n`)
      return nodes.join('')
    }
    const blocks = [
      renderNodes(details, options),
      perNodeDetail ? renderNodeDetails(details, options) : '',
      renderPending(details, options),
      renderFit(details, options),
      renderVerification(details, options),
      renderTarget(details, options),
      renderMissing(details, options),
      renderThresholds(record, options),
      renderFindings(record, options),
      renderSummary(record, options),
    ]
    return blocks.filter((block) => block !== '').join('\n')
  }
}
