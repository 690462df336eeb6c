import type { Metric, RunRecord } from '../../../lib/record/run-record.ts'

let number = 0

/** A run of density with these metrics, and an id of its own. */
export function runOf(metrics: readonly Metric[], parts: Partial<RunRecord> = {}): RunRecord {
  number += 1
  return {
    schemaVersion: 1,
    kind: 'density',
    runId: `r${String(number).padStart(5, '0')}`,
    tool: { name: 'kubectl-perf', version: 'v0.1.0' },
    startedAt: '2026-11-20T10:00:00.000Z',
    finishedAt: '2026-11-20T10:01:00.000Z',
    outcome: 'passed',
    cluster: { serverVersion: 'v1.34.4', nodes: 2, context: 'kind', platform: 'linux/amd64' },
    parameters: { iterations: 10 },
    phases: [],
    metrics: [...metrics],
    thresholds: [],
    findings: [],
    details: {},
    ...parts,
  }
}

/** One figure. */
export function figure(name: string, value: number, labels: Metric['labels'] = {}): Metric {
  return { name, unit: '1/s', labels, statistics: { value }, source: 'client' }
}
