import type { Finding } from '../../../lib/record/run-record.ts'
import type { Measurement } from '../../measure.ts'
import type { Measured } from '../work.ts'

/** What a command's own measuring means for an item. */
export function measuredOf({ outcome, metrics, findings, phases, details }: Measurement): Measured {
  const fault = findings.find(({ code }) => code === 'RunFailed')
  const { connections: _, cleanUpCommand: __, ...evidence } = details
  // The fault is the item's reason, and no fault of the whole run.
  const rest = {
    metrics,
    phases,
    findings: findings.filter((finding) => finding !== fault).map(inOwnWords),
    details: evidence,
  }
  if (outcome === 'passed' || outcome === 'failed') return { outcome: 'measured', ...rest }
  // What is left behind is told by its own finding, and the figures stand.
  if (fault === undefined && findings.some(({ code }) => code === 'LeftBehind')) return { outcome: 'measured', ...rest }
  return { outcome: 'no-data', reason: fault?.message ?? 'nothing was measured', ...rest }
}

/** What a command advises is about its flags, which are parameters here. */
function inOwnWords(finding: Finding): Finding {
  const { advice } = finding
  return advice === undefined ? finding : { ...finding, advice: advice.replace(/(?<=^|[\s(])--(?=[a-z])/g, '') }
}
