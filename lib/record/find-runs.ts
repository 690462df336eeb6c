import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileFault } from '../errors/file-fault.ts'
import { UsageError } from '../errors/perf-error.ts'

// Where the records of runs are, by the words of a user. The names of the files are those that --output-dir writes.

export const RECORD_FILE = 'run.json'
export const SAMPLES_FILE = 'samples.ndjson'
/** What is known of a run when it begins; there until it has a record. */
export const START_FILE = 'run-start.json'

/** A run on disk: its record, or the directory of one that was killed before it wrote any. */
export interface FoundRun {
  readonly kind: 'record' | 'cut-off'
  /** For messages, as the user wrote it. */
  readonly shown: string
  readonly path: string
}

/**
 * The runs that a name means: a run.json, the directory of a run, or one with the directories of several.
 * @param path of that name, from where the user is
 * @throws UsageError when there is none
 */
export async function findRuns(shown: string, path: string): Promise<readonly FoundRun[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw new UsageError(`cannot read run "${shown}": ${fileFault(error)}`)
    throw new UsageError(`no run at "${shown}"`, {
      advice: [`a run is the directory that --output-dir wrote, or its ${RECORD_FILE}`],
    })
  })
  if (!found.isDirectory()) return [{ kind: 'record', shown, path }]
  const names = await namesIn(shown, path)
  const own = runIn(names, shown, path)
  if (own !== undefined) return [own]
  const inside = await Promise.all(
    names.toSorted(byNumber).map(async (name) => {
      const place = { shown: join(shown, name), path: join(path, name) }
      return runIn(await namesIn(place.shown, place.path), place.shown, place.path)
    }),
  )
  const runs = inside.filter((run) => run !== undefined)
  if (runs.length > 0) return runs
  throw new UsageError(`no run in directory "${shown}": no ${RECORD_FILE}`, {
    advice: ['runs are written by --output-dir'],
  })
}

/** The text of a record that was found. @throws UsageError when it cannot be read */
export function readRecordText(shown: string, path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`cannot read run "${shown}": ${fileFault(error)}`)
  })
}

/** None of what is no directory, or a link to nothing. */
async function namesIn(shown: string, path: string): Promise<string[]> {
  return readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR' || error.code === 'ENOENT') return []
    throw new UsageError(`cannot read directory "${shown}": ${fileFault(error)}`)
  })
}

function runIn(names: readonly string[], shown: string, path: string): FoundRun | undefined {
  if (names.includes(RECORD_FILE)) {
    return { kind: 'record', shown: join(shown, RECORD_FILE), path: join(path, RECORD_FILE) }
  }
  return names.includes(SAMPLES_FILE) ? { kind: 'cut-off', shown, path } : undefined
}

/** Runs are often numbered: 2 comes before 10. */
function byNumber(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}
