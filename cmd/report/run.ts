import { UsageError } from '../../lib/errors/perf-error.ts'
import type { RunRecord } from '../../lib/record/run-record.ts'
import { printable } from '../../lib/report/printable.ts'
import type { Context } from '../command.ts'
import { PASSED } from '../exit-code.ts'
import { refuseUnfitOutput, writeText } from '../write-record.ts'
import { formatRecords } from './format-records.ts'
import { openReport } from './open-report.ts'
import type { ReportOptions } from './options.ts'
import { type ReadRecord, readRecords } from './read-records.ts'
import { FORMATS_WITH_FILES, filesOf, writeFiles } from './write-files.ts'

export async function runReport(options: ReportOptions, context: Context, words: readonly string[]): Promise<number> {
  const { output, outputDir, open } = options
  checkOptions(options, context)
  const read = await readRecords(words, context)
  const records = read.map(({ record }) => record)
  const files = outputDir === undefined ? undefined : filesOf(output, records)
  if (!options.quiet) for (const warning of read.flatMap(warningsOf)) say(warning, context)
  if (files !== undefined && outputDir !== undefined) await writeFiles(files, outputDir, options, context)
  else if (open) await openReport(records, options, context)
  else await writeText(await formatRecords(records, options, context), options, context)
  return PASSED
}

function checkOptions({ output, outputFile, outputDir, open }: ReportOptions, { io }: Context): void {
  const needsDirectory = output === 'kube-burner' || output === 'perfdash'
  if (open && output !== 'html' && output !== 'table') throw new UsageError(`--open shows HTML, not -o ${output}`)
  if (outputDir !== undefined && outputFile !== undefined) {
    throw new UsageError('--output-file and --output-dir do not go together')
  }
  if (needsDirectory && outputDir === undefined) {
    throw new UsageError(`-o ${output} is several files: name a directory for them with --output-dir`)
  }
  if (outputDir !== undefined && (open || !FORMATS_WITH_FILES.includes(output))) {
    throw new UsageError(`--output-dir is for the formats ${FORMATS_WITH_FILES.join(', ')}`, {
      advice: ['name a file with --output-file'],
    })
  }
  if (!open) refuseUnfitOutput({ output, ...(outputFile === undefined ? {} : { outputFile }) }, io)
}

function warningsOf({ shown, record, isRestored }: ReadRecord): string[] {
  const { runId, outcome } = record
  if (isRestored) return [`Warning: run ${runId} in "${shown}" was killed: its report has only the samples until then`]
  return isIncomplete(outcome)
    ? [`Warning: run ${runId} in "${shown}" is not complete, it ended as ${outcome}: its report has what is known`]
    : []
}

function isIncomplete(outcome: RunRecord['outcome']): boolean {
  return outcome === 'aborted' || outcome === 'error'
}

function say(text: string, { io }: Context): void {
  io.stderr.write(`${printable(text)}\n`)
}
