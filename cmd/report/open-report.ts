import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { RunRecord } from '../../lib/record/run-record.ts'
import { printable } from '../../lib/report/printable.ts'
import type { Context } from '../command.ts'
import { writeText } from '../write-record.ts'
import { formatRecords } from './format-records.ts'
import type { ReportOptions } from './options.ts'

/** So long a program that opens browsers may take to say that there is none; one that shows the page itself goes on. */
const PATIENCE_MS = 3000

/**
 * Writes the page and opens it in the browser. Where there is nobody to look at it, or no browser, it says where the page is.
 * @throws PerfError when the page cannot be written
 */
export async function openReport(
  records: readonly RunRecord[],
  options: ReportOptions,
  context: Context,
): Promise<void> {
  const outputFile = options.outputFile ?? join(await mkdtemp(join(tmpdir(), 'kubectl-perf-')), 'report.html')
  const page = { ...options, output: 'html', outputFile } as const
  await writeText(await formatRecords(records, page, context), page, context)
  const path = resolve(context.workingDirectory, outputFile)
  const fault = reasonAgainst(context) ?? (await open(path, context))
  const { io } = context
  if (fault === undefined) {
    if (!options.quiet) io.stderr.write(`${printable(`Opened ${path}`)}\n`)
  } else io.stderr.write(`${printable(`Not opened in a browser, ${fault}. The report is in ${path}`)}\n`)
}

/** Why opening a browser makes no sense here. */
function reasonAgainst({ io, environment, platform }: Context): string | undefined {
  if (io.stderr.isTTY !== true) return 'as this is no terminal'
  if (environment.CI) return 'as this is a CI job'
  // There xdg-open would look for one that runs in the terminal.
  const hasDisplay = ['DISPLAY', 'WAYLAND_DISPLAY', 'BROWSER', 'WSL_DISTRO_NAME'].some((name) => environment[name])
  return platform.startsWith('linux/') && !hasDisplay ? 'as there is no display' : undefined
}

/** The path is an argument of its own: no shell reads it. */
function openerOf(platform: string, path: string): readonly [command: string, args: readonly string[]] {
  if (platform.startsWith('darwin/')) return ['open', [path]]
  if (platform.startsWith('windows/')) return ['rundll32', ['url.dll,FileProtocolHandler', path]]
  return ['xdg-open', [path]]
}

/** @returns why it could not be opened */
async function open(path: string, { environment, platform, signal }: Context): Promise<string | undefined> {
  const [command, args] = openerOf(platform, path)
  const opener = spawn(command, args, { env: environment, stdio: 'ignore', detached: true })
  opener.unref()
  const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
  try {
    const [code] = (await once(opener, 'exit', { signal: patience })) as [number | null]
    return code === 0 ? undefined : `as ${command} ended with ${code ?? 'a signal'}`
  } catch (error) {
    if (patience.aborted) return undefined
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? `as there is no ${command}`
      : `as ${command} failed: ${(error as Error).message}`
  }
}
