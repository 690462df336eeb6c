import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type LatencySummary, latencySummary } from '../../../../lib/report/kube-burner/latency-summary.ts'

const recorded = JSON.parse(
  readFileSync(new URL('../../../fixtures/kube-burner/latency-summaries.json', import.meta.url), 'utf8'),
) as { values: number[]; summary: LatencySummary }[]

test('the recorded values reach from one latency to more than a hundred', () => {
  expect(recorded.map(({ values }) => values.length)).toEqual([2, 1, 2, 3, 10, 19, 20, 21, 40, 99, 100, 101, 150])
})

test.each(recorded.map(({ values, summary }) => [values.length, values, summary] as const))(
  'of %i latencies it makes what kube-burner 2.7.3 makes of them',
  (_, values, summary) => {
    expect(latencySummary(values)).toEqual(summary)
  },
)

test('the two that its manual shows: P99 of 0 and 3000 is 1500, which neither is', () => {
  expect(latencySummary([3000, 0])).toEqual({ P99: 1500, P95: 1500, P50: 0, min: 0, max: 3000, avg: 1500 })
})

test('for any latencies the figures are whole, in their order, and within what was measured', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100_000), { minLength: 1 }), (values) => {
      const { P99, P95, P50, min, max, avg } = latencySummary(values)
      for (const figure of [P99, P95, P50, min, max, avg]) expect(Number.isInteger(figure)).toBe(true)
      expect([min, P50, P95, P99, max]).toEqual([min, P50, P95, P99, max].toSorted((a, b) => a - b))
      expect(min).toBe(Math.min(...values))
      expect(max).toBe(Math.max(...values))
      expect(avg).toBeGreaterThanOrEqual(min)
      expect(avg).toBeLessThanOrEqual(max)
    }),
  )
})

test('no latencies have no summary', () => {
  expect(() => latencySummary([])).toThrow(RangeError)
})
