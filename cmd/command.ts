import type { KubeClient } from '../lib/kube/client.ts'
import type { CompletionHint, OptionTable, OptionValues } from './option-table.ts'
import type { ConnectionValues } from './shared-options.ts'

/** A stream of the terminal: process.stdout and process.stderr are such, and so are the fakes of the tests. */
export interface OutputStream {
  /** @param written called once the text is on its way, or cannot be; a stream that gives false has no room until then */
  write(text: string, written?: () => void): unknown
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** What a person gives in, line by line. */
export interface InputStream extends AsyncIterable<string | Uint8Array> {
  readonly isTTY?: boolean | undefined
}

export interface Io {
  readonly stdin: InputStream
  /** The result, and nothing else. */
  readonly stdout: OutputStream
  /** Progress, warnings, notes and errors. */
  readonly stderr: OutputStream
}

export interface Clock {
  /** Wall time, for timestamps. */
  now(): Date
  /** Milliseconds that never jump, for durations. */
  monotonicMs(): number
}

/** All that a command may touch of the world outside. */
export interface Context {
  readonly io: Io
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly homeDirectory: string
  readonly workingDirectory: string
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP; its reason is an `Interruption`. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Of this program: `v0.1.0`. */
  readonly version: string
  /** Of this program, in Go's words: `linux/amd64`. */
  readonly platform: string
  /** The cluster that the connection flags name. The client is the caller's to dispose. */
  readonly connect: (options: ConnectionValues) => Promise<KubeClient>
  /**
   * To be called before the first object is created, and disposed once all are gone: meanwhile a second signal, which
   * leaves at once, prints this command line that removes what stays behind.
   */
  readonly registerCleanup: (commandLine: string) => Disposable
}

/** A word after the command's name that is not a flag. */
export interface Positional {
  /** In upper case, as in the usage line: `SHELL`. */
  readonly name: string
  readonly description: string
  readonly required?: boolean
  readonly repeated?: boolean
  readonly choices?: readonly string[]
  readonly complete?: CompletionHint
}

export interface Example {
  /** Upper-case first letter, no final period. */
  readonly comment: string
  readonly command: string
}

export interface Command<Table extends OptionTable = OptionTable> {
  /** The words after `kubectl perf`: `['cilium', 'maps']`. */
  readonly path: readonly string[]
  /** The root help lists it under this word and "commands". */
  readonly group: string
  /** One line, upper-case first letter, no final period. */
  readonly summary: string
  /** Paragraphs below the summary, separated by empty lines. */
  readonly description?: string
  readonly positionals?: readonly Positional[]
  readonly options: Table
  readonly examples: readonly Example[]
  /** What its help says about exit codes; `plainExitCodes` when absent. */
  readonly exitCodes?: readonly (readonly [code: string, meaning: string])[]
  /**
   * Does the work and resolves to the exit code. Implementations are imported inside, never at the top of the module
   * that declares the command: help, version and completion must not load them.
   * @param words the positional arguments
   */
  run(options: OptionValues<Table>, context: Context, words: readonly string[]): Promise<number>
}

/** All of a command but its work: plain data, but for the checks of its options, so that it can be kept as JSON. */
export type Declaration = Omit<Command, 'run'>

/** The options of all commands together: a flag of the same name takes a value in all of them or in none. */
export function allOptions(commands: readonly Pick<Command, 'options'>[]): OptionTable {
  return Object.assign({}, ...commands.map(({ options }) => options)) as OptionTable
}

/** A command as it is, with the types of its option values inferred from its table. */
export function defineCommand<const Table extends OptionTable>(command: Command<Table>): Command<Table> {
  return command
}
