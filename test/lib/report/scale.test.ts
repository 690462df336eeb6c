import { expect, test } from 'vitest'
import type { Unit } from '../../../lib/record/run-record.ts'
import { scale, scaleMeasured, scaleStatistic } from '../../../lib/report/scale.ts'

test.each<[number | undefined, Unit, string]>([
  [undefined, 's', '-'],
  [0, 's', '0s'],
  [0.000_012_3, 's', '12.3µs'],
  [0.000_999_6, 's', '1.00ms'],
  [0.005_04, 's', '5.04ms'],
  [0.702, 's', '702ms'],
  [0.9994, 's', '999ms'],
  [0.9999, 's', '1.00s'],
  [1.394, 's', '1.39s'],
  [13.06, 's', '13.1s'],
  [59.94, 's', '59.9s'],
  [59.96, 's', '1m'],
  [62, 's', '1m2s'],
  [3600, 's', '1h'],
  [-0.5, 's', '-500ms'],
  [20, '1/s', '20.0/s'],
  [1234.5, '1/s', '1235/s'],
  [0.05, '1/s', '0.05/s'],
  [16_900_000_000, 'bit/s', '16.9 Gbit/s'],
  [999, 'B', '999 B'],
  [999_600, 'B', '1.00 MB'],
  [489_000, 'B', '489 kB'],
  [0.935, 'ratio', '93.5%'],
  [42, 'count', '42'],
])('%s %s is %s', (value, unit, text) => {
  expect(scale(value, unit)).toBe(text)
})

test.each<[number | undefined, number, string]>([
  [undefined, 0.001, '-'],
  [0.004_73, 0.001, '5ms'],
  [0.0004, 0.001, '<1ms'],
  [0, 0.001, '<1ms'],
  [0.001, 0.001, '1ms'],
  [0.099_49, 0.001, '99ms'],
  [0.9994, 0.001, '999ms'],
  [0.9996, 0.001, '1.00s'],
  [1.394, 0.001, '1.39s'],
  [62.3, 0.001, '1m2s'],
  [0, 1, '<1s'],
  [2, 1, '2s'],
  [35, 1, '35s'],
  [0.2134, 0.01, '210ms'],
  [0.996, 0.01, '1.00s'],
  [0.004, 0.01, '<10ms'],
  [0.0123, 0.0005, '12.3ms'],
  [0.0127, 0.0015, '13ms'],
  [0.002_341, 1e-6, '2.34ms'],
  [4e-7, 1e-6, '<1µs'],
  [-0.0047, 0.001, '-5ms'],
  [0.004_73, 0, '4.73ms'],
])('%s s measured to %s s is %s', (seconds, resolution, text) => {
  expect(scaleMeasured(seconds, resolution)).toBe(text)
})

test('a quantile of which only a lower limit is known says so; one that is not there is no data', () => {
  const metric = {
    unit: 's' as const,
    statistics: { count: 200, p50: 0.5, p99: 60 },
    interpolated: { p50: [0.1, 1] as [number, number], p99: [60, null] as [number, null] },
  }
  expect((['p50', 'p99', 'p999'] as const).map((key) => scaleStatistic(metric, key))).toEqual(['500ms', '>1m', '-'])
})
