import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../../cmd/root.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { fakeContext } from '../fake-context.ts'

/** Runs that were recorded from a real cluster (README there). */
export const RUNS = fileURLToPath(new URL('../../fixtures/runs', import.meta.url))

/** One of each of these kinds. */
export const KINDS = [
  'density',
  'netperf',
  'control-plane',
  'cilium-maps',
  'cilium-lint',
  'cilium-bigtcp',
  'ces-compare',
  'maxpods-check',
  'compare',
] as const

export interface Reporting {
  readonly workingDirectory: string
  readonly stdin?: readonly string[]
  readonly isTTY?: boolean
}

/** `kubectl perf report` with these words. */
export async function reportRuns(argv: readonly string[], { workingDirectory, ...streams }: Reporting) {
  const fake = fakeContext(streams)
  const exitCode = await run(['report', ...argv], { ...fake.context, workingDirectory })
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() }
}

export async function recordedRun(name: string): Promise<RunRecord> {
  return JSON.parse(await readFile(join(RUNS, name, 'run.json'), 'utf8')) as RunRecord
}
