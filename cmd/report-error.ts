import { PerfError, UsageError } from '../lib/errors/perf-error.ts'
import { printable } from '../lib/report/printable.ts'
import type { OutputStream } from './command.ts'
import { ERROR, interruptionExitCode, USAGE } from './exit-code.ts'
import { commandLine } from './help.ts'

interface Circumstances {
  readonly stderr: OutputStream
  readonly signal: AbortSignal
  readonly version: string
  /** Of the command that was asked for. */
  readonly path: readonly string[]
  readonly verbosity: number
}

// What lib/kube words as kubectl does comes without a prefix there too.
const KUBECTL_WORDS =
  /^(error: |Error from server|Error in configuration: |Unable to connect to the server|The connection to the server |The (request|.+ ".*") is invalid)/

/** A message as kubectl would begin it. */
export function errorLine(message: string): string {
  return KUBECTL_WORDS.test(message) ? message : `error: ${message}`
}

/** Writes an error, which may carry text that a cluster sent, for the person at the terminal; gives the exit code. */
export function reportError(error: unknown, { stderr, signal, version, path, verbosity }: Circumstances): number {
  const say = (lines: readonly string[]) => stderr.write(lines.map((line) => `${printable(line)}\n`).join(''))
  if (signal.aborted && isAbort(error, signal)) {
    say([(signal.reason as Error).message])
    return interruptionExitCode(signal.reason)
  }
  if (error instanceof PerfError) {
    say([
      ...errorLine(error.message).split('\n'),
      ...error.advice.map((line) => `  ${line}`),
      ...(error instanceof UsageError ? [`See '${commandLine(path)} --help' for usage.`] : []),
      ...(verbosity > 0 ? traceOf(error) : []),
    ])
    return error instanceof UsageError ? USAGE : ERROR
  }
  say([
    ...`error: unexpected: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`.split('\n'),
    `  This is a bug in kubectl-perf ${version}, please report it${verbosity > 0 ? '' : ' with the output of the same command with -v=1'}`,
    ...(verbosity > 0 ? traceOf(error) : []),
  ])
  return ERROR
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return (
    error === signal.reason ||
    (error instanceof Error && (error.name === 'AbortError' || error.cause === signal.reason))
  )
}

function traceOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return []
  const own = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  if (!(error.cause instanceof Error)) return own
  return [...own, ...`caused by ${error.cause.name}: ${error.cause.message}`.split('\n'), ...traceOf(error.cause)]
}
