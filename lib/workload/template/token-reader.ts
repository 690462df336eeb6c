import type { Token } from './lexer.ts'
import type { Definition } from './nodes.ts'
import { faultAt, type SourceText } from './source-text.ts'

// Blocks and parentheses within one another. Each level takes a few frames of the stack.
const DEEPEST = 200

/** Where the parser stands in the tokens of one file, and what it knows there. */
export interface TokenReader {
  readonly source: SourceText
  readonly all: readonly Token[]
  readonly definitions: Map<string, Definition>
  position: number
  depth: number
  rangeDepth: number
  variables: string[]
}

/** The next token, which stays the next one. */
export function peek(reader: TokenReader): Token {
  const token = reader.all[reader.position]
  if (token === undefined) throw new Error('read behind the end of the tokens')
  return token
}

/** Takes the next token. */
export function next(reader: TokenReader): Token {
  const token = peek(reader)
  if (token.kind !== 'end of file') reader.position += 1
  return token
}

/** Moves on to the next token that is no space, and shows it. */
export function skipSpace(reader: TokenReader): Token {
  while (peek(reader).kind === 'space') reader.position += 1
  return peek(reader)
}

/** Is the token this piece of punctuation? */
export function isSymbol(token: Token, symbol: string): boolean {
  return token.kind === 'symbol' && token.text === symbol
}

/** @throws UsageError with the place of the token, in any case */
export function fail(reader: TokenReader, token: Token, what: string): never {
  throw faultAt(reader.source, token.offset, what)
}

/** @throws UsageError that says what stands there and where that cannot be, in any case */
export function unexpected(reader: TokenReader, token: Token, context: string): never {
  const shown = token.kind === 'end of file' ? 'end of file' : JSON.stringify(token.text)
  fail(reader, token, `unexpected ${shown} in ${context}`)
}

/** Bounds how deep blocks and parentheses nest. */
export function deeper<Result>(reader: TokenReader, token: Token, parse: () => Result): Result {
  if (reader.depth >= DEEPEST) fail(reader, token, `more than ${DEEPEST} levels of blocks or parentheses`)
  reader.depth += 1
  const result = parse()
  reader.depth -= 1
  return result
}
