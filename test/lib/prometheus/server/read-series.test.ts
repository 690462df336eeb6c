import { expect, test } from 'vitest'
import type { Prometheus } from '../../../../lib/prometheus/server/prometheus.ts'
import { PrometheusError } from '../../../../lib/prometheus/server/prometheus-error.ts'
import { readSeries, type SeriesQuery } from '../../../../lib/prometheus/server/read-series.ts'
import type { SampledSeries } from '../../../../lib/prometheus/server/result.ts'

const { signal } = new AbortController()
/** Long ago, so that nothing has to be waited for. */
const window = { startMs: 1_000_000, endMs: 1_040_000 }

interface Fake {
  /** Of the one target. */
  everySeconds?: number
  series?: SampledSeries[]
  refuses?: PrometheusError
  warnings?: string[]
  /** The metrics that are scraped; all when absent. */
  scraped?: string[]
}

function fake({ everySeconds = 10, series = [], refuses, warnings = [], scraped }: Fake) {
  const asked: { expression: string; startMs: number; endMs: number; stepSeconds: number }[] = []
  const prometheus: Prometheus = {
    label: 'monitoring/prometheus',
    how: 'port-forward',
    clockOffsetMs: 0,
    warnings: new Set(warnings),
    async query(expression) {
      const isScraped = scraped === undefined || scraped.some((metric) => expression.includes(metric))
      return isScraped ? [{ labels: { job: 'a', instance: '10.0.0.1:1' }, atMs: 0, value: 1 }] : []
    },
    async querySamples() {
      const points = Array.from({ length: 61 }, (_, index) => ({
        atMs: 900_000 + index * everySeconds * 1000,
        value: 1,
      }))
      return [{ labels: { job: 'a', instance: '10.0.0.1:1' }, points }]
    },
    async queryRange(expression, { startMs, endMs, stepSeconds }) {
      if (refuses !== undefined) throw refuses
      asked.push({ expression, startMs, endMs, stepSeconds })
      return series
    },
  }
  return { prometheus, asked }
}

const query: SeriesQuery = {
  metric: 'apiserver_request_rate',
  unit: '1/s',
  labels: { quantile: '0.9' },
  sources: [{ metric: 'requests', expression: (range) => `rate(requests${range})` }],
}
const read = (prometheus: Prometheus, queries = [query]) =>
  readSeries(prometheus, queries, window, { zeroMs: 1_000_000, signal })

test('each step has its point: a value, or null where there is none, never 0', async () => {
  const points = [
    { atMs: 1_002_500, value: 1.5 },
    { atMs: 1_012_500, value: Number.NaN },
    { atMs: 1_022_500, value: Infinity },
    { atMs: 1_042_500, value: 0 },
  ]
  const { prometheus, asked } = fake({ series: [{ labels: { verb: 'GET', instance: '10.0.0.1:1' }, points }] })
  const { series, findings } = await read(prometheus)
  expect(asked).toEqual([{ expression: 'rate(requests[20s])', startMs: 1_002_500, endMs: 1_042_500, stepSeconds: 10 }])
  expect(series).toEqual([
    {
      metric: 'apiserver_request_rate',
      unit: '1/s',
      labels: { verb: 'GET', node: '10.0.0.1', quantile: '0.9' },
      source: 'prometheus monitoring/prometheus (port-forward)',
      resolutionSeconds: 10,
      points: [
        [2.5, 1.5],
        [12.5, null],
        [22.5, null],
        [32.5, null],
        [42.5, 0],
      ],
    },
  ])
  expect(findings).toEqual([
    {
      severity: 'info',
      code: 'PrometheusSeries',
      message: '1 series of this time are from Prometheus monitoring/prometheus (port-forward), measured every 10 s',
      count: 1,
    },
  ])
})

test('of many series the highest are kept, idle ones left out, and both is said', async () => {
  const flat = (name: string, value: number): SampledSeries => ({
    labels: { name },
    points: [{ atMs: 1_002_500, value }],
  })
  const { prometheus } = fake({ series: [flat('a', 1), flat('b', 0), flat('c', 3), flat('d', 2)] })
  const { series, findings } = await read(prometheus, [{ ...query, top: 2, skipIdle: true }])
  expect(series.map(({ labels }) => labels.name)).toEqual(['c', 'd'])
  expect(findings[0]?.message).toContain(
    'left out: 1 of apiserver_request_rate that were 0 throughout, 1 of apiserver_request_rate with lower values',
  )
})

test.for<[what: string, given: Fake, reason: string]>([
  ['a short window', { everySeconds: 30 }, 'the window of 40 s is shorter than 4 scrapes, which are 30 s apart'],
  ['an empty answer', {}, 'its answer for that time is empty'],
  [
    'only what is no number',
    { series: [{ labels: {}, points: [{ atMs: 1_002_500, value: Number.NaN }] }] },
    'its answer for that time is empty',
  ],
  ['nothing scraped', { scraped: [] }, 'it scrapes nothing that has requests'],
  ['a refusal', { refuses: new PrometheusError('error: too many samples', { kind: 'query' }) }, 'too many samples'],
])('no data, with the reason: %s', async ([, given, reason]) => {
  const { series, findings } = await read(fake(given).prometheus)
  expect(series).toEqual([])
  expect(findings).toEqual([
    {
      severity: 'warning',
      code: 'NoPrometheusSeries',
      message: `no series of apiserver_request_rate from Prometheus monitoring/prometheus: ${reason}`,
    },
  ])
})

test('the second source serves where the first is not scraped', async () => {
  const other = { metric: 'others', expression: () => 'sum(others)' }
  const { prometheus, asked } = fake({
    scraped: ['others'],
    series: [{ labels: {}, points: [{ atMs: 1_002_500, value: 1 }] }],
  })
  const { series } = await read(prometheus, [{ ...query, sources: [...query.sources, other] }])
  expect(asked.map(({ expression }) => expression)).toEqual(['sum(others)'])
  expect(series).toHaveLength(1)
})

test('what Prometheus says of a result that is not whole is passed on', async () => {
  const { findings } = await read(fake({ warnings: ['a store is away'] }).prometheus)
  expect(findings).toContainEqual({
    severity: 'warning',
    code: 'PrometheusWarning',
    message: 'Prometheus monitoring/prometheus says: a store is away',
  })
})
