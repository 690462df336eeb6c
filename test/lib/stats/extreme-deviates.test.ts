import fc from 'fast-check'
import { expect, test } from 'vitest'
import { extremeDeviates } from '../../../lib/stats/extreme-deviates.ts'
import { seededNormal } from './seeded-normal.ts'

// Rosner 1983, as in the NIST/SEMATECH e-Handbook, 1.3.5.17.3: 54 values, up to 10 outliers, 3 found at 5 %.
const rosner = [
  -0.25, 0.68, 0.94, 1.15, 1.2, 1.26, 1.26, 1.34, 1.38, 1.43, 1.49, 1.49, 1.55, 1.56, 1.58, 1.65, 1.69, 1.7, 1.76, 1.77,
  1.81, 1.91, 1.94, 1.96, 1.99, 2.06, 2.09, 2.1, 2.14, 2.15, 2.23, 2.24, 2.26, 2.35, 2.37, 2.4, 2.47, 2.54, 2.62, 2.64,
  2.9, 2.92, 2.92, 2.93, 3.21, 3.26, 3.3, 3.59, 3.68, 4.3, 4.64, 5.34, 5.42, 6.01,
]

test('the outliers of the published example are 6.01, 5.42 and 5.34, though the first two tests see none', () => {
  const outliers = extremeDeviates(rosner, { most: 10, significance: 0.05, tail: 'both' })
  expect(outliers.map((index) => rosner[index])).toEqual([6.01, 5.42, 5.34])
  expect(extremeDeviates(rosner, { most: 2, significance: 0.05, tail: 'both' })).toEqual([])
})

test('one tail sees only what lies there', () => {
  expect(extremeDeviates(rosner, { most: 10, significance: 0.05, tail: 'lower' })).toEqual([])
  expect(extremeDeviates(rosner, { most: 10, significance: 0.05, tail: 'upper' }).length).toBeGreaterThanOrEqual(3)
  const mirrored = rosner.map((value) => -value)
  const below = extremeDeviates(mirrored, { most: 10, significance: 0.05, tail: 'lower' })
  expect(below).toEqual(extremeDeviates(rosner, { most: 10, significance: 0.05, tail: 'upper' }))
})

test('equal values and too few of them have no outliers', () => {
  expect(extremeDeviates([3, 3, 3, 3, 3], { most: 2, significance: 0.05, tail: 'both' })).toEqual([])
  expect(extremeDeviates([1, 2, 99], { most: 1, significance: 0.05, tail: 'both' })).toEqual([])
})

test('normal values give a false alarm as often as was said: 5 % of 2,000 samples of 30', () => {
  const normal = seededNormal(1)
  let alarms = 0
  for (let round = 0; round < 2000; round += 1) {
    const values = Array.from({ length: 30 }, normal)
    if (extremeDeviates(values, { most: 3, significance: 0.05, tail: 'lower' }).length > 0) alarms += 1
  }
  expect(alarms / 2000).toBeGreaterThan(0.03)
  expect(alarms / 2000).toBeLessThan(0.07)
})

test('in any unit the same are found', () => {
  const values = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 8, maxLength: 40 })
  fc.assert(
    fc.property(values, (sample) => {
      const options = { most: 4, significance: 0.05, tail: 'both' } as const
      const found = (list: readonly number[]) =>
        extremeDeviates(list, options).map((index) => list[index] ?? Number.NaN)
      expect(found(sample.map((value) => 4 * value + 8)).map((value) => (value - 8) / 4)).toEqual(found(sample))
    }),
  )
})
