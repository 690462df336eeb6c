import type { Declaration, Example } from './command.ts'
import { plainExitCodes, runExitCodes } from './exit-code.ts'
import type { Option, OptionTable } from './option-table.ts'
import { dashed, flagName } from './option-value.ts'
import { twoColumns, wrapText } from './text-layout.ts'

// Texts for people, in the form of kubectl's. Pure: the same table gives the same help.

const NARROWEST = 40
const WIDEST = 100
// The binary has this one ready-made, for all terminals of at least this width.
const WIDEST_LIST = 80

/** The words that start a command line: `kubectl perf cilium maps`. */
export function commandLine(path: readonly string[]): string {
  return ['kubectl', 'perf', ...path].join(' ')
}

/** The list of all commands, or of those below `path`, under their headings. */
export function renderCommandList(commands: readonly Declaration[], path: readonly string[], columns: number): string {
  const width = Math.min(WIDEST_LIST, clampWidth(columns))
  const listed = commands.filter((command) => isBelow(command.path, path))
  const nameWidth = Math.max(...listed.map(({ path: words }) => words.slice(path.length).join(' ').length))
  const groups = [...Map.groupBy(listed, ({ group }) => group)].map(([group, members]) => [
    `${group} commands:`,
    ...twoColumns(
      members.map(({ path: words, summary }) => [words.slice(path.length).join(' ').padEnd(nameWidth), summary]),
      width,
    ),
  ])
  // What the commands of the last group do is said by their names.
  const examples = listed.filter(({ group }) => group !== 'Other').flatMap((command) => command.examples.slice(0, 1))
  return toText([
    path.length === 0
      ? wrapText(
          'kubectl perf measures a Kubernetes cluster: is it fast, and if not, where is it slow, and why.',
          width,
        )
      : [`${commandLine(path)} has these commands.`],
    ...groups,
    renderExamples(examples, width),
    path.length === 0 ? ['Exit codes:', ...twoColumns(runExitCodes, width)] : [],
    ['Usage:', `  ${commandLine(path)} COMMAND [options]`],
    wrapText(`Use "${commandLine(path)} COMMAND --help" for more information about a given command.`, width),
  ])
}

/** All about one command. */
export function renderCommandHelp(command: Declaration, columns: number): string {
  const width = clampWidth(columns)
  const positionals = command.positionals ?? []
  const paragraphs = (command.description ?? '').split(/\n\s*\n/).filter((text) => text.trim() !== '')
  const groups = Map.groupBy(Object.entries(command.options), ([, { group }]) => group ?? 'Options')
  const ownFirst = [...groups].sort(([a], [b]) => Number(b === 'Options') - Number(a === 'Options'))
  return toText([
    wrapText(sentence(command.summary), width),
    ...paragraphs.map((text) => wrapText(text, width - 1).map((line) => ` ${line}`)),
    renderExamples(command.examples, width),
    positionals.length === 0
      ? []
      : [
          'Arguments:',
          ...twoColumns(
            positionals.map(({ name, description }) => [name, `${description}.`]),
            width,
          ),
        ],
    ...ownFirst.map(([group, options]) => [`${group}:`, ...renderOptions(options, width)]),
    ['Exit codes:', ...twoColumns(command.exitCodes ?? plainExitCodes, width)],
    ['Usage:', `  ${usageLine(command)}`],
  ])
}

/**
 * What a question for the help of a command or a group of commands is answered with: `density --help`, `help cilium maps`.
 * @returns undefined for everything else, also for help that is asked for beside other flags
 */
export function answerHelp(
  words: readonly string[],
  commands: readonly Declaration[],
  columns: number,
): string | undefined {
  const last = words.at(-1)
  const path =
    words[0] === 'help' ? words.slice(1) : last === '--help' || last === '-h' ? words.slice(0, -1) : undefined
  if (path === undefined) return undefined
  const command = commands.find((each) => each.path.join(' ') === path.join(' '))
  if (command !== undefined) return renderCommandHelp(command, columns)
  return commands.some((each) => isBelow(each.path, path)) ? renderCommandList(commands, path, columns) : undefined
}

/** A summary as a sentence of its own; a question ends as it is. */
export function sentence(summary: string): string {
  return summary.endsWith('?') ? summary : `${summary}.`
}

/** How a command line looks: `kubectl perf cilium lint VERSION [FILE...] [options]`. */
export function usageLine({ path, positionals = [] }: Pick<Declaration, 'path' | 'positionals'>): string {
  const words = positionals.map(({ name, required, repeated }) => {
    const word = repeated === true ? `${name}...` : name
    return required === true ? word : `[${word}]`
  })
  return [commandLine(path), ...words, '[options]'].join(' ')
}

/** True when `path` starts with all words of `prefix` and has more. */
export function isBelow(path: readonly string[], prefix: readonly string[]): boolean {
  return path.length > prefix.length && prefix.every((word, index) => path[index] === word)
}

/** The description of an option with what its kind adds: the choices and the environment variable. */
export function describeOption(option: Option): string {
  const choices = option.kind === 'choice' ? ` One of: (${option.choices.join(', ')}).` : ''
  const environment =
    option.environment === undefined ? '' : ` Can also be set by the environment variable ${option.environment}.`
  return `${option.description}.${choices}${environment}`
}

/** The default as the help shows it: `10`, `false`, `5m`, `''`, `[]`, `[tcp]`. */
export function defaultText(option: Option): string {
  if (option.kind === 'boolean') return String(option.default ?? false)
  if (option.list !== undefined) return `[${option.default ?? ''}]`
  return option.default === undefined || option.default === '' ? "''" : String(option.default)
}

function renderOptions(options: readonly (readonly [string, OptionTable[string]])[], width: number): readonly string[] {
  return options.flatMap(([name, option], index) => [
    ...(index === 0 ? [] : ['']),
    `    ${option.alias === name ? dashed(name) : flagName(name, option)}=${defaultText(option)}:`,
    ...wrapText(describeOption(option), width - 8).map((line) => `        ${line}`),
  ])
}

// Command lines stay whole, to be copied.
function renderExamples(examples: readonly Example[], width: number): readonly string[] {
  if (examples.length === 0) return []
  const blocks = examples.map(({ comment, command }) => [
    ...wrapText(comment, width - 4).map((line) => `  # ${line}`),
    `  ${command}`,
  ])
  return ['Examples:', ...blocks.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))]
}

function clampWidth(columns: number): number {
  return Math.min(WIDEST, Math.max(NARROWEST, columns))
}

function toText(sections: readonly (readonly string[])[]): string {
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}
