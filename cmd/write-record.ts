import { access, constants, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { PerfError, UsageError } from '../lib/errors/perf-error.ts'
import type { RunRecord } from '../lib/record/run-record.ts'
import { toJUnit } from '../lib/report/junit.ts'
import { toMarkdown } from '../lib/report/markdown/markdown-record.ts'
import { toJson, toYaml } from '../lib/report/structured.ts'
import { allowsColor } from './color.ts'
import type { Context, Io, OutputStream } from './command.ts'
import type { RenderOptions } from './render-record.ts'
import { terminalWidth } from './text-layout.ts'

/** The options that say how a record is written, of every command that has one. */
export interface RecordOutput {
  readonly output: string
  readonly outputFile?: string
  readonly noHeaders: boolean
  readonly color: 'auto' | 'always' | 'never'
}

/** Makes the text for people, the verdict last. */
export type RenderRecord = (record: RunRecord, options: RenderOptions) => string

/** How records of a kind are shown to people. */
export interface RecordView {
  readonly render: RenderRecord
  /** Where it is more than its tables as Markdown. */
  readonly markdown?: (record: RunRecord) => string
}

/**
 * Writes a record where the options say.
 * @throws PerfError when the file cannot be written
 */
export async function writeRecord(
  record: RunRecord,
  view: RecordView,
  options: RecordOutput,
  context: Context,
): Promise<void> {
  await writeText(await formatRecord(record, view, options, context), options, context)
}

/**
 * To be called before anything is done: a page is nothing to read in a terminal, nor one page after the other a page.
 * @throws UsageError for HTML that would go there
 */
export function refuseUnfitOutput(
  { output, outputFile, watch = false }: Pick<RecordOutput, 'output' | 'outputFile'> & { readonly watch?: boolean },
  { stdout }: Pick<Io, 'stdout'>,
): void {
  if (output !== 'html' || outputFile !== undefined) return
  if (watch) {
    throw new UsageError('HTML of --watch needs a file, which is written again each time', {
      advice: ['name one with --output-file'],
    })
  }
  if (stdout.isTTY !== true) return
  throw new UsageError('HTML is not for a terminal', {
    advice: ['name a file for it with --output-file, or send it to one with >'],
  })
}

/**
 * To be called before anything is done, so that no run is in vain: the file can be written, or made where it is not there.
 * @throws PerfError naming it
 */
export async function refuseUnwritableFile(
  { outputFile }: Pick<RecordOutput, 'outputFile'>,
  { workingDirectory }: Pick<Context, 'workingDirectory'>,
): Promise<void> {
  if (outputFile === undefined) return
  const path = resolve(workingDirectory, outputFile)
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() === true) throw new PerfError(`cannot write to file "${outputFile}": it is a directory`)
  await access(found === undefined ? dirname(path) : path, constants.W_OK).catch((error: Error) => {
    throw new PerfError(`cannot write to file "${outputFile}": ${error.message}`, { cause: error })
  })
}

/**
 * Writes a text, in parts, to the file of the options or to stdout.
 * @throws PerfError when the file cannot be written
 */
export async function writeText(
  text: Iterable<string>,
  { outputFile }: Pick<RecordOutput, 'outputFile'>,
  { io, workingDirectory }: Context,
): Promise<void> {
  if (outputFile === undefined) return writeOut(io.stdout, text)
  await writeFile(resolve(workingDirectory, outputFile), text).catch((error: Error) => {
    throw new PerfError(`cannot write to file "${outputFile}": ${error.message}`)
  })
}

/** Part by part, each when the one before is on its way: a slow reader does not make all of them wait in memory. */
async function writeOut(stdout: OutputStream, text: Iterable<string>): Promise<void> {
  for (const part of text) {
    await new Promise<void>((resolve) => {
      if (stdout.write(part, () => resolve()) !== false) resolve()
    })
  }
}

/** Whether stdout gets something that nobody reads as it goes by. */
export function isStructured({ output }: Pick<RecordOutput, 'output'>): boolean {
  return ['json', 'yaml', 'junit', 'html', 'markdown'].includes(output)
}

/** A record in the format of the options, in parts. */
export async function formatRecord(
  record: RunRecord,
  { render, markdown }: RecordView,
  { output, outputFile, noHeaders, color }: RecordOutput,
  { io, environment }: Context,
): Promise<Iterable<string>> {
  switch (output) {
    case 'json':
      return toJson(record)
    case 'yaml':
      return [toYaml(record)]
    case 'junit':
      return [toJUnit(record)]
    case 'html':
      return (await import('../lib/report/html/html-report.ts')).htmlReport(record)
    case 'markdown':
      return [markdown?.(record) ?? markdownOf(record, render)]
    default: {
      const columns = outputFile === undefined ? terminalWidth(io.stdout) : undefined
      const shown: RenderOptions = {
        wide: output === 'wide',
        headers: !noHeaders,
        color: allowsColor(outputFile === undefined ? color : 'never', io.stdout, environment),
        ...(columns === undefined ? {} : { columns }),
      }
      return [render(record, shown)]
    }
  }
}

function markdownOf(record: RunRecord, render: RenderRecord): string {
  return toMarkdown(
    record,
    render(record, { wide: false, headers: 'markdown', color: false }),
    render(record, { wide: true, headers: true, color: false }),
  )
}
