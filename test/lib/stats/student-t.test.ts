import fc from 'fast-check'
import { expect, test } from 'vitest'
import { studentTQuantile } from '../../../lib/stats/student-t.ts'

// NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2: upper critical values of Student's t distribution.
test.each([
  [0.975, 1, 12.706],
  [0.975, 2, 4.303],
  [0.975, 3, 3.182],
  [0.975, 4, 2.776],
  [0.975, 5, 2.571],
  [0.975, 9, 2.262],
  [0.975, 10, 2.228],
  [0.975, 30, 2.042],
  [0.975, 100, 1.984],
  [0.9, 1, 3.078],
  [0.95, 7, 1.895],
  [0.99, 12, 2.681],
  [0.995, 20, 2.845],
  [0.999, 3, 10.215],
  [0.999, 50, 3.261],
])('t(%f, %i) = %f', (p, degreesOfFreedom, published) => {
  expect(studentTQuantile(p, degreesOfFreedom)).toBeCloseTo(published, 3)
})

test('many degrees of freedom come to the normal distribution: 1.959964', () => {
  expect(studentTQuantile(0.975, 100_000)).toBeCloseTo(1.95998, 4)
})

test('1 and 2 degrees of freedom have closed forms: tan(π(p - ½)), (2p - 1)/√(2p(1 - p))', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), (p) => {
      expect(studentTQuantile(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 6)
      expect(studentTQuantile(p, 2)).toBeCloseTo((2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 6)
    }),
  )
})

test('symmetric, and narrower with more degrees of freedom', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.501, max: 0.999, noNaN: true }), fc.integer({ min: 1, max: 200 }), (p, degrees) => {
      const t = studentTQuantile(p, degrees)
      expect(studentTQuantile(1 - p, degrees)).toBeCloseTo(-t, 9)
      expect(studentTQuantile(p, degrees + 1)).toBeLessThan(t)
    }),
  )
})

test.each([
  [0, 5],
  [1, 5],
  [Number.NaN, 5],
  [0.9, 0],
  [0.9, 1.5],
])('p = %f with %f degrees of freedom is refused', (p, degrees) => {
  expect(() => studentTQuantile(p, degrees)).toThrow(RangeError)
})
