/** A label's name and its value as it stands in the text, still escaped. */
export type LabelPair = [name: string, escaped: string]

/**
 * The labels in what stands between the braces of a line, in their order.
 * @throws Error with the problem alone
 */
export function parseLabelText(text: string): LabelPair[] {
  const pairs: LabelPair[] = []
  for (let at = skipBlanks(text, 0); at < text.length; ) {
    const nameStart = at
    while (isNameCharacter(text.charCodeAt(at))) at += 1
    const name = text.slice(nameStart, at)
    if (name === '') throw new Error('a label has no name')
    if (pairs.some(([other]) => other === name)) throw new Error(`the label ${name} stands twice`)
    at = skipBlanks(text, at)
    if (text.charCodeAt(at) !== EQUALS) throw new Error(`no "=" behind the label ${name}`)
    at = skipBlanks(text, at + 1)
    if (text.charCodeAt(at) !== QUOTE) throw new Error(`the value of the label ${name} is not in quotes`)
    const end = closingQuote(text, at + 1)
    pairs.push([name, text.slice(at + 1, end)])
    at = skipBlanks(text, end + 1)
    if (text.charCodeAt(at) === COMMA) at = skipBlanks(text, at + 1)
    else if (at < text.length) throw new Error(`no "," behind the label ${name}`)
  }
  return pairs
}

/** Where the labels that begin at `start`, behind the opening brace, end: at the closing brace. */
export function closingBrace(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    if (character === CLOSING_BRACE) return at
    if (character === QUOTE) at = closingQuote(text, at + 1)
  }
  throw new Error('the labels do not end')
}

function closingQuote(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const character = text.charCodeAt(at)
    if (character === QUOTE) return at
    if (character === BACKSLASH) {
      at += 1
      const escaped = text.charCodeAt(at)
      if (escaped !== BACKSLASH && escaped !== QUOTE && escaped !== LETTER_N) {
        throw new Error('a backslash stands before something else than \\, " or n')
      }
    }
  }
  throw new Error('the value of a label does not end')
}

/**
 * Takes the label `le` out of a bucket's labels.
 * @throws Error when there is none
 */
export function cutUpperBound(text: string): { labels: string; upperBound: string } {
  // Last, unescaped, with no comma after it: that is how Prometheus' libraries write it, on most lines of a scrape.
  const at = text.lastIndexOf('le="')
  const isLast = at !== -1 && text.indexOf('"', at + 4) === text.length - 1
  if (isLast && (at === 0 || text.charCodeAt(at - 1) === COMMA)) {
    return { labels: text.slice(0, at), upperBound: text.slice(at + 4, -1) }
  }
  const pairs = parseLabelText(text)
  const upperBound = pairs.find(([name]) => name === 'le')?.[1]
  if (upperBound === undefined) throw new Error('a bucket has no label le')
  return { labels: joinLabels(pairs.filter(([name]) => name !== 'le')), upperBound }
}

/** Label pairs as they stand between the braces, sorted by name. */
export function joinLabels(pairs: readonly LabelPair[]): string {
  return pairs
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, escaped]) => `${name}="${escaped}"`)
    .join(',')
}

export function skipBlanks(text: string, start: number): number {
  let at = start
  while (isBlank(text.charCodeAt(at))) at += 1
  return at
}

export function isBlank(character: number): boolean {
  return character === SPACE || character === TAB
}

/** Of a label's name; a metric's may have colons as well. */
export function isNameCharacter(character: number): boolean {
  return (
    (character >= 97 && character <= 122) ||
    (character >= 65 && character <= 90) ||
    (character >= 48 && character <= 57) ||
    character === UNDERSCORE
  )
}

const TAB = 9
const SPACE = 32
const QUOTE = 34
const COMMA = 44
const EQUALS = 61
const BACKSLASH = 92
const UNDERSCORE = 95
const LETTER_N = 110
const CLOSING_BRACE = 125
