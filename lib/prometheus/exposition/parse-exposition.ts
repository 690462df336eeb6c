import { type Exposition, ExpositionError } from './exposition.ts'
import { type Families, openFamilies } from './families.ts'
import { closingBrace, isBlank, isNameCharacter, skipBlanks } from './label-text.ts'
import { parseFloat64 } from './parse-float.ts'

export interface ExpositionOptions {
  /**
   * The metrics to read, by the name in their `# TYPE` line (a counter's with `_total`). Lines of others are passed over
   * unchecked. All where it is left out.
   */
  metrics?: ReadonlySet<string>
}

/**
 * Parses the body of a scrape in Prometheus' text format 0.0.4, which is what scrapes ask for (`TEXT_FORMAT` of
 * lib/kube/scrape.ts). The quoted names of Prometheus 3 (`{"a.b"} 1`) cannot be asked for, and are passed over.
 * Format: https://prometheus.io/docs/instrumenting/exposition_formats/
 * @throws ExpositionError that names the line
 */
export function parseExposition(body: string, { metrics }: ExpositionOptions = {}): Exposition {
  const families = openFamilies((metric) => metrics === undefined || metrics.has(metric))
  let lineNumber = 0
  for (let start = 0; start < body.length; ) {
    lineNumber += 1
    const newline = body.indexOf('\n', start)
    const end = newline === -1 ? body.length : newline
    try {
      if (newline === -1) throw new Error('it ends in the middle: the answer was cut off')
      const from = skipBlanks(body, start)
      if (body[from] === '#') readComment(body.slice(from + 1, end), families)
      else if (from < end) readSeries(body, from, end, families)
    } catch (error) {
      throw new ExpositionError(lineNumber, error instanceof Error ? error.message : String(error))
    }
    start = end + 1
  }
  return families.result()
}

/** Of all comments only the types mean something. */
function readComment(comment: string, families: Families): void {
  const keyword = wordFrom(comment, 0)
  if (keyword.word !== 'TYPE') return
  const name = wordFrom(comment, keyword.end)
  const type = wordFrom(comment, name.end)
  if (type.word !== '') families.declare(name.word, type.word)
}

/** Reads `name{labels} value timestamp`, of which only the name and the value must be there. */
function readSeries(body: string, start: number, end: number, families: Families): void {
  if (body[start] === '{') return
  let nameEnd = start
  while (isNameCharacter(body.charCodeAt(nameEnd)) || body[nameEnd] === ':') nameEnd += 1
  if (nameEnd === start) throw new Error('it does not begin with the name of a metric')
  const name = body.slice(start, nameEnd)
  const receive = families.receiver(name)
  if (receive === null) return
  const line = body.slice(nameEnd, end)
  const opening = skipBlanks(line, 0)
  const hasLabels = line[opening] === '{'
  const closing = hasLabels ? closingBrace(line, opening + 1) : opening
  const value = wordFrom(line, hasLabels ? closing + 1 : opening)
  const timestamp = wordFrom(line, value.end)
  const rest = wordFrom(line, timestamp.end)
  if (rest.word !== '') throw new Error(`"${rest.word}" stands behind the value of ${name}`)
  receive(
    hasLabels ? line.slice(opening + 1, closing) : '',
    numberOf(value.word, `the value of ${name}`),
    timestamp.word === '' ? undefined : numberOf(timestamp.word, `the timestamp of ${name}`),
  )
}

function wordFrom(text: string, from: number): { word: string; end: number } {
  const start = skipBlanks(text, from)
  let end = start
  while (end < text.length && !isBlank(text.charCodeAt(end))) end += 1
  return { word: text.slice(start, end), end }
}

function numberOf(word: string, what: string): number {
  const value = parseFloat64(word)
  if (value === undefined) throw new Error(word === '' ? `${what} is missing` : `${what} is no number: "${word}"`)
  return value
}
