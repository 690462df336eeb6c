import type { Finding, Metric } from '../../record/run-record.ts'
import type { ProcessWindow } from './process-window.ts'

const MOST_OBJECTS = 20

/** That API Priority and Fairness sent requests away, and whose. */
export function rejectionFindings(rejected: readonly Metric[]): Finding[] {
  const flows = rejected.filter(({ statistics }) => (statistics.value ?? 0) > 0)
  if (flows.length === 0) return []
  const count = flows.reduce((sum, { statistics }) => sum + (statistics.value ?? 0), 0)
  const names = flows.map(({ labels, statistics }) => {
    const { flow_schema: flow = '', priority_level: level = '', reason = '' } = labels
    return `${flow} at ${level} (${reason}: ${statistics.value})`
  })
  return [
    {
      severity: 'warning',
      code: 'RequestsRejected',
      message: `API Priority and Fairness rejected ${count} requests: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`,
      advice:
        'Send fewer at once (--qps, --concurrency), or give the flow a priority level with more seats and longer queues (kubectl get flowschemas,prioritylevelconfigurations)',
      count,
    },
  ]
}

/** Counters that went down although the process stayed the same: what they counted is not known. */
export function resetFindings(windows: readonly ProcessWindow[]): Finding[] {
  const resets = windows.flatMap(({ delta }) => delta.resets)
  if (resets.length === 0) return []
  const series = resets.map(({ metric, labels }) => {
    const pairs = Object.entries(labels).filter(([, value]) => value !== '')
    return `${metric}{${pairs.map(([name, value]) => `${name}=${value}`).join(',')}}`
  })
  return [
    {
      severity: 'warning',
      code: 'MetricsReset',
      message: `${resets.length} series of the API server's metrics went down during the run: they have no figure`,
      objects: series.slice(0, MOST_OBJECTS),
      count: resets.length,
    },
  ]
}
