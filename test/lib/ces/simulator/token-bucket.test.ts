import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openTokenBucket } from '../../../../lib/ces/simulator/token-bucket.ts'

test('a full bucket lets its burst go at once, then one after the other', () => {
  const bucket = openTokenBucket({ perSecond: 10, burst: 3 }, 0)
  expect([0, 0, 0, 0, 0].map((at) => Math.round(bucket.reserve(at)))).toEqual([0, 0, 0, 100, 200])
  expect(Math.round(bucket.reserve(1000))).toBe(0)
})

test('in no stretch of time more is let go than the burst and what the rate brings', () => {
  const gaps = fc.array(fc.nat(500), { minLength: 1, maxLength: 80 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 30 }), gaps, (perSecond, burst, waits) => {
      const bucket = openTokenBucket({ perSecond, burst }, 0)
      let nowMs = 0
      const usedMs = waits.map((wait) => {
        nowMs += wait
        return nowMs + bucket.reserve(nowMs)
      })
      for (const [first, fromMs] of usedMs.entries()) {
        for (const [index, toMs] of usedMs.slice(first).entries()) {
          expect(index + 1).toBeLessThanOrEqual(burst + ((toMs - fromMs) * perSecond) / 1000 + 1e-6)
        }
      }
    }),
  )
})
