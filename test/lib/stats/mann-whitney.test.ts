import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mannWhitney } from '../../../lib/stats/mann-whitney.ts'

test('placental membranes of Hollander & Wolfe 1973, page 69: W = 35, one-sided p = 0.1272 (R, wilcox.test)', () => {
  const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
  const early = [1.15, 0.88, 0.9, 0.74, 1.21]
  const { u, pGreater, method } = mannWhitney(atTerm, early)
  expect({ u, method }).toEqual({ u: 35, method: 'exact' })
  expect(pGreater).toBeCloseTo(0.1272, 4)
})

test("ages at diagnosis of SciPy's manual: U = 17, exact two-sided p = 1/9", () => {
  const { u, pTwoSided } = mannWhitney([19, 22, 16, 29, 24], [20, 11, 17, 12])
  expect(u).toBe(17)
  expect(pTwoSided).toBeCloseTo(0.1111111111111111, 12)
})

test('ozone in May and August (R, airquality): W = 127.5, two-sided p = 0.0001208, with ties', () => {
  const may = [41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37]
  const august = [39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84]
  const { u, pTwoSided, method } = mannWhitney(may, [...august, 85])
  expect({ u, method }).toEqual({ u: 127.5, method: 'normal' })
  expect(pTwoSided).toBeCloseTo(0.0001208, 7)
})

// Mann & Whitney 1947, table I: P(U <= u) for small samples.
test.each([
  [3, 3, 0, 0.05],
  [4, 4, 1, 0.029],
  [5, 3, 2, 0.071],
  [6, 6, 7, 0.047],
  [7, 5, 5, 0.024],
  [8, 8, 15, 0.041],
])('samples of %i and %i: P(U <= %i) is %f', (m, n, limit, published) => {
  // Any arrangement with that U: the first sample, last of all, shifted down value by value.
  const first: number[] = []
  let missing = m * n - limit
  for (let index = m; index >= 1; index -= 1) {
    const passes = Math.min(n, missing)
    missing -= passes
    first.push(n - passes + index / (m + 1))
  }
  const second = Array.from({ length: n }, (_, index) => index + 1)
  const swapped = mannWhitney(second, first)
  expect(swapped.u).toBe(m * n - mannWhitney(first, second).u)
  expect(Math.min(swapped.u, m * n - swapped.u)).toBe(limit)
  expect(Math.min(mannWhitney(first, second).pGreater, swapped.pGreater)).toBeCloseTo(published, 3)
})

test('equal samples are no evidence, and samples apart are all there can be', () => {
  expect(mannWhitney([1, 1, 1], [1, 1])).toMatchObject({ u: 3, pGreater: 1, pTwoSided: 1 })
  expect(mannWhitney([4, 5, 6], [1, 2, 3]).pGreater).toBeCloseTo(1 / 20, 12)
  expect(() => mannWhitney([], [1])).toThrow(RangeError)
})

const sample = (size: number) => fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: size })

test('U counts the pairs, and what is greater one way is less the other way', () => {
  fc.assert(
    fc.property(sample(30), sample(30), (first, second) => {
      const wins = (a: number, b: number) => (a > b ? 1 : a === b ? 0.5 : 0)
      const pairs = first.flatMap((a) => second.map((b) => wins(a, b))).reduce<number>((sum, win) => sum + win, 0)
      const result = mannWhitney(first, second)
      const mirrored = mannWhitney(second, first)
      expect(result.u).toBe(pairs)
      expect(mirrored.u).toBe(first.length * second.length - pairs)
      expect(mirrored.pTwoSided).toBeCloseTo(result.pTwoSided, 12)
      for (const p of [result.pGreater, result.pTwoSided]) {
        expect(p).toBeGreaterThan(0)
        expect(p).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('exact and approximate p agree where one gives way to the other', () => {
  const exact = mannWhitney(
    Array.from({ length: 20 }, (_, index) => 2 * index + 9.5),
    Array.from({ length: 20 }, (_, index) => 2 * index),
  )
  const approximate = mannWhitney(
    Array.from({ length: 21 }, (_, index) => 2 * index + 9.5),
    Array.from({ length: 20 }, (_, index) => 2 * index),
  )
  expect([exact.method, approximate.method]).toEqual(['exact', 'normal'])
  expect(Math.abs(exact.pGreater - approximate.pGreater)).toBeLessThan(0.03)
})
