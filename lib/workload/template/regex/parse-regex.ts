import { TemplateFault } from '../template-fault.ts'
import { escapedClass, readClass } from './character-class.ts'
import type { Assertion, ParsedRegex, RegexNode } from './regex-nodes.ts'

const DEEPEST = 100
const MOST_REPEATS = 1000

interface Flags {
  readonly ignoreCase: boolean
  readonly multiLine: boolean
  readonly dotAll: boolean
  readonly lazy: boolean
}

interface Reader {
  readonly pattern: string
  at: number
  depth: number
  flags: Flags
  groupCount: number
  readonly groups: Map<string, number>
}

const startOfText: Assertion = (before) => before === undefined
const endOfText: Assertion = (_, after) => after === undefined
const startOfLine: Assertion = (before) => before === undefined || before === '\n'
const endOfLine: Assertion = (_, after) => after === undefined || after === '\n'
const isWord = (character: string | undefined) => character !== undefined && /^\w$/.test(character)
const wordBoundary: Assertion = (before, after) => isWord(before) !== isWord(after)

/**
 * Parses Go's regular expressions (RE2: no backreferences, no lookaround).
 * @throws TemplateFault that says what is wrong with the pattern
 */
export function parseRegex(pattern: string): ParsedRegex {
  const flags = { ignoreCase: false, multiLine: false, dotAll: false, lazy: false }
  const reader: Reader = { pattern, at: 0, depth: 0, flags, groupCount: 0, groups: new Map() }
  const node = readChoice(reader)
  if (reader.at < pattern.length) fail(reader, 'unexpected )')
  return { node, groups: reader.groups, groupCount: reader.groupCount }
}

function fail({ pattern }: Reader, what: string): never {
  throw new TemplateFault(`invalid regular expression ${JSON.stringify(pattern)}: ${what}`)
}

// Flags set within a group end with it.
function readChoice(reader: Reader): RegexNode {
  const { flags } = reader
  if (reader.depth >= DEEPEST) fail(reader, 'nested too deeply')
  reader.depth += 1
  const choices: RegexNode[] = [readSequence(reader)]
  while (reader.pattern[reader.at] === '|') {
    reader.at += 1
    choices.push(readSequence(reader))
  }
  reader.depth -= 1
  reader.flags = flags
  return choices.length === 1 && choices[0] !== undefined ? choices[0] : { kind: 'choice', nodes: choices }
}

function readSequence(reader: Reader): RegexNode {
  const nodes: RegexNode[] = []
  while (reader.at < reader.pattern.length && !'|)'.includes(reader.pattern[reader.at] ?? '')) {
    const node = readAtom(reader)
    if (node !== undefined) nodes.push(readRepeat(reader, node))
  }
  return { kind: 'sequence', nodes }
}

function readRepeat(reader: Reader, node: RegexNode): RegexNode {
  const bounds = readBounds(reader)
  if (bounds === undefined) return node
  const [min, max] = bounds
  if (min > MOST_REPEATS || (max !== Infinity && max > MOST_REPEATS) || min > max) fail(reader, 'invalid repeat count')
  const marked = reader.pattern[reader.at] === '?'
  if (marked) reader.at += 1
  if (readBounds(reader) !== undefined) fail(reader, 'invalid nested repetition operator')
  return { kind: 'repeat', node, min, max, greedy: marked === reader.flags.lazy }
}

function readBounds(reader: Reader): [number, number] | undefined {
  const simple: Readonly<Record<string, [number, number]>> = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] }
  const found = simple[reader.pattern[reader.at] ?? '']
  if (found !== undefined) {
    reader.at += 1
    return found
  }
  const counted = /^\{(\d+)(?:(,)(\d*))?\}/.exec(reader.pattern.slice(reader.at, reader.at + 20))
  if (counted === null) return undefined
  reader.at += counted[0].length
  const min = Number(counted[1])
  return [min, counted[2] === undefined ? min : counted[3] === '' ? Infinity : Number(counted[3])]
}

