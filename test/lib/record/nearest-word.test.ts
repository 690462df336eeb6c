import { expect, test } from 'vitest'
import { nearest } from '../../../lib/record/nearest-word.ts'

test.each([
  ['densty', 'density'],
  ['dnesity', 'density'],
  ['netprf', 'netperf'],
  ['--iteratons', '--iterations'],
  ['xyz', undefined],
  ['', undefined],
])('%s → %s', (word, meant) => {
  expect(nearest(word, ['density', 'netperf', '--iterations', '--iteration-gap'])).toBe(meant)
})
