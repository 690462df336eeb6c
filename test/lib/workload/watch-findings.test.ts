import { expect, test } from 'vitest'
import { watchFindings } from '../../../lib/workload/watch-findings.ts'

test('only what happened between the two looks counts', () => {
  const counts = { watchResumes: 4, watchRelists: 1 }
  expect(watchFindings(counts, counts)).toEqual([])
  expect(watchFindings(counts, { watchResumes: 5, watchRelists: 3 })).toMatchObject([
    { severity: 'info', code: 'WatchResumed', message: expect.stringContaining('were cut once and'), count: 1 },
    { severity: 'warning', code: 'WatchRelisted', message: expect.stringContaining(', 2 times:'), count: 2 },
  ])
})
