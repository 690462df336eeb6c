import { PerfError } from '../../../errors/perf-error.ts'

/** A number of things. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

/**
 * @param what the command that printed it, for the message
 * @throws PerfError where it is no JSON: cut off, or an error in words
 */
export function parseJsonOutput(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const start = text.trimStart().split('\n', 1)[0] ?? ''
    const said = start === '' ? 'it printed nothing' : `it begins with ${JSON.stringify(start.slice(0, 120))}`
    throw new PerfError(`${what}: its output is no JSON, or only the beginning of it: ${said}`)
  }
}
