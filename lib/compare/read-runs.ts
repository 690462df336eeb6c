import { UsageError } from '../errors/perf-error.ts'
import { findRuns, RECORD_FILE, readRecordText } from '../record/find-runs.ts'
import { parseRecord } from '../record/parse-record.ts'
import type { RunRecord } from '../record/run-record.ts'

/** The runs of one side of a comparison. */
export interface Side {
  /** As the user wrote it. */
  readonly name: string
  readonly runs: readonly RunRecord[]
}

/**
 * The runs that a word of the user's means; commas separate more of them.
 * @param toPath makes a path of a name, from where the user is
 * @throws UsageError when there is none, one is damaged or did not end, or one is named twice
 */
export async function readSide(name: string, toPath: (name: string) => string): Promise<Side> {
  const parts = name.split(',').filter((part) => part !== '')
  if (parts.length === 0) throw new UsageError('the name of a run is empty')
  const runs: RunRecord[] = []
  for (const part of parts) {
    for (const { kind, shown, path } of await findRuns(part, toPath(part))) {
      if (kind === 'cut-off') {
        throw new UsageError(`the run in "${shown}" did not end: it has no ${RECORD_FILE}`, {
          advice: ['remove its directory, or name the others'],
        })
      }
      runs.push(parseRecord(await readRecordText(shown, path), shown))
    }
  }
  const twice = runs.find(({ runId }, index) => runs.findIndex((other) => other.runId === runId) !== index)
  if (twice !== undefined) throw new UsageError(`run ${twice.runId} is in "${name}" twice`)
  return { name, runs }
}
