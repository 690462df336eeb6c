import { compileRegex, findMatch, findMatches, type Match, type Regex } from '../regex/regex.ts'
import { TemplateFault } from '../template-fault.ts'
import { type FunctionTable, fixed, type TemplateFunction } from '../template-function.ts'
import { list } from '../value.ts'

const regexFind: TemplateFunction = fixed(['string', 'string'], ([pattern, text]) => {
  const match = findMatch(compileRegex(pattern), text)
  return match === undefined ? '' : text.slice(match[0], match[1])
})
const regexFindAll: TemplateFunction = fixed(['string', 'string', 'int'], ([pattern, text, most]) =>
  list(
    findMatches(compileRegex(pattern), text, limit(most)).map((match) => text.slice(match[0], match[1])),
    'string',
  ),
)
const regexReplaceAll: TemplateFunction = fixed(['string', 'string', 'string'], ([pattern, text, replacement]) => {
  const regex = compileRegex(pattern)
  return replaceAll(regex, text, (match) => expand(replacement, regex, text, match))
})
const regexReplaceAllLiteral: TemplateFunction = fixed(['string', 'string', 'string'], ([pattern, text, replacement]) =>
  replaceAll(compileRegex(pattern), text, () => replacement),
)
const regexSplit: TemplateFunction = fixed(['string', 'string', 'int'], ([pattern, text, most]) =>
  list(split(compileRegex(pattern), pattern, text, most), 'string'),
)

/** Sprig's regular expressions: Go's (RE2). */
export const regexFunctions: FunctionTable = {
  // Sprig throws the error of a bad pattern away here, and here alone.
  regexMatch: fixed(['string', 'string'], ([pattern, text]) => {
    try {
      return findMatch(compileRegex(pattern), text) !== undefined
    } catch (error) {
      if (error instanceof TemplateFault) return false
      throw error
    }
  }),
  mustRegexMatch: fixed(
    ['string', 'string'],
    ([pattern, text]) => findMatch(compileRegex(pattern), text) !== undefined,
  ),
  regexFind,
  mustRegexFind: regexFind,
  regexFindAll,
  mustRegexFindAll: regexFindAll,
  regexReplaceAll,
  mustRegexReplaceAll: regexReplaceAll,
  regexReplaceAllLiteral,
  mustRegexReplaceAllLiteral: regexReplaceAllLiteral,
  regexSplit,
  mustRegexSplit: regexSplit,
  regexQuoteMeta: fixed(['string'], ([text]) => text.replaceAll(/[\\.+*?()|[\]{}^$]/g, '\\$&')),
}

function limit(most: bigint): number {
  return most < 0n ? Infinity : Number(most)
}

function replaceAll(regex: Regex, text: string, replacement: (match: Match) => string): string {
  let replaced = ''
  let position = 0
  for (const match of findMatches(regex, text)) {
    replaced += text.slice(position, match[0]) + replacement(match)
    position = match[1] ?? 0
  }
  return replaced + text.slice(position)
}

// $1, ${1}, $name, ${name}; what names no group is empty, $$ is a dollar sign.
function expand(template: string, { groups }: Regex, text: string, match: Match): string {
  return template.replaceAll(
    /\$(?:\$|\{([A-Za-z0-9_]+)\}|([A-Za-z0-9_]+))/g,
    (reference, braced?: string, bare?: string) => {
      if (reference === '$$') return '$'
      const name = braced ?? bare ?? ''
      const index = /^\d+$/.test(name) ? Number(name) : groups.get(name)
      const start = index === undefined ? -1 : (match[2 * index] ?? -1)
      return start < 0 || index === undefined ? '' : text.slice(start, match[2 * index + 1])
    },
  )
}

// regexp.Split: at most `most` parts, the last one the rest.
function split(regex: Regex, pattern: string, text: string, most: bigint): string[] {
  if (most === 0n) return []
  if (pattern !== '' && text === '') return ['']
  const parts: string[] = []
  let begin = 0
  let end = 0
  for (const match of findMatches(regex, text, limit(most))) {
    if (most > 0n && parts.length === Number(most) - 1) break
    end = match[0] ?? 0
    if (match[1] !== 0) parts.push(text.slice(begin, end))
    begin = match[1] ?? 0
  }
  if (end !== text.length) parts.push(text.slice(begin))
  return parts
}
