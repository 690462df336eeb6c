import { parseArgv } from '../argv.ts'
import { allOptions, type Command } from '../command.ts'
import { isBelow } from '../help.ts'
import type { CompletionHint, Option, OptionTable } from '../option-table.ts'
import { dashed } from '../option-value.ts'

/** What completion needs of a command: all of it is plain data, so that it can be kept as JSON. */
export type CompletableCommand = Pick<Command, 'path' | 'group' | 'summary' | 'positionals' | 'options'>

export interface Candidate {
  readonly value: string
  readonly description: string
}

/** The value that a person is typing. */
export interface TypedValue {
  readonly text: string
  /** Commas separate several. */
  readonly isList: boolean
}

/** What may stand where a person is typing. */
export interface Completion {
  readonly candidates: readonly Candidate[]
  /** More may follow without a space: a comma and another value, an operator. */
  readonly goesOn?: boolean
  /** What the shell or the cluster knows more of: files, namespaces …; `typed` is the start of it. */
  readonly hint?: CompletionHint
  readonly typed?: TypedValue
}

const HELP: Candidate = { value: '--help', description: 'Print this help' }
const VERSION: Candidate = { value: '--version', description: 'Print the version' }

/**
 * The candidates for the last of `words` (those after `kubectl perf`; empty when nothing of it is typed yet), from the
 * tables of the commands alone.
 */
export function complete(words: readonly string[], commands: readonly CompletableCommand[]): Completion {
  const typed = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const { command, named } = commandOf(before, commands)
  const table = command?.options ?? {}
  // Flags may stand before the command, too. What may be chosen there depends on the command that follows.
  const known = command?.options ?? allOptions(commands)
  const valueHere = (option: Option, text: string): Completion =>
    command === undefined ? { ...completeValue(option, text), candidates: [] } : completeValue(option, text)

  const waiting = flagThatWaits(before, known)
  if (waiting !== undefined) return valueHere(waiting, typed)
  const endedFlags = before.includes('--')
  const [, flag, value] = (!endedFlags && /^(--?[^=]+)=(.*)$/s.exec(typed)) || []
  if (flag !== undefined) {
    const option = optionOf(flag, known)
    return option === undefined ? { candidates: [] } : valueHere(option, value ?? '')
  }
  if (typed.startsWith('-') && !endedFlags) {
    const flags = command === undefined && named.length === 0 ? [HELP, VERSION] : [...flagsLeft(before, table), HELP]
    return { candidates: startingWith(typed, flags) }
  }
  if (command === undefined) {
    const path = named[0] === 'help' ? named.slice(1) : named
    return { candidates: startingWith(typed, nextWords(path, commands)) }
  }
  const positionals = command.positionals ?? []
  const positional =
    positionals[named.length - command.path.length] ?? (positionals.at(-1)?.repeated ? positionals.at(-1) : undefined)
  if (positional === undefined) return { candidates: [] }
  return {
    candidates: startingWith(typed, (positional.choices ?? []).map(plain)),
    ...(positional.complete && { hint: positional.complete, typed: { text: typed, isList: false } }),
  }
}

/** The command that the words name, if they name one, and all words that are no flags. */
export function commandOf(
  words: readonly string[],
  commands: readonly CompletableCommand[],
): { command: CompletableCommand | undefined; named: readonly string[] } {
  const { words: named } = parseArgv(words, allOptions(commands))
  return { command: commands.find(({ path }) => path.every((word, index) => word === named[index])), named }
}

/** Those of the candidates that go on where the value ends; in a list, those that it does not have yet. */
export function valuesFor({ text, isList }: TypedValue, candidates: readonly Candidate[]): readonly Candidate[] {
  const head = isList ? text.slice(0, text.lastIndexOf(',') + 1) : ''
  const taken = new Set(head.split(','))
  return startingWith(
    text,
    candidates
      .filter(({ value }) => head === '' || !taken.has(value))
      .map(({ value, description }) => ({ value: head + value, description })),
  )
}

export function plain(value: string): Candidate {
  return { value, description: '' }
}

function nextWords(named: readonly string[], commands: readonly CompletableCommand[]): readonly Candidate[] {
  const below = commands.filter(({ path }) => isBelow(path, named))
  const words = Map.groupBy(below, ({ path }) => path[named.length] ?? '')
  return [...words].map(([value, members]) => {
    const [only] = members
    const isCommand = only !== undefined && only.path.length === named.length + 1
    const last = members.map(({ path }) => path.at(-1)).join(', ')
    return { value, description: isCommand ? only.summary : `${only?.group} commands: ${last}` }
  })
}

function flagsLeft(before: readonly string[], table: OptionTable): readonly Candidate[] {
  const { texts } = parseArgv(before, table)
  return Object.entries(table)
    .filter(([name, option]) => !texts.has(name) || (option.kind !== 'boolean' && option.list !== undefined))
    .map(([name, { description }]) => ({ value: dashed(name), description }))
}

// The word before is a flag that takes a value, and no value itself: then the parser misses that value.
function flagThatWaits(before: readonly string[], table: OptionTable): Option | undefined {
  const last = before.at(-1) ?? ''
  const option = parseArgv(before, table).fault === undefined ? undefined : optionOf(last, table)
  return option?.kind === 'boolean' ? undefined : option
}

function optionOf(flag: string, table: OptionTable): Option | undefined {
  if (flag.startsWith('--')) return Object.hasOwn(table, flag.slice(2)) ? table[flag.slice(2)] : undefined
  return Object.values(table).find(({ alias }) => alias !== undefined && flag.endsWith(alias))
}

function completeValue(option: Option, text: string): Completion {
  const choices = option.kind === 'choice' ? option.choices : option.kind === 'boolean' ? ['true', 'false'] : []
  const isList = option.kind !== 'boolean' && option.list === 'separated'
  const typed = { text, isList }
  return {
    candidates: valuesFor(typed, choices.map(plain)),
    ...(isList && { goesOn: true }),
    ...(option.complete && { hint: option.complete, typed }),
  }
}

function startingWith(text: string, candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(text))
}
