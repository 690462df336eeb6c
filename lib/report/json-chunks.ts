/** Small enough to be of no weight, large enough for few writes. */
const CHUNK_LENGTH = 65_536
/** Of a record: each pod of its details, each list of samples, is a piece of its own. */
const DEPTH = 3

/**
 * The text of `JSON.stringify(value, null, 2)` in parts, so that a large one need not be in memory as a whole.
 * @param value plain data: what JSON has, and properties that are undefined
 */
export function* jsonChunks(value: object): Generator<string> {
  let chunk = ''
  for (const piece of pieces(value, '\n', DEPTH)) {
    chunk += piece
    if (chunk.length < CHUNK_LENGTH) continue
    yield chunk
    chunk = ''
  }
  yield chunk
}

/** @param newline with the indentation of the value's own lines */
function* pieces(value: unknown, newline: string, depth: number): Generator<string> {
  if (depth === 0 || typeof value !== 'object' || value === null) {
    yield JSON.stringify(value, null, 2).replaceAll('\n', newline)
    return
  }
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const inner = `${newline}  `
  let before = `${open}${inner}`
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined && !Array.isArray(value)) continue
    yield Array.isArray(value) ? before : `${before}${JSON.stringify(key)}: `
    yield* pieces(part ?? null, inner, depth - 1)
    before = `,${inner}`
  }
  yield before.startsWith(',') ? `${newline}${close}` : `${open}${close}`
}
