/** What a class or an escape accepts, and where the pattern goes on. */
export interface CharacterClass {
  readonly accepts: (character: string) => boolean
  readonly next: number
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: '\\t ',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
}

// Perl's classes as RE2 has them: \s without \v, all of them ASCII.
const PERL: Readonly<Record<string, string>> = { d: '0-9', w: '0-9A-Za-z_', s: '\\t\\n\\f\\r ' }
const CONTROLS: Readonly<Record<string, string>> = { a: '\x07', f: '\f', t: '\t', n: '\n', r: '\r', v: '\v' }

/** The bracketed class whose `[` stands before `start`; undefined where it is none of RE2's. */
export function readClass(pattern: string, start: number, ignoreCase: boolean): CharacterClass | undefined {
  const negated = pattern[start] === '^'
  const parts: string[] = []
  let at = start + (negated ? 1 : 0)
  for (let isFirst = true; isFirst || pattern[at] !== ']'; isFirst = false) {
    const part = readPart(pattern, at)
    if (part === undefined) return undefined
    parts.push(part.source)
    at = part.next
  }
  const accepts = tester(`[${parts.join('')}]`, ignoreCase)
  if (accepts === undefined) return undefined
  return { accepts: negated ? (one) => !accepts(one) : accepts, next: at + 1 }
}

/** The escape whose backslash stands before `at`; undefined where it is none of RE2's or no class of characters. */
export function escapedClass(pattern: string, at: number, ignoreCase: boolean): CharacterClass | undefined {
  const part = readPart(pattern, at - 1)
  const accepts = part === undefined ? undefined : tester(`[${part.source}]`, ignoreCase)
  return part === undefined || accepts === undefined ? undefined : { accepts, next: part.next }
}

interface Part {
  readonly source: string
  readonly next: number
}

// One element or range of a class, in JavaScript's syntax for a class under the flag v.
function readPart(pattern: string, at: number): Part | undefined {
  const posix = /^\[:(\^?)([a-z]+):\]/.exec(pattern.slice(at, at + 12))
  if (posix !== null) {
    const source = POSIX[posix[2] ?? '']
    return source === undefined ? undefined : { source: `[${posix[1]}${source}]`, next: at + posix[0].length }
  }
  const set = escapedSet(pattern, at)
  if (set !== undefined) return set
  const low = oneCharacter(pattern, at)
  if (low === undefined) return undefined
  if (pattern[low.next] !== '-' || pattern[low.next + 1] === ']')
    return { source: codePointEscape(low.character), next: low.next }
  const high = oneCharacter(pattern, low.next + 1)
  if (high === undefined || (high.character.codePointAt(0) ?? 0) < (low.character.codePointAt(0) ?? 0)) return undefined
  return { source: `${codePointEscape(low.character)}-${codePointEscape(high.character)}`, next: high.next }
}

function escapedSet(pattern: string, at: number): Part | undefined {
  if (pattern[at] !== '\\') return undefined
  const letter = pattern[at + 1] ?? ''
  const perl = PERL[letter.toLowerCase()]
  if (perl !== undefined) return { source: letter === letter.toLowerCase() ? perl : `[^${perl}]`, next: at + 2 }
  const unicode = /^\\([pP])(?:(\p{Lu})|\{(\^?)([A-Za-z_]+)\})/u.exec(pattern.slice(at, at + 40))
  if (unicode === null) return undefined
  const [all, kind, single, caret, name] = unicode
  const negated = (kind === 'P') !== (caret === '^')
  const property = single ?? (isProperty(name ?? '') ? name : `Script=${name}`)
  return { source: `[\\${negated ? 'P' : 'p'}{${property}}]`, next: at + all.length }
}

function isProperty(name: string): boolean {
  return compiled(`\\p{${name}}`, false) !== undefined
}

function oneCharacter(pattern: string, at: number): { character: string; next: number } | undefined {
  const code = pattern.codePointAt(at)
  if (code === undefined) return undefined
  const character = String.fromCodePoint(code)
  if (character !== '\\') return { character, next: at + character.length }
  const numeric = /^\\(?:x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]{1,6})\}|([0-7]{3}|0[0-7]{0,2}))/.exec(
    pattern.slice(at, at + 12),
  )
  if (numeric !== null) {
    const [all, short, long, octal] = numeric
    const value = octal === undefined ? Number.parseInt(short ?? long ?? '', 16) : Number.parseInt(octal, 8)
    return value > 0x10ffff ? undefined : { character: String.fromCodePoint(value), next: at + all.length }
  }
  if (at + 1 >= pattern.length) return undefined
  const escaped = String.fromCodePoint(pattern.codePointAt(at + 1) ?? 0)
  const control = CONTROLS[escaped]
  if (control !== undefined) return { character: control, next: at + 2 }
  return /^[!-/:-@[-`{-~]$/.test(escaped) ? { character: escaped, next: at + 2 } : undefined
}

function codePointEscape(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}

function tester(source: string, ignoreCase: boolean): ((character: string) => boolean) | undefined {
  const regex = compiled(`^${source}$`, ignoreCase)
  return regex === undefined ? undefined : (character) => regex.test(character)
}

function compiled(source: string, ignoreCase: boolean): RegExp | undefined {
  try {
    return new RegExp(source, ignoreCase ? 'vi' : 'v')
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
