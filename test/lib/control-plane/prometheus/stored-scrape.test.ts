import { expect, test } from 'vitest'
import { storedScrape, storedScrapeQuery } from '../../../../lib/control-plane/prometheus/stored-scrape.ts'
import { histogramMetric } from '../../../../lib/prometheus/figures/histogram-metric.ts'

const TARGET = { job: 'apiserver', instance: '10.0.0.1:6443', endpoint: 'https' }
const FAMILIES = { requests_total: 'counter', queue_length: 'gauge', latency_seconds: 'histogram' } as const
const series = (labels: Record<string, string>, value: number) => ({ labels: { ...TARGET, ...labels }, value })

test('one query for everything that a target has', () => {
  expect(storedScrapeQuery(FAMILIES, { job: 'api "x"\\', instance: 'a:1' })).toBe(
    '{__name__=~"requests_total|queue_length|latency_seconds(_bucket|_sum|_count)",job="api \\"x\\"\\\\",instance="a:1"}',
  )
})

test('the labels of the target go, and a label that had to make room has its name back', () => {
  const { samples } = storedScrape(
    [
      series({ __name__: 'requests_total', verb: 'GET' }, 5),
      series({ __name__: 'queue_length', exported_endpoint: 'https://etcd:2379' }, 2),
      series({ __name__: 'something_else' }, 9),
    ],
    FAMILIES,
    TARGET,
  )
  expect([...samples.keys()]).toEqual(['requests_total', 'queue_length'])
  expect(samples.get('requests_total')?.type).toBe('counter')
  expect(samples.get('requests_total')?.series.get('verb="GET"')).toEqual({ labels: { verb: 'GET' }, value: 5 })
  expect([...(samples.get('queue_length')?.series.values() ?? [])]).toEqual([
    { labels: { endpoint: 'https://etcd:2379' }, value: 2 },
  ])
})

const histogram = (buckets: Record<string, number>, count = 100) =>
  storedScrape(
    [
      ...Object.entries(buckets).map(([le, value]) =>
        series({ __name__: 'latency_seconds_bucket', verb: 'GET', le }, value),
      ),
      series({ __name__: 'latency_seconds_sum', verb: 'GET' }, 30),
      series({ __name__: 'latency_seconds_count', verb: 'GET' }, count),
    ],
    FAMILIES,
    TARGET,
  )
    .histograms.get('latency_seconds')
    ?.get('verb="GET"')

test('buckets in the order of their bounds, with sum and count', () => {
  expect(histogram({ '+Inf': 100, '1': 90, '0.5': 40 })).toEqual({
    labels: { verb: 'GET' },
    upperBounds: [0.5, 1, Number.POSITIVE_INFINITY],
    cumulativeCounts: [40, 90, 100],
    sum: 30,
    count: 100,
  })
})

test('without the bucket up to +Inf the count says the same', () => {
  expect(histogram({ '0.5': 40, '1': 90 })).toEqual(histogram({ '+Inf': 100, '1': 90, '0.5': 40 }))
})

test('buckets that were dropped make a quantile coarser, and its bucket says so', () => {
  const metric = (buckets: Record<string, number>) => {
    const found = histogram(buckets)
    if (found === undefined) throw new Error('no histogram')
    return histogramMetric('apiserver_request_latency', found, { labels: {}, source: 'prometheus' })
  }
  // 90 of 100 up to 1 s, 99 up to 4 s.
  expect(metric({ '0.5': 40, '1': 90, '2': 97, '4': 99, '+Inf': 100 })).toMatchObject({
    statistics: { p90: 1, p99: 4 },
    interpolated: { p99: [2, 4] },
  })
  expect(metric({ '0.5': 40, '4': 99, '+Inf': 100 })).toMatchObject({ interpolated: { p90: [0.5, 4], p99: [0.5, 4] } })
  // None but the last: something was counted, and nothing is known of how long it took.
  expect(metric({ '+Inf': 100 })).toBeUndefined()
})
