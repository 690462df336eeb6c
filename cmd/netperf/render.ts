import { netperfDetailsOf } from '../../lib/record/details/netperf-details.ts'
import type { RunRecord } from '../../lib/record/run-record.ts'
import { type RenderOptions, renderFindings, renderThresholds, renderVerdict } from '../render-record.ts'
import { groupFindings } from './group-findings.ts'
import { renderMatrix, renderSlow } from './render-mesh.ts'
import { renderCluster, renderInterfaces } from './render-nodes.ts'
import { renderAcrossPairs, renderEvidence, renderPairs } from './render-pairs.ts'
import { renderTests } from './render-tests.ts'

/** What only the wide table has. */
const wideParts = [renderMatrix, renderPairs, renderEvidence, renderInterfaces, renderCluster]

/** The tables of a netperf run, with the verdict last. */
export function renderNetperf(record: RunRecord, options: RenderOptions): string {
  const details = netperfDetailsOf(record)
  const measured =
    details === undefined
      ? []
      : [
          renderTests(details, options),
          renderAcrossPairs(details, options),
          renderSlow(details, options),
          ...(options.wide ? wideParts.map((render) => render(details, options)) : []),
        ]
  // A large matrix has many findings that say the same: the wide table lists them all.
  const isGrouped = details !== undefined && !options.wide
  const shown = isGrouped ? { ...record, findings: groupFindings(record.findings, details) } : record
  const blocks = [
    ...measured,
    renderThresholds(record, options),
    // What is only worth knowing too: that pairs share nodes, or that more streams may get more.
    renderFindings(shown, { ...options, wide: true }),
    renderVerdict(record, options),
  ]
  return blocks.filter((block) => block !== '').join('\n')
}
