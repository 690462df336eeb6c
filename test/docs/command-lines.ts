import { type Document, linesOf } from './documents.ts'

/** A command line that the documents show. */
export interface DocumentedLine {
  /** `docs/density.md:12`. */
  readonly place: string
  /** The words after `kubectl perf`. */
  readonly argv: readonly string[]
  /** A word that a shell would take apart: a sign of its own in it, without quotes. */
  readonly unquoted?: string
}

/**
 * All lines with `kubectl perf` in the code of a document, and in its text those with a flag. Usage lines, with brackets or
 * an ellipsis, are none.
 */
export function commandLinesOf(document: Document): readonly DocumentedLine[] {
  const found: DocumentedLine[] = []
  let started: { text: string; number: number } | undefined
  const add = (text: string, number: number) => {
    const place = `${document.path}:${number}`
    for (const command of commandsIn(text)) found.push({ place, ...command })
  }
  for (const { text, number, isCode } of linesOf(document)) {
    if (!isCode) {
      for (const [, code = ''] of text.matchAll(/`(kubectl perf [^`]+)`/g)) {
        // A flag at the end is one that is spoken of, without its value.
        if (code.includes(' -') && !/ --?[\w-]+$/.test(code)) add(code, number)
      }
      continue
    }
    const whole: string = started === undefined ? text : `${started.text} ${text.trim()}`
    const first = started?.number ?? number
    started = whole.endsWith('\\') ? { text: whole.slice(0, -1), number: first } : undefined
    if (started === undefined) add(whole, first)
  }
  return found
}

type Command = Omit<DocumentedLine, 'place'>

function commandsIn(text: string): readonly Command[] {
  // Elsewhere in a line it is part of a sentence of some output.
  const [, rest] = /(?:^|[|;(]|\bdo|-)\s*(?:\$ )?kubectl[ -]perf (.*)$/.exec(text) ?? []
  if (rest === undefined) return []
  const command = splitWords(rest)
  const isUsage = command.argv.some((word) => /^\[|…|\.\.\.$|^COMMAND$/.test(word))
  return isUsage || /^[^a-z-]/.test(command.argv[0] ?? '') ? [] : [command]
}

/** The words of a shell's command, up to what ends it: an operator, a comment, a closing parenthesis. */
function splitWords(text: string): Command {
  const argv: string[] = []
  let unquoted: string | undefined
  for (const [, quoted] of text.matchAll(/((?:'[^']*'|"[^"]*"|[^\s'"])+)/g)) {
    if (quoted === undefined || /^([|>;&)]|2>|&&|\|\||#)/.test(quoted)) break
    const ends = /[;)]$/.test(quoted)
    const word = ends ? quoted.slice(0, -1) : quoted
    if (/[<>|&;*]/.test(word.replace(/'[^']*'|"[^"]*"/g, ''))) unquoted ??= word
    argv.push(word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'))
    if (ends) break
  }
  return { argv, ...(unquoted !== undefined && { unquoted }) }
}
