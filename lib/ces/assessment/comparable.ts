import type { CesRun } from '../ces-run.ts'
import { totalOf } from '../observation/event-tally.ts'
import { wholeTally } from './rows.ts'

/** Of all events of endpoints; some are always under way to a slice. */
const MOST_UNDER_WAY = 0.05

/**
 * Whether slices carry what was done, so that they can be held against the endpoints: what no slice carries yet costs them
 * nothing, and an operator that is down would save everything.
 */
export function isComparable(run: CesRun): boolean {
  const backlog = run.steps.at(-1)?.backlog ?? 0
  return backlog <= MOST_UNDER_WAY * totalOf(wholeTally(run, 'cep')).events
}
