import { createHash } from 'node:crypto'
import { access, constants, mkdir, readFile, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PerfError, UsageError } from '../errors/perf-error.ts'
import { RECORD_FILE as RECORD, SAMPLES_FILE as SAMPLES, START_FILE as START } from '../record/find-runs.ts'
import type { RunRecord } from '../record/run-record.ts'
import { type AppendOnlyFile, createAppendOnlyFile } from './append-only-file.ts'
import { printable } from './printable.ts'
import { reportFiles } from './report-files.ts'
import { writeWhole } from './write-whole.ts'

/** One measurement, the moment it was made. */
export interface Sample {
  metric: string
  labels: Readonly<Record<string, string>>
  /** Seconds since the run started. */
  t: number
  /** In the metric's base unit. */
  value: number
}

/** What is known of a run when it begins: all of its record that is no result. */
export type RunStart = Pick<
  RunRecord,
  'schemaVersion' | 'kind' | 'runId' | 'tool' | 'startedAt' | 'cluster' | 'parameters'
>

/**
 * The files of one run: samples and log grow while it runs, the rest is written when it is closed. A run that is killed
 * has the samples and the log so far, and how it began; `run.json` is there only as a whole.
 */
export interface RunDirectory {
  /**
   * Makes the directory and the files that grow: to be called when the run begins in earnest, so that one that never did
   * leaves nothing. Samples before are lost, lines of the log are kept until then. A second call does nothing.
   * @throws UsageError when another run has come first, PerfError when it cannot be written
   */
  create(start: RunStart): Promise<void>
  sample(sample: Sample): void
  log(line: string): void
  /**
   * Writes the record and the files made from it, then the index of all files with sizes and checksums.
   * @throws PerfError when any of the files could not be written; the others are
   */
  close(record: RunRecord): Promise<void>
  /** Ends the files that grow, of a run that has no record. */
  abandon(): Promise<void>
}

const LOG = 'run.log'
const INDEX = 'index.json'

/**
 * Checks a directory and makes nothing yet.
 * @param onFault told as soon as a file cannot be written while the run goes on
 * @throws UsageError when it holds a run already or is no directory, PerfError when it cannot be written
 */
export async function prepareRunDirectory(path: string, onFault: (message: string) => void): Promise<RunDirectory> {
  await refuseUnwritable(path)
  await refuseOtherRun(path)
  const unlogged: string[] = []
  let growing: Growing | undefined
  const end = async () => {
    if (growing === undefined) return
    const ends = await Promise.allSettled([growing.samples.end(), growing.log.end()])
    const fault = ends.find((result) => result.status === 'rejected')
    if (fault !== undefined) throw fault.reason as Error
  }
  const cannotWrite = (error: unknown) =>
    new PerfError(`cannot write to directory "${path}": ${(error as Error).message}`, { cause: error })

  return {
    async create(start) {
      if (growing !== undefined) return
      try {
        growing = await createGrowing(path, start, (error) => onFault(cannotWrite(error).message))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') await refuseOtherRun(path)
        throw cannotWrite(error)
      }
      for (const line of unlogged) growing.log.line(line)
    },
    sample: (sample) => growing?.samples.line(JSON.stringify(sample)),
    log(text) {
      const line = `${new Date().toISOString()} ${printable(text)}`
      if (growing === undefined) unlogged.push(line)
      else growing.log.line(line)
    },
    async close(record) {
      // Whatever happened to the files that grow, the record may still find its place.
      const ended = await end().catch((error: Error) => error)
      try {
        await writeReports(path, record)
      } catch (error) {
        throw cannotWrite(error)
      }
      if (ended instanceof Error) throw cannotWrite(ended)
    },
    abandon: () => end().catch(() => {}),
  }
}

interface Growing {
  samples: AppendOnlyFile
  log: AppendOnlyFile
}

/** Makes all files or, when it throws, nothing. */
async function createGrowing(path: string, start: RunStart, onFault: (error: Error) => void): Promise<Growing> {
  const topmost = await makeDirectories(path)
  let samples: AppendOnlyFile | undefined
  let log: AppendOnlyFile | undefined
  try {
    samples = await createAppendOnlyFile(join(path, SAMPLES), onFault)
    log = await createAppendOnlyFile(join(path, LOG), onFault)
    await writeWhole(join(path, START), `${JSON.stringify(start, null, 2)}\n`)
    return { samples, log }
  } catch (error) {
    await Promise.allSettled([samples?.end(), log?.end()])
    if (samples !== undefined) await rm(join(path, SAMPLES))
    if (log !== undefined) await rm(join(path, LOG))
    if (topmost !== undefined) await rm(topmost, { recursive: true })
    throw error
  }
}

/** Where a file cannot be written the others are, but for the index. */
async function writeReports(path: string, record: RunRecord): Promise<void> {
  const files = reportFiles(record)
  let fault: Error | undefined
  for (const { name, text } of files) {
    await writeWhole(join(path, name), text).catch((error: Error) => {
      fault ??= error
    })
  }
  if (fault !== undefined) throw fault
  const kinds = [...files, { name: SAMPLES, kind: 'samples' }, { name: LOG, kind: 'log' }]
  const index = await Promise.all(kinds.map(({ name, kind }) => describeFile(path, name, kind)))
  await writeWhole(join(path, INDEX), `${JSON.stringify({ runId: record.runId, files: index }, null, 2)}\n`)
  await rm(join(path, START), { force: true })
}

async function refuseOtherRun(path: string): Promise<void> {
  const record = await readFile(join(path, RECORD), 'utf8').catch(() => undefined)
  const runId = record === undefined ? undefined : /"runId": "([a-z0-9]+)"/.exec(record)?.[1]
  const cutOff = record === undefined && ((await exists(join(path, SAMPLES))) || (await exists(join(path, LOG))))
  if (record === undefined && !cutOff) return
  const what = cutOff ? 'files of a run that did not end' : `run ${runId ?? 'data'}`
  throw new UsageError(`directory "${path}" already holds ${what}`, {
    advice: ['name another directory with --output-dir, or remove the old files'],
  })
}

/** Looks at the directory, or at the nearest one above it that is there. */
async function refuseUnwritable(path: string): Promise<void> {
  let place = path
  while (!(await exists(place)) && dirname(place) !== place) place = dirname(place)
  const found = await stat(place).catch(() => undefined)
  if (found?.isDirectory() === false) throw new UsageError(`"${place}" is not a directory`)
  await access(place, constants.W_OK | constants.X_OK).catch((error: Error) => {
    throw new PerfError(`cannot write to directory "${path}": ${error.message}`, { cause: error })
  })
}

/**
 * Makes a directory with those above it that are missing, and gives the topmost that it made. Node's own recursive mkdir never
 * ends where a file system says ENOENT to every new directory, as /proc does.
 */
async function makeDirectories(path: string): Promise<string | undefined> {
  const missing: string[] = []
  for (let place = path; !(await exists(place)); place = dirname(place)) missing.unshift(place)
  let topmost: string | undefined
  for (const place of missing) {
    try {
      await mkdir(place)
      topmost ??= place
    } catch (error) {
      // Another run was faster.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
  return topmost
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  )
}

async function describeFile(path: string, name: string, kind: string) {
  const content = await readFile(join(path, name))
  return { name, kind, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
}