// Undefined for a group that only sets flags.
function readAtom(reader: Reader): RegexNode | undefined {
  const character = String.fromCodePoint(reader.pattern.codePointAt(reader.at) ?? 0)
  reader.at += character.length
  const { ignoreCase, multiLine, dotAll } = reader.flags
  switch (character) {
    case '(':
      return readGroup(reader)
    case '[': {
      const { next, accepts } =
        readClass(reader.pattern, reader.at, ignoreCase) ?? fail(reader, 'invalid character class')
      reader.at = next
      return { kind: 'character', accepts }
    }
    case '.':
      return { kind: 'character', accepts: (one) => dotAll || one !== '\n' }
    case '^':
      return { kind: 'assertion', holds: multiLine ? startOfLine : startOfText }
    case '$':
      return { kind: 'assertion', holds: multiLine ? endOfLine : endOfText }
    case '\\':
      return readEscape(reader)
    case '*':
    case '+':
    case '?':
      return fail(reader, `missing argument to repetition operator ${character}`)
    default:
      return literal(character, ignoreCase)
  }
}

function readGroup(reader: Reader): RegexNode | undefined {
  const named = /^\?P?<([A-Za-z0-9_]+)>/.exec(reader.pattern.slice(reader.at))
  const flagged = /^\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(reader.pattern.slice(reader.at))
  if (reader.pattern[reader.at] === '?' && named === null && flagged === null) {
    fail(reader, 'this kind of group is not supported')
  }
  const before = reader.flags
  let index: number | undefined
  if (flagged === null) {
    reader.groupCount += 1
    index = reader.groupCount
    const name = named?.[1]
    if (name !== undefined && !reader.groups.has(name)) reader.groups.set(name, index)
    reader.at += named?.[0].length ?? 0
  } else {
    reader.at += flagged[0].length
    reader.flags = withFlags(reader.flags, flagged[1] ?? '', flagged[2] ?? '')
    if (flagged[3] === ')') return undefined
  }
  const node = readChoice(reader)
  reader.flags = before
  if (reader.pattern[reader.at] !== ')') fail(reader, 'missing closing )')
  reader.at += 1
  return index === undefined ? node : { kind: 'group', index, node }
}

function withFlags(flags: Flags, on: string, off: string): Flags {
  const value = (letter: string, before: boolean) => (on.includes(letter) || before) && !off.includes(letter)
  return {
    ignoreCase: value('i', flags.ignoreCase),
    multiLine: value('m', flags.multiLine),
    dotAll: value('s', flags.dotAll),
    lazy: value('U', flags.lazy),
  }
}

function readEscape(reader: Reader): RegexNode {
  const { pattern, at } = reader
  const assertion = ({ A: startOfText, z: endOfText, b: wordBoundary } as Record<string, Assertion>)[pattern[at] ?? '']
  if (assertion !== undefined) {
    reader.at += 1
    return { kind: 'assertion', holds: assertion }
  }
  if (pattern[at] === 'B') {
    reader.at += 1
    return { kind: 'assertion', holds: (before, after) => !wordBoundary(before, after) }
  }
  if (pattern[at] === 'Q') {
    const end = pattern.indexOf('\\E', at)
    const text = pattern.slice(at + 1, end === -1 ? undefined : end)
    reader.at = end === -1 ? pattern.length : end + 2
    return { kind: 'sequence', nodes: Array.from(text).map((character) => literal(character, reader.flags.ignoreCase)) }
  }
  const escaped = escapedClass(pattern, at, reader.flags.ignoreCase)
  if (escaped === undefined) return fail(reader, `invalid escape sequence \\${pattern[at] ?? ''}`)
  reader.at = escaped.next
  return { kind: 'character', accepts: escaped.accepts }
}

function literal(character: string, ignoreCase: boolean): RegexNode {
  if (!ignoreCase) return { kind: 'character', accepts: (one) => one === character }
  const lower = character.toLowerCase()
  return { kind: 'character', accepts: (one) => one.toLowerCase() === lower }
}
