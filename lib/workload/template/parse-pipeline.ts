import { nearest } from '../../record/nearest-word.ts'
import { templateFunctions, unsupportedFunctions } from './function-table.ts'
import type { Token } from './lexer.ts'
import { characterCode, numberConstant, unquote } from './literals.ts'
import type { Command, Operand, Pipeline } from './nodes.ts'
import { faultAt } from './source-text.ts'
import { deeper, fail, isSymbol, next, peek, skipSpace, type TokenReader, unexpected } from './token-reader.ts'

/** Words that open, close or divide blocks. */
export const KEYWORDS = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
])

/**
 * Reads `[$x :=] command | command …` up to its end, which is left behind. The functions that it names must exist.
 * @throws UsageError with the place
 */
export function parsePipeline(reader: TokenReader, context: string, end: 'close' | ')'): Pipeline {
  const start = skipSpace(reader)
  const { variables, assigns } = parseDeclarations(reader, context)
  const commands: Command[] = []
  for (;;) {
    const token = skipSpace(reader)
    if (token.kind === end || isSymbol(token, end)) break
    commands.push(parseCommand(reader, context))
  }
  const last = next(reader)
  if (commands.length === 0) fail(reader, last, `missing value for ${context}`)
  for (const { operands, offset } of commands.slice(1)) {
    if (['constant', 'number', 'dot', 'nil'].includes(operands[0]?.kind ?? '')) {
      throw faultAt(reader.source, offset, 'only a function can stand behind |')
    }
  }
  return { kind: 'pipeline', variables, assigns, commands, offset: start.offset }
}

// `$x :=`, `$x =` and, in a range, `$i, $x :=`.
function parseDeclarations(reader: TokenReader, context: string): { variables: string[]; assigns: boolean } {
  const variables: string[] = []
  for (;;) {
    const start = reader.position
    const variable = skipSpace(reader)
    if (variable.kind !== 'variable') return { variables, assigns: false }
    reader.position += 1
    const symbol = skipSpace(reader)
    if (symbol.kind !== 'symbol' || !['=', ':=', ','].includes(symbol.text)) {
      reader.position = start
      return { variables, assigns: false }
    }
    reader.position += 1
    variables.push(variable.text)
    reader.variables.push(variable.text)
    if (symbol.text !== ',') return { variables, assigns: symbol.text === '=' }
    if (context !== 'range' || variables.length > 1) fail(reader, symbol, `too many declarations in ${context}`)
    if (skipSpace(reader).kind !== 'variable') fail(reader, peek(reader), 'range can only initialize variables')
  }
}

function parseCommand(reader: TokenReader, context: string): Command {
  const operands: Operand[] = []
  const start = skipSpace(reader)
  for (;;) {
    skipSpace(reader)
    const operand = parseOperand(reader)
    if (operand !== undefined) operands.push(operand)
    const token = peek(reader)
    if (token.kind === 'space') continue
    if (isSymbol(token, '|')) {
      reader.position += 1
      break
    }
    if (token.kind === 'close' || isSymbol(token, ')')) break
    unexpected(reader, token, operands.length === 0 ? context : 'operand')
  }
  if (operands.length === 0) fail(reader, start, 'empty command')
  return { operands, offset: start.offset }
}

function parseOperand(reader: TokenReader): Operand | undefined {
  const start = peek(reader)
  const term = parseTerm(reader, start)
  if (term === undefined) return undefined
  const fields: string[] = []
  const first = peek(reader)
  while (peek(reader).kind === 'field') fields.push(next(reader).text.slice(1))
  if (fields.length === 0) return term
  if (term.kind === 'field' || term.kind === 'variable') return { ...term, fields: [...term.fields, ...fields] }
  if (term.kind === 'function' || term.kind === 'pipeline') {
    return { kind: 'chain', operand: term, fields, offset: first.offset }
  }
  return fail(reader, first, `unexpected . after term ${JSON.stringify(start.text)}`)
}

function parseTerm(reader: TokenReader, token: Token): Operand | undefined {
  const { offset } = token
  if (token.kind === 'symbol' && token.text !== '(') return undefined
  if (token.kind === 'close' || token.kind === 'space' || token.kind === 'end of file') return undefined
  reader.position += 1
  switch (token.kind) {
    case 'dot':
      return { kind: 'dot', offset }
    case 'field':
      return { kind: 'field', fields: [token.text.slice(1)], offset }
    case 'variable':
      if (!reader.variables.includes(token.text)) fail(reader, token, `undefined variable "${token.text}"`)
      return { kind: 'variable', name: token.text, fields: [], offset }
    case 'number': {
      const constant = numberConstant(token.text, offset)
      return typeof constant === 'string' ? fail(reader, token, constant) : constant
    }
    case 'character': {
      const code = characterCode(token.text) ?? fail(reader, token, `malformed character constant: ${token.text}`)
      return { kind: 'number', text: token.text, ideal: code, integer: code, float: Number(code), offset }
    }
    case 'string':
      return {
        kind: 'constant',
        value: unquote(token.text) ?? fail(reader, token, `invalid string ${token.text}`),
        offset,
      }
    case 'rawString':
      return { kind: 'constant', value: token.text.slice(1, -1).replaceAll('\r', ''), offset }
    case 'symbol':
      return deeper(reader, token, () => parsePipeline(reader, 'parenthesized pipeline', ')'))
    case 'word':
      return parseWord(reader, token)
    case 'open':
    case 'text':
      return unexpected(reader, token, 'command')
  }
}

function parseWord(reader: TokenReader, token: Token): Operand {
  const { text: name, offset } = token
  if (name === 'true' || name === 'false') return { kind: 'constant', value: name === 'true', offset }
  if (name === 'nil') return { kind: 'nil', offset }
  if (KEYWORDS.has(name)) unexpected(reader, token, 'command')
  if (unsupportedFunctions.has(name)) fail(reader, token, `function "${name}" is not supported`)
  if (!templateFunctions.has(name)) {
    const near = nearest(name, [...templateFunctions.keys()])
    fail(reader, token, `function "${name}" is not defined${near === undefined ? '' : `; did you mean "${near}"?`}`)
  }
  return { kind: 'function', name, offset }
}
