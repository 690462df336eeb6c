import { type MaxPodsDetails, maxPodsDetails } from '../../lib/record/details/maxpods-details.ts'
import type { RunRecord } from '../../lib/record/run-record.ts'
import { printable } from '../../lib/report/printable.ts'
import { scale } from '../../lib/report/scale.ts'
import { renderTable, right } from '../../lib/report/table.ts'
import { brokenThresholds } from '../../lib/report/verdict.ts'
import { colorWord } from '../color.ts'
import { type RenderOptions, renderVerdict } from '../render-record.ts'
import { textLines } from '../text-layout.ts'
import { tableOrEntries } from './stacked.ts'

const MOST_NAMES = 3

/** What a node was filled to. */
export function renderVerification({ verification }: MaxPodsDetails, { headers, columns }: RenderOptions): string {
  if (verification === undefined) return ''
  const { node, maximum, before, created, ready, running, further = '', proven } = verification
  const row = [
    node,
    String(maximum),
    String(before),
    `${ready}/${created}`,
    String(running),
    further,
    proven ? 'yes' : 'no',
  ]
  const titles = [
    { title: 'FILLED' },
    right('MAXIMUM'),
    right('BEFORE'),
    { ...right('READY'), dispensable: 1 },
    right('RUNNING'),
    { title: 'ONE-MORE' },
    { title: 'PROVEN' },
  ]
  return renderTable(titles, [row], headers, columns)
}

/** What was not found out, and the permission that would have told. */
export function renderMissing({ missing }: MaxPodsDetails, { headers, columns: width }: RenderOptions): string {
  const rows = missing.map(({ what, why, tells }) => [what, why, tells])
  const table = renderTable([{ title: 'NOT-READ' }, { title: 'WHY' }, { title: 'WOULD-TELL' }], rows, headers)
  const entries = missing.map(({ what, why, tells }) => ({ head: `${what}: ${why}`, lines: [`would tell ${tells}`] }))
  return tableOrEntries(table, 'NOT-READ', entries, width)
}

/** The last line: how it ended, and how full the cluster is; of a run that made pods also what stays of them. */
export function renderSummary(record: RunRecord, options: RenderOptions): string {
  const details = maxPodsDetails(record)
  if (details === undefined || details.cleanUpCommand !== undefined) return renderVerdict(record, options)
  const { color, columns } = options
  const hasPassed = record.outcome === 'passed'
  const word = hasPassed ? 'PASSED' : 'FAILED'
  const seconds = (Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1000
  const text = `${word} in ${scale(seconds, 's')}: ${[...failures(record, details), ...state(details)].join('; ')}.`
  return colorWord(textLines(text, columns), word, hasPassed ? 'green' : 'red', color)
}

function failures({ thresholds }: RunRecord, { fit }: MaxPodsDetails): string[] {
  const broken = brokenThresholds(thresholds)
  return [...(broken === undefined ? [] : [broken]), ...(fit?.fits === false ? [`${fit.count} pods do not fit`] : [])]
}

function state({ cluster, nodes }: MaxPodsDetails): string[] {
  const full = nodes.filter(({ free, state: { ready } }) => ready && free !== undefined && free <= 0)
  const named = full.slice(0, MOST_NAMES).map(({ node, limitedBy }) => `${printable(node)} (${limitedBy})`)
  const others = full.length - named.length
  const tainted = cluster.freeOnTainted ? ` (${cluster.freeOnTainted} of them on nodes with taints)` : ''
  const elsewhere =
    cluster.freeElsewhere === 0 ? '' : `, ${cluster.freeElsewhere} more on nodes that are cordoned or not ready`
  const selection = nodes.length < cluster.nodes ? [`${nodes.length} of ${cluster.nodes} nodes shown, * is all`] : []
  return [
    `${cluster.running} pods run, ${cluster.free} more fit${tainted}${elsewhere}`,
    ...(full.length === 0 ? [] : [`full: ${named.join(', ')}${others > 0 ? ` and ${others} more` : ''}`]),
    ...selection,
  ]
}
