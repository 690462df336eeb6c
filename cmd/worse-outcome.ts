import type { Outcome } from '../lib/record/run-record.ts'

const WORST_FIRST: readonly Outcome[] = ['aborted', 'error', 'no-data', 'failed', 'passed']

/** What two measurements of one run come to: a fault outranks a verdict. */
export function worseOutcome(a: Outcome, b: Outcome): Outcome {
  return WORST_FIRST.indexOf(a) < WORST_FIRST.indexOf(b) ? a : b
}
