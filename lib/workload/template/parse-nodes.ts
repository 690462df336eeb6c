import { type Token, tokens } from './lexer.ts'
import { unquote } from './literals.ts'
import type { BranchNode, Definition, Node } from './nodes.ts'
import { KEYWORDS, parsePipeline } from './parse-pipeline.ts'
import { faultAt, type SourceText } from './source-text.ts'
import { deeper, fail, next, peek, skipSpace, type TokenReader, unexpected } from './token-reader.ts'

type Terminator = { readonly end: 'end' } | { readonly end: 'else'; readonly keyword: Token | undefined }

/**
 * Parses a file as Go's text/template does. `definitions` gets the templates that it defines.
 * @throws UsageError `file:line:column: what`
 */
export function parseNodes(source: SourceText, definitions: Map<string, Definition>): Node[] {
  const reader: TokenReader = {
    source,
    all: tokens(source),
    definitions,
    position: 0,
    depth: 0,
    rangeDepth: 0,
    variables: ['$'],
  }
  const nodes: Node[] = []
  while (peek(reader).kind !== 'end of file') {
    if (peek(reader).kind === 'open' && keywordAt(reader) === 'define') {
      parseDefinition(reader)
      continue
    }
    const next = parseNode(reader)
    if ('end' in next) throw faultAt(source, previousOpen(reader), `unexpected {{${next.end}}}`)
    nodes.push(next)
  }
  return nodes
}

// The word right behind the {{ that comes next, spaces aside; undefined when it is no word.
function keywordAt(reader: TokenReader): string | undefined {
  let ahead = reader.position + 1
  while (reader.all[ahead]?.kind === 'space') ahead += 1
  const token = reader.all[ahead]
  return token?.kind === 'word' ? token.text : undefined
}

function previousOpen(reader: TokenReader): number {
  let position = reader.position - 1
  while (position > 0 && reader.all[position]?.kind !== 'open') position -= 1
  return reader.all[position]?.offset ?? 0
}

function expectClose(reader: TokenReader, context: string): void {
  const token = skipSpace(reader)
  if (token.kind !== 'close') unexpected(reader, token, context)
  reader.position += 1
}

function templateName(reader: TokenReader, context: string): string {
  const token = skipSpace(reader)
  if (token.kind === 'rawString') return next(reader).text.slice(1, -1)
  if (token.kind !== 'string') unexpected(reader, token, context)
  return unquote(next(reader).text) ?? fail(reader, token, `invalid string ${token.text}`)
}

function parseDefinition(reader: TokenReader): void {
  const open = next(reader)
  skipSpace(reader)
  next(reader)
  const name = templateName(reader, 'define clause')
  expectClose(reader, 'define clause')
  define(
    reader,
    name,
    open,
    separately(reader, () => parseUntilEnd(reader, open, 'define')),
  )
}

// A template of its own sees no variable of what stands around it.
function separately(reader: TokenReader, parse: () => Node[]): Node[] {
  const { variables, rangeDepth } = reader
  reader.variables = ['$']
  reader.rangeDepth = 0
  const nodes = parse()
  reader.variables = variables
  reader.rangeDepth = rangeDepth
  return nodes
}

function define(reader: TokenReader, name: string, open: Token, nodes: Node[]): void {
  const { fileName, text } = reader.source
  const known = reader.definitions.get(name)
  if (known !== undefined && known.fileName === fileName && !isEmpty(known.nodes)) {
    if (isEmpty(nodes)) return
    fail(reader, open, `multiple definition of template ${JSON.stringify(name)}`)
  }
  reader.definitions.set(name, { nodes, fileName, text })
}

function isEmpty(nodes: readonly Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && node.text.trim() === '')
}

function parseUntilEnd(reader: TokenReader, open: Token, what: string): Node[] {
  const { nodes, terminator } = parseList(reader, open)
  if (terminator.end !== 'end') throw faultAt(reader.source, previousOpen(reader), `unexpected {{else}} in ${what}`)
  return nodes
}

