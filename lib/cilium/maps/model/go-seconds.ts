import { parseDuration } from '../../../record/duration.ts'

/**
 * Seconds of a duration in the configuration. Undefined where there is none, and for what is no duration: with it the agent
 * does not start, and another one is in force.
 */
export function goSeconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  try {
    return parseDuration(text) / 1000
  } catch {
    return undefined
  }
}
