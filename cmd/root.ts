import { UsageError } from '../lib/errors/perf-error.ts'
import { nearest } from '../lib/record/nearest-word.ts'
import { parseArgv, unknownFlagError } from './argv.ts'
import { allOptions, type Command, type Context, type Positional } from './command.ts'
import { commands as allCommands } from './commands.ts'
import { answerCompletion } from './completion/answer.ts'
import { COMPLETE } from './completion/complete-word.ts'
import { PASSED } from './exit-code.ts'
import { commandLine, isBelow, renderCommandHelp, renderCommandList } from './help.ts'
import { defineOptions, type OptionTable, type OptionValues } from './option-table.ts'
import { readOptionValues } from './option-value.ts'
import { reportError } from './report-error.ts'
import type { MessageValues } from './shared-options.ts'
import { DEFAULT_COLUMNS } from './text-layout.ts'

const helpOption = defineOptions({ help: { kind: 'boolean', alias: 'h', description: 'Print this help' } })
const rootOptions = defineOptions({ ...helpOption, version: { kind: 'boolean', description: 'Print the version' } })

/**
 * The whole program: takes the words after `kubectl perf`, does what they say, and resolves to the exit code. Never
 * rejects; never touches the process.
 */
export async function run(
  argv: readonly string[],
  context: Context,
  commands: readonly Command[] = allCommands,
): Promise<number> {
  const { stdout, stderr } = context.io
  // Terminals made by scripts may have no width.
  const columns = stdout.columns || DEFAULT_COLUMNS
  let path: readonly string[] = []
  let verbosity = 0
  if (argv[0] === COMPLETE) {
    const { liveNames } = await import('./completion/live-names.ts')
    stdout.write((await answerCompletion(argv.slice(1), commands, liveNames(argv.slice(1, -1), context))) ?? '')
    return PASSED
  }
  try {
    const { command, path: found, askedForHelp, fault: unknownCommand } = findCommand(argv, commands)
    path = found
    if (unknownCommand !== undefined) throw unknownCommand
    if (command === undefined) {
      const table = { ...allOptions(commands), ...rootOptions }
      const { texts, unknown, fault } = parseArgv(argv, table)
      const wrong = fault ?? unknownFlagError(unknown, table)
      if (wrong !== undefined && !askedForHelp) throw wrong
      const wantsVersion = path.length === 0 && texts.get('version')?.at(-1) === 'true'
      stdout.write(wantsVersion ? `kubectl-perf ${context.version}\n` : renderCommandList(commands, path, columns))
      return PASSED
    }
    if (askedForHelp) {
      stdout.write(renderCommandHelp(command, columns))
      return PASSED
    }
    const { words, values } = readCommandLine(argv, command, context.environment)
    verbosity = (values as Partial<MessageValues>).v ?? 0
    return await command.run(values, context, words)
  } catch (error) {
    return reportError(error, { stderr, signal: context.signal, version: context.version, path, verbosity })
  }
}

interface Found {
  readonly path: readonly string[]
  /** Absent where the words name only a group of commands, or nothing. */
  readonly command?: Command
  readonly askedForHelp: boolean
  /** Where a word is no command of that group. */
  readonly fault?: UsageError
}

// Flags may stand before the command's name, as in kubectl. Which words are values of flags is known from the tables of
// all commands together.
function findCommand(argv: readonly string[], commands: readonly Command[]): Found {
  const { words, texts } = parseArgv(argv, { ...allOptions(commands), ...rootOptions })
  const named = words[0] === 'help' ? words.slice(1) : words
  const askedForHelp = words[0] === 'help' || texts.get('help')?.at(-1) === 'true'
  for (let length = named.length; length > 0; length--) {
    const path = named.slice(0, length)
    const command = commands.find((command) => command.path.join(' ') === path.join(' '))
    if (command !== undefined) return { path, command, askedForHelp }
  }
  let depth = 0
  while (depth < named.length && commands.some(({ path }) => isBelow(path, named.slice(0, depth + 1)))) depth++
  const path = named.slice(0, depth)
  const word = named[depth]
  if (word === undefined) return { path, askedForHelp }
  const near = nearest(
    word,
    commands.filter((command) => isBelow(command.path, path)).map((command) => command.path[depth] ?? ''),
  )
  const hint = near === undefined ? '' : `; did you mean "${near}"?`
  const fault = new UsageError(`unknown command ${JSON.stringify(word)} for "${commandLine(path)}"${hint}`)
  return { path, askedForHelp, fault }
}

function readCommandLine(
  argv: readonly string[],
  command: Command,
  environment: Context['environment'],
): { words: readonly string[]; values: OptionValues<OptionTable> } {
  const { words, texts, unknown, fault } = parseArgv(argv, { ...command.options, ...helpOption })
  const wrong = fault ?? unknownFlagError(unknown, command.options)
  if (wrong !== undefined) throw wrong
  const own = words.slice(command.path.length)
  checkWords(own, command.positionals ?? [])
  return { words: own, values: readOptionValues(command.options, texts, environment) }
}

function checkWords(words: readonly string[], positionals: readonly Positional[]): void {
  const last = positionals.at(-1)
  const extra = last?.repeated === true ? undefined : words[positionals.length]
  if (extra !== undefined) throw new UsageError(`unexpected argument ${JSON.stringify(extra)}`)
  const missing = positionals.find(({ required }, index) => required === true && words[index] === undefined)
  if (missing !== undefined) {
    const choices = missing.choices === undefined ? '' : `: must be one of ${missing.choices.join(', ')}`
    throw new UsageError(`required argument ${missing.name} is missing${choices}`)
  }
  for (const [index, word] of words.entries()) {
    const { name, choices } = positionals[index] ?? last ?? { name: '', choices: undefined }
    if (choices !== undefined && !choices.includes(word)) {
      throw new UsageError(`invalid argument ${JSON.stringify(word)} for ${name}: must be one of ${choices.join(', ')}`)
    }
  }
}