function parseList(reader: TokenReader, open: Token): { nodes: Node[]; terminator: Terminator } {
  const nodes: Node[] = []
  for (;;) {
    if (peek(reader).kind === 'end of file') fail(reader, open, 'unexpected end of file: this block has no {{end}}')
    const node = parseNode(reader)
    if ('end' in node) return { nodes, terminator: node }
    nodes.push(node)
  }
}

function parseNode(reader: TokenReader): Node | Terminator {
  const token = next(reader)
  if (token.kind === 'text') return { kind: 'text', text: token.text, offset: token.offset }
  const first = skipSpace(reader)
  if (first.kind !== 'word' || !KEYWORDS.has(first.text)) {
    const pipeline = parsePipeline(reader, 'command', 'close')
    return { kind: 'action', pipeline, offset: token.offset }
  }
  reader.position += 1
  switch (first.text) {
    case 'if':
    case 'with':
    case 'range':
      return parseBranch(reader, first.text, token)
    case 'template':
      return parseTemplateCall(reader, token)
    case 'block':
      return parseBlock(reader, token)
    case 'end':
      expectClose(reader, 'end')
      return { end: 'end' }
    case 'else':
      return parseElse(reader)
    case 'break':
    case 'continue':
      expectClose(reader, `{{${first.text}}}`)
      if (reader.rangeDepth === 0) fail(reader, first, `{{${first.text}}} outside {{range}}`)
      return { kind: first.text, offset: token.offset }
    default:
      return unexpected(reader, first, 'command')
  }
}

// The "if" of an "else if" stays where it is: the block that the else belongs to reads on from there.
function parseElse(reader: TokenReader): Terminator {
  const token = skipSpace(reader)
  if (token.kind === 'word' && (token.text === 'if' || token.text === 'with')) return { end: 'else', keyword: token }
  expectClose(reader, 'else')
  return { end: 'else', keyword: undefined }
}

function parseBranch(reader: TokenReader, kind: BranchNode['kind'], open: Token): BranchNode {
  return deeper(reader, open, () => {
    const { length } = reader.variables
    const pipeline = parsePipeline(reader, kind, 'close')
    if (kind === 'range') reader.rangeDepth += 1
    const { nodes, terminator } = parseList(reader, open)
    if (kind === 'range') reader.rangeDepth -= 1
    const otherwise = terminator.end === 'end' ? undefined : parseOtherwise(reader, kind, open, terminator.keyword)
    reader.variables.length = length
    return { kind, pipeline, body: nodes, otherwise, offset: open.offset }
  })
}

// {{else if x}} … {{end}} is {{else}}{{if x}} … {{end}} with the last {{end}} left out.
function parseOtherwise(
  reader: TokenReader,
  kind: BranchNode['kind'],
  open: Token,
  keyword: Token | undefined,
): Node[] {
  if (keyword === undefined) return parseUntilEnd(reader, open, 'a block that already has an {{else}}')
  if (keyword.text !== kind) unexpected(reader, keyword, `{{else}} of ${kind}`)
  reader.position += 1
  return [parseBranch(reader, kind, keyword)]
}

function parseTemplateCall(reader: TokenReader, open: Token): Node {
  const name = templateName(reader, 'template clause')
  const token = skipSpace(reader)
  if (token.kind === 'close') {
    reader.position += 1
    return { kind: 'template', name, pipeline: undefined, offset: open.offset }
  }
  return { kind: 'template', name, pipeline: parsePipeline(reader, 'template clause', 'close'), offset: open.offset }
}

function parseBlock(reader: TokenReader, open: Token): Node {
  const name = templateName(reader, 'block clause')
  const pipeline = parsePipeline(reader, 'block clause', 'close')
  deeper(reader, open, () =>
    define(
      reader,
      name,
      open,
      separately(reader, () => parseUntilEnd(reader, open, 'block')),
    ),
  )
  return { kind: 'template', name, pipeline, offset: open.offset }
}
