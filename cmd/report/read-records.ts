import { resolve } from 'node:path'
import { UsageError } from '../../lib/errors/perf-error.ts'
import { checkDetails } from '../../lib/record/details/check-details.ts'
import { findRuns, readRecordText } from '../../lib/record/find-runs.ts'
import { parseRecord } from '../../lib/record/parse-record.ts'
import type { RunRecord } from '../../lib/record/run-record.ts'
import { restoreRun } from '../../lib/report/restore-run.ts'
import type { Context, InputStream } from '../command.ts'

const STANDARD_INPUT = '-'

/** A record, and where it was. */
export interface ReadRecord {
  /** As the user named it. */
  readonly shown: string
  readonly record: RunRecord
  /** It has only what a killed run had written by then. */
  readonly isRestored: boolean
}

/**
 * The records that the words name, in their order.
 * @throws UsageError when there is none, one is damaged, or one is named twice
 */
export async function readRecords(
  words: readonly string[],
  { io, workingDirectory }: Pick<Context, 'io' | 'workingDirectory'>,
): Promise<readonly ReadRecord[]> {
  const read: ReadRecord[] = []
  for (const word of words) {
    if (word === STANDARD_INPUT) {
      const shown = 'standard input'
      read.push({ shown, record: toRecord(await readAll(io.stdin), shown), isRestored: false })
      continue
    }
    for (const { kind, shown, path } of await findRuns(word, resolve(workingDirectory, word))) {
      read.push(
        kind === 'cut-off'
          ? { shown, record: await restoreRun(shown, path), isRestored: true }
          : { shown, record: toRecord(await readRecordText(shown, path), shown), isRestored: false },
      )
    }
  }
  const ids = read.map(({ record }) => record.runId)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw new UsageError(`run ${twice} is named twice`)
  return read
}

function toRecord(text: string, shown: string): RunRecord {
  const record = parseRecord(text, shown)
  checkDetails(record, shown)
  return record
}

async function readAll(stdin: InputStream): Promise<string> {
  if (stdin.isTTY === true) throw new UsageError('"-" is for a record that comes through a pipe')
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}
