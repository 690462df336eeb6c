import fc from 'fast-check'
import { expect, test } from 'vitest'
import { searchRate } from '../../../../lib/netperf/traffic/rate-search.ts'

/** A network that carries so much and drops the rest, and a sender that can send so much. */
function search(capacity: number, sender = Number.POSITIVE_INFINITY, mostTries = 30) {
  const searcher = searchRate(mostTries)
  for (let rate = searcher.next(); rate !== undefined; rate = searcher.next()) {
    const sent = Math.min(rate, sender)
    searcher.observe({ loss: sent <= capacity ? 0 : 1 - capacity / sent, sentBitsPerSecond: sent })
  }
  return searcher
}

test('doubles, then bisects', () => {
  const rates = search(1e9).tries.map(({ bitsPerSecond }) => Math.round(bitsPerSecond / 1e6))
  expect(rates).toEqual([100, 200, 400, 800, 1600, 1600, 1131, 1131, 951, 1037, 1037, 993])
})

test('goes down where even the first rate is too much', () => {
  const { best, tries } = search(2e6)
  expect(tries.slice(0, 7).map(({ bitsPerSecond }) => bitsPerSecond / 1e6)).toEqual([
    100, 100, 25, 25, 6.25, 6.25, 1.5625,
  ])
  expect(best).toBeGreaterThan(1.9e6)
})

test('ends where the sender can do no more', () => {
  const { best, tries } = search(100e9, 3e9)
  expect(best).toBe(3e9)
  expect(tries.at(-1)?.bitsPerSecond).toBe(3.2e9)
})

test('finds nothing where everything is lost, and says so', () => {
  const { best, tries } = search(0)
  expect(best).toBeUndefined()
  expect(tries.map(({ loss }) => loss)).toEqual(Array.from({ length: 10 }, () => 1))
})

test('stops after so many tries', () => {
  expect(search(1e15, Number.POSITIVE_INFINITY, 6).tries).toHaveLength(6)
})

test('loss of one in a thousand holds, a little more twice does not', () => {
  const searcher = searchRate(5)
  searcher.observe({ loss: 0.001, sentBitsPerSecond: undefined })
  expect(searcher.best).toBe(100e6)
  searcher.observe({ loss: 0.00101, sentBitsPerSecond: undefined })
  expect(searcher.next()).toBe(200e6)
  searcher.observe({ loss: 0.00101, sentBitsPerSecond: undefined })
  expect(searcher.best).toBe(100e6)
  expect(searcher.next()).toBeCloseTo(Math.sqrt(2) * 100e6)
})

test('a rate that fails once by chance is not given up', () => {
  const searcher = searchRate(20)
  searcher.observe({ loss: 0.5, sentBitsPerSecond: undefined })
  searcher.observe({ loss: 0, sentBitsPerSecond: undefined })
  expect([searcher.best, searcher.next()]).toEqual([100e6, 200e6])
})

test('whatever the capacity, the result is at most 5 % below it', () => {
  fc.assert(
    fc.property(fc.double({ min: 4e5, max: 4e11, noNaN: true }), (capacity) => {
      const { best = 0 } = search(capacity, Number.POSITIVE_INFINITY, 80)
      expect(best).toBeLessThanOrEqual(capacity * 1.0011)
      expect(best).toBeGreaterThanOrEqual(capacity / 1.052)
    }),
  )
})

test('what does not hold for longer is taken back step by step, and given up at last', () => {
  const searcher = search(100e9, 1e9)
  expect(searcher.best).toBe(1e9)
  expect([searcher.confirm(0.5), searcher.best]).toEqual([false, 0.75e9])
  expect([searcher.confirm(0.001), searcher.best]).toEqual([true, 0.75e9])
  for (let step = 0; step < 6; step += 1) expect(searcher.confirm(0.01)).toBe(false)
  expect(searcher.best).toBeUndefined()
  expect(searcher.tries.slice(-2).map(({ loss }) => loss)).toEqual([0.01, 0.01])
})
