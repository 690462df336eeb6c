import type { Regenerations } from './network-policy-parameters.ts'

/**
 * The share of the regenerations between two readings that failed.
 * @returns undefined where there were none; in words, why it is not known
 */
export function failedRegenerations(
  before: Regenerations | string,
  after: Regenerations | string,
): { share: number } | { unknown: string } | undefined {
  if (typeof before === 'string') return { unknown: before }
  if (typeof after === 'string') return { unknown: after }
  const failed = after.failed - before.failed
  const succeeded = after.succeeded - before.succeeded
  if (failed < 0 || succeeded < 0) return { unknown: 'an agent was started anew, and with it its counters' }
  return failed + succeeded === 0 ? undefined : { share: failed / (failed + succeeded) }
}
