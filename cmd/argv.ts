import { Parser } from 'yargs/helpers'
import { UsageError } from '../lib/errors/perf-error.ts'
import { nearest } from '../lib/record/nearest-word.ts'
import type { OptionTable } from './option-table.ts'
import { dashed } from './option-value.ts'

/** A command line taken apart, nothing of it judged yet. */
export interface ParsedArgv {
  /** All that is no flag and no value of one, in order. */
  readonly words: readonly string[]
  /** What was given for each option, by its long name, in order; `true` and `false` for booleans. */
  readonly texts: ReadonlyMap<string, readonly string[]>
  /** Flags that the table does not have, as they were typed. */
  readonly unknown: readonly string[]
  /** A flag without its value, or a boolean that is neither true nor false. */
  readonly fault?: UsageError
}

/**
 * Takes a command line apart by kubectl's rules: a flag with a value always takes the next word (`--qps -1`), a boolean
 * never does (`--keep=false`), shorthands can carry their value (`-ojson`, `-n=kube-system`), `--` ends the flags.
 */
export function parseArgv(argv: readonly string[], table: OptionTable): ParsedArgv {
  const names = Object.keys(table)
  const valued = names.filter((name) => table[name]?.kind !== 'boolean')
  const { long, unknown, badBoolean } = inLongForm(argv, table)
  const { argv: parsed, error } = Parser.detailed([...long], {
    string: [...valued, '_'],
    boolean: names.filter((name) => table[name]?.kind === 'boolean'),
    narg: Object.fromEntries(valued.map((name) => [name, 1])),
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'nargs-eats-options': true,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'short-option-groups': false,
    },
  })
  const { _: words, ...flags } = parsed
  const texts = new Map<string, readonly string[]>()
  for (const [name, given] of Object.entries(flags) as [string, unknown][]) {
    if (Object.hasOwn(table, name)) texts.set(name, [given].flat().map(String))
    else unknown.push(dashed(name))
  }
  // The only fault that yargs finds with these settings: the last word is a flag that needs a value.
  const fault = error === null ? badBoolean : new UsageError(`flag needs an argument: ${argv.at(-1)}`)
  return { words: words.map(String), texts, unknown, ...(fault && { fault }) }
}

/** The error for flags that a command does not have, or undefined when there are none. */
export function unknownFlagError(unknown: readonly string[], table: OptionTable): UsageError | undefined {
  const [flag] = unknown
  if (flag === undefined) return undefined
  if (!flag.startsWith('--')) return new UsageError(`unknown shorthand flag: ${flag}`)
  const near = nearest(flag.slice(2), Object.keys(table))
  return new UsageError(`unknown flag: ${flag}${near === undefined ? '' : `; did you mean ${dashed(near)}?`}`)
}

interface LongForm {
  readonly long: readonly string[]
  readonly unknown: string[]
  readonly badBoolean?: UsageError
}

/** Writes shorthands out and checks the words of booleans: two rules of kubectl that yargs does not have. */
function inLongForm(argv: readonly string[], table: OptionTable): LongForm {
  const byLetter = new Map<string, string>()
  for (const [name, { alias }] of Object.entries(table)) if (alias !== undefined) byLetter.set(alias, name)
  const long: string[] = []
  const unknown: string[] = []
  let badBoolean: UsageError | undefined
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? ''
    if (word === '--') {
      long.push(...argv.slice(index))
      break
    }
    const isShorthand = /^-[^-]/.test(word)
    long.push(...(isShorthand ? expandShorthands(word, byLetter, table, unknown) : [word]))
    const [, name = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(long.at(-1) ?? '') ?? []
    const option = Object.hasOwn(table, name) ? table[name] : undefined
    if (option === undefined) continue
    if (option.kind !== 'boolean') {
      // Its value, whatever it looks like, is no flag.
      if (value === undefined && index + 1 < argv.length) long.push(argv[++index] ?? '')
    } else if (value === undefined) {
      // Else yargs would take a following "true" or "false" for its value.
      long.splice(-1, 1, `--${name}=true`)
    } else if (value !== 'true' && value !== 'false') {
      badBoolean ??= new UsageError(
        `invalid argument ${JSON.stringify(value)} for "--${name}" flag: must be true or false`,
      )
    }
  }
  return { long, unknown, ...(badBoolean && { badBoolean }) }
}

// -qojson is --quiet --output=json: letters of booleans until one that takes the rest as its value.
function expandShorthands(
  word: string,
  byLetter: ReadonlyMap<string, string>,
  table: OptionTable,
  unknown: string[],
): readonly string[] {
  const flags: string[] = []
  for (let index = 1; index < word.length; index++) {
    const letter = word[index] ?? ''
    const name = byLetter.get(letter)
    if (name === undefined) {
      unknown.push(`'${letter}' in ${word}`)
      break
    }
    const rest = word.slice(index + 1)
    const takesRest = table[name]?.kind !== 'boolean' || rest.startsWith('=')
    if (takesRest) return [...flags, rest === '' ? `--${name}` : `--${name}=${rest.replace(/^=/, '')}`]
    flags.push(`--${name}`)
  }
  return flags.map((flag) => `${flag}=true`)
}
