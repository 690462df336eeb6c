import type { ItemVerdict } from '../../lib/record/details/accept-details.ts'

/** As a person reads them; what failed stands out. */
export const RESULT_WORDS: Readonly<Record<ItemVerdict, string>> = {
  pass: 'pass',
  fail: 'FAIL',
  'no-data': 'no data',
  'not-applicable': 'not applicable',
  'not-permitted': 'not permitted',
}
