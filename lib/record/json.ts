import { UsageError } from '../errors/perf-error.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/** What the text says, or undefined where it is no JSON: garbage, nothing, or only its beginning. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * What the text of a user's file says.
 * @param name of the file, for messages
 * @throws UsageError when it is no JSON
 */
export function parseJsonFile(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // The engine's message quotes the text, with its line breaks.
    const fault = (error as Error).message.replaceAll(/[\u0000-\u001f]/g, (character) =>
      JSON.stringify(character).slice(1, -1),
    )
    throw new UsageError(`"${name}" is not JSON: ${fault}`)
  }
}

/** Is it an object with keys, so no list and no null? */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
