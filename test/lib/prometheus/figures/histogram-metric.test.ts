import { expect, test } from 'vitest'
import { histogramMetric } from '../../../../lib/prometheus/figures/histogram-metric.ts'
import { evaluateThreshold } from '../../../../lib/thresholds/evaluate.ts'
import { parseThreshold } from '../../../../lib/thresholds/threshold.ts'

const INF = Number.POSITIVE_INFINITY
const origin = { labels: { verb: 'POST' }, source: 'apiserver-metrics' }
const metric = (cumulativeCounts: number[], sum?: number) =>
  histogramMetric(
    'apiserver_request_latency',
    { labels: {}, upperBounds: [0, 0.1, 0.5, INF], cumulativeCounts, ...(sum === undefined ? {} : { sum }) },
    origin,
  )

test('count, mean, the quantiles that so many observations carry, and the bucket of each', () => {
  expect(metric([0, 50, 100, 100], 12)).toEqual({
    name: 'apiserver_request_latency',
    unit: 's',
    labels: { verb: 'POST' },
    statistics: { count: 100, mean: 0.12, p50: 0.1, p90: 0.1 + 0.4 * 0.8, p95: 0.1 + 0.4 * 0.9, p99: 0.1 + 0.4 * 0.98 },
    interpolated: { max: [0.1, 0.5], p50: [0, 0.1], p90: [0.1, 0.5], p95: [0.1, 0.5], p99: [0.1, 0.5] },
    resolution: 0.4,
    source: 'apiserver-metrics',
  })
})

test('a quantile of few observations is left to the bucket of the maximum', () => {
  expect(metric([0, 1, 1, 1])).toMatchObject({ statistics: { count: 1 }, interpolated: { max: [0, 0.1] } })
  const few = metric([0, 19, 19, 19], 1)
  expect([Object.keys(few?.statistics ?? {}), Object.keys(few?.interpolated ?? {})]).toEqual([
    ['count', 'mean', 'p50', 'p90'],
    ['max', 'p50', 'p90'],
  ])
  expect(metric([0, 0, 1000, 1000])?.statistics.p999).toBeCloseTo(0.1 + 0.4 * 0.999, 12)
})

test('beyond the highest bound there is no upper end, and no resolution', () => {
  expect(metric([0, 1, 1, 2], 61)).toEqual({
    name: 'apiserver_request_latency',
    unit: 's',
    labels: { verb: 'POST' },
    statistics: { count: 2, mean: 30.5, p50: 0.1 },
    interpolated: { max: [0.5, null], p50: [0, 0.1] },
    source: 'apiserver-metrics',
  })
})

test('in a bucket up to 0 nothing is below 0', () => {
  expect(metric([2, 2, 2, 2], 0)).toMatchObject({
    statistics: { p50: 0 },
    interpolated: { p50: [0, 0], max: [0, 0] },
    resolution: 0,
  })
})

test('nothing observed: no metric', () => {
  expect(metric([0, 0, 0, 0], 0)).toBeUndefined()
})

test('a threshold on a quantile that few observations do not carry is held against the worse end of its bucket', () => {
  const few = metric([0, 1, 3, 3], 0.3)
  const many = metric([0, 100, 100, 100], 5)
  const beyond = metric([0, 1, 1, 3], 70)
  const observed = (expression: string, of: typeof few) =>
    evaluateThreshold(parseThreshold(expression), of === undefined ? [] : [of]).observed
  expect(observed('apiserver_request_latency.p99<1s', few)).toBe(0.5)
  expect(observed('apiserver_request_latency.p99>1s', few)).toBe(0.1)
  expect(observed('apiserver_request_latency.p99<1s', many)).toBeCloseTo(0.099, 12)
  expect(observed('apiserver_request_latency.max<1s', many)).toBe(0.1)
  expect(observed('apiserver_request_latency.p99<1s', beyond)).toBeNull()
  expect(observed('apiserver_request_latency.p99==1s', few)).toBeNull()
})
