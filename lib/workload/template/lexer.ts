import { faultAt, lineAt, type SourceText } from './source-text.ts'

export interface Token {
  readonly kind:
    | 'text'
    | 'open'
    | 'close'
    | 'space'
    | 'word'
    | 'field'
    | 'variable'
    | 'dot'
    | 'number'
    | 'character'
    | 'string'
    | 'rawString'
    | 'symbol'
    | 'end of file'
  readonly text: string
  readonly offset: number
}

const SPACE = ' \t\r\n'
// What may follow a name: Go insists, so that $x+1 is a fault and no surprise.
const TERMINATOR = /[\s.,|:)(]/
const SPACES = /[ \t\r\n]+/y
const NAME = /[\p{L}\p{Nd}_]+/uy
const NUMBER =
  /[+-]?(?:0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]*)?|0[oO][0-7_]*|0[bB][01_]*|[0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]*)?)i?/y
const QUOTED = /"(?:[^"\\\n]|\\[^\n])*"/y
const CHARACTER = /'(?:[^'\\\n]|\\[^\n])*'/y
const RAW = /`[^`]*`/y

/**
 * The tokens of a template, trim markers applied and comments left out.
 * @throws UsageError with the place of what is no token
 */
export function tokens(source: SourceText): Token[] {
  const { text } = source
  const found: Token[] = []
  let position = 0
  while (position < text.length) {
    const open = text.indexOf('{{', position)
    const end = open === -1 ? text.length : open
    const trimsLeft = open !== -1 && isTrimMarker(text, open + 2)
    const plain = trimsLeft ? trimEnd(text.slice(position, end)) : text.slice(position, end)
    if (plain !== '') found.push({ kind: 'text', text: plain, offset: position })
    if (open === -1) break
    const inside = open + (trimsLeft ? 4 : 2)
    position = text.startsWith('/*', inside)
      ? afterComment(source, open, inside)
      : readAction(source, open, inside, found)
  }
  found.push({ kind: 'end of file', text: 'end of file', offset: text.length })
  return found
}

function isTrimMarker(text: string, offset: number): boolean {
  return text[offset] === '-' && isSpace(text[offset + 1])
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && SPACE.includes(character)
}

function trimEnd(text: string): string {
  return text.replace(/[ \t\r\n]+$/, '')
}

function afterComment(source: SourceText, open: number, inside: number): number {
  const end = source.text.indexOf('*/', inside + 2)
  if (end === -1) throw faultAt(source, open, 'unclosed comment')
  const close = closing(source.text, end + 2)
  if (close === undefined) throw faultAt(source, end, 'comment ends before closing delimiter')
  return close.next
}

// The right delimiter at an offset, with what it trims; undefined where there is none.
function closing(text: string, offset: number): { next: number } | undefined {
  if (text.startsWith('}}', offset)) return { next: offset + 2 }
  if (!isSpace(text[offset]) || !text.startsWith('-}}', offset + 1)) return undefined
  let next = offset + 4
  while (isSpace(text[next])) next += 1
  return { next }
}

// Reads the tokens from behind {{ to the }}; returns where the text goes on.
function readAction(source: SourceText, open: number, inside: number, found: Token[]): number {
  const { text } = source
  found.push({ kind: 'open', text: '{{', offset: open })
  let position = inside
  let depth = 0
  for (;;) {
    const close = closing(text, position)
    if (close !== undefined) {
      if (depth > 0) throw faultAt(source, position, 'unclosed left paren')
      found.push({ kind: 'close', text: '}}', offset: position })
      return close.next
    }
    const token = nextToken(source, open, position)
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    if (depth < 0) throw faultAt(source, position, 'unexpected right paren')
    found.push(token)
    position += token.text.length
  }
}

function nextToken(source: SourceText, open: number, offset: number): Token {
  const { text } = source
  const character = text[offset]
  const fail = (what: string): never => {
    const started = lineAt(text, open)
    throw faultAt(source, offset, started === lineAt(text, offset) ? what : `${what} (started in line ${started})`)
  }
  if (character === undefined) return fail('unclosed action')
  if (isSpace(character)) return { kind: 'space', text: spaces(text, offset), offset }
  if (character === '"')
    return { kind: 'string', text: at(QUOTED, text, offset) ?? fail('unterminated quoted string'), offset }
  if (character === '`')
    return { kind: 'rawString', text: at(RAW, text, offset) ?? fail('unterminated raw quoted string'), offset }
  if (character === "'") {
    return { kind: 'character', text: at(CHARACTER, text, offset) ?? fail('unterminated character constant'), offset }
  }
  if (character === ':') return text[offset + 1] === '=' ? { kind: 'symbol', text: ':=', offset } : fail('expected :=')
  if ('=|,()'.includes(character)) return { kind: 'symbol', text: character, offset }
  if (character === '$' || (character === '.' && !/[0-9]/.test(text[offset + 1] ?? ''))) {
    const name = at(NAME, text, offset + 1) ?? ''
    checkTerminator(source, offset + 1 + name.length)
    const kind = character === '$' ? 'variable' : name === '' ? 'dot' : 'field'
    return { kind, text: character + name, offset }
  }
  if (/[+\-.0-9]/.test(character)) {
    const number = at(NUMBER, text, offset) ?? ''
    if (at(NAME, text, offset + number.length) !== undefined || !/[0-9]/.test(number)) {
      return fail(`bad number syntax: ${JSON.stringify(number + (at(NAME, text, offset + number.length) ?? ''))}`)
    }
    return { kind: 'number', text: number, offset }
  }
  const word = at(NAME, text, offset)
  if (word === undefined)
    return fail(`unexpected ${JSON.stringify(String.fromCodePoint(text.codePointAt(offset) ?? 0))}`)
  checkTerminator(source, offset + word.length)
  return { kind: 'word', text: word, offset }
}

// A run of spaces, without the one that belongs to a closing " -}}".
function spaces(text: string, offset: number): string {
  const run = at(SPACES, text, offset) ?? ''
  return text.startsWith('-}}', offset + run.length) && run.length > 1 ? run.slice(0, -1) : run
}

function checkTerminator(source: SourceText, offset: number): void {
  const { text } = source
  const next = text[offset]
  if (next === undefined || TERMINATOR.test(next) || text.startsWith('}}', offset)) return
  throw faultAt(source, offset, `bad character ${JSON.stringify(String.fromCodePoint(text.codePointAt(offset) ?? 0))}`)
}

function at(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset
  const match = pattern.exec(text)?.[0]
  return match === '' ? undefined : match
}
