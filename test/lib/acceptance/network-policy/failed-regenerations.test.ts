import { expect, test } from 'vitest'
import { failedRegenerations } from '../../../../lib/acceptance/network-policy/failed-regenerations.ts'

test('the share is of what happened between the two readings', () => {
  expect(failedRegenerations({ succeeded: 100, failed: 5 }, { succeeded: 109, failed: 6 })).toEqual({ share: 0.1 })
  expect(failedRegenerations({ succeeded: 100, failed: 5 }, { succeeded: 101, failed: 5 })).toEqual({ share: 0 })
})

test('nothing happened: there is no share, which is not 0', () => {
  expect(failedRegenerations({ succeeded: 100, failed: 5 }, { succeeded: 100, failed: 5 })).toBeUndefined()
})

test('counters that began anew, or could not be read, tell nothing', () => {
  const started = { unknown: 'an agent was started anew, and with it its counters' }
  expect(failedRegenerations({ succeeded: 100, failed: 0 }, { succeeded: 20, failed: 3 })).toEqual(started)
  expect(failedRegenerations({ succeeded: 1, failed: 4 }, { succeeded: 2, failed: 0 })).toEqual(started)
  expect(failedRegenerations('forbidden', { succeeded: 2, failed: 0 })).toEqual({ unknown: 'forbidden' })
  expect(failedRegenerations({ succeeded: 2, failed: 0 }, 'no answer')).toEqual({ unknown: 'no answer' })
})
