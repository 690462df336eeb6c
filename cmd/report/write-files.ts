import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { PerfError, UsageError } from '../../lib/errors/perf-error.ts'
import { counted } from '../../lib/record/counted.ts'
import type { RunRecord } from '../../lib/record/run-record.ts'
import { metricsCsv, samplesCsv } from '../../lib/report/csv/metrics-csv.ts'
import { printable } from '../../lib/report/printable.ts'
import { FORMATS_OF_FILES } from '../../lib/report/report-files.ts'
import { writeWhole } from '../../lib/report/write-whole.ts'
import type { Context } from '../command.ts'
import type { ReportOptions } from './options.ts'

/** Those that --output-dir is for. */
export const FORMATS_WITH_FILES: readonly string[] = ['csv', ...Object.keys(FORMATS_OF_FILES)]

interface NamedText {
  /** Within the directory. */
  readonly name: string
  readonly text: string
}

/**
 * The files of a format; of several runs each has a directory of its own, but for CSV, where all are in one table.
 * @throws UsageError when a run has none of this format
 */
export function filesOf(format: string, records: readonly RunRecord[]): readonly NamedText[] {
  if (format !== 'kube-burner' && format !== 'perfdash') {
    return [
      { name: 'metrics.csv', text: [...metricsCsv(records)].join('') },
      { name: 'samples.csv', text: [...samplesCsv(records)].join('') },
    ]
  }
  const { kinds, files } = FORMATS_OF_FILES[format]
  return records.flatMap((record) => {
    const { kind, runId } = record
    if (!kinds.some((known) => known === kind)) {
      throw new UsageError(
        `run ${runId} is of ${kind}, which has no files of ${format}: runs of ${kinds.join(' and ')} have`,
      )
    }
    const made = files(record)
    if (made.length === 0) throw new UsageError(`run ${runId} has nothing that ${format} has a file for`)
    return made.map(({ name, text }) => ({ name: records.length === 1 ? name : join(runId, name), text }))
  })
}

/**
 * @throws UsageError when another file is in the place of one of them, PerfError when they cannot be written
 */
export async function writeFiles(
  files: readonly NamedText[],
  directory: string,
  { quiet }: Pick<ReportOptions, 'quiet'>,
  { io, workingDirectory }: Context,
): Promise<void> {
  const place = resolve(workingDirectory, directory)
  for (const { name, text } of files) {
    const there = await readFile(join(place, name), 'utf8').catch(() => undefined)
    if (there === undefined || there === text) continue
    throw new UsageError(`"${join(directory, name)}" is there already, and says something else`, {
      advice: ['name another directory with --output-dir'],
    })
  }
  try {
    for (const { name, text } of files) {
      await mkdir(dirname(join(place, name)), { recursive: true })
      await writeWhole(join(place, name), text)
    }
  } catch (error) {
    throw new PerfError(`cannot write to directory "${directory}": ${(error as Error).message}`, { cause: error })
  }
  if (!quiet) io.stderr.write(`${printable(`${counted(files.length, 'file')} in "${directory}"`)}\n`)
}
