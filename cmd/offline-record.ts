import type { RunRecord } from '../lib/record/run-record.ts'
import { newRunId } from '../lib/run/ownership.ts'
import type { Context } from './command.ts'

/** The record of a command that judges files: no cluster was measured. */
export function offlineRecord(
  kind: string,
  startedAt: Date,
  { version, clock }: Pick<Context, 'version' | 'clock'>,
  parts: Pick<RunRecord, 'outcome' | 'parameters' | 'findings' | 'details'>,
): RunRecord {
  return {
    schemaVersion: 1,
    kind,
    runId: newRunId(),
    tool: { name: 'kubectl-perf', version },
    startedAt: startedAt.toISOString(),
    finishedAt: clock.now().toISOString(),
    cluster: { serverVersion: '', nodes: null, context: '', platform: '' },
    phases: [],
    metrics: [],
    thresholds: [],
    ...parts,
  }
}
