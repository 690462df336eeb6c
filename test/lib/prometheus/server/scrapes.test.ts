import { expect, test } from 'vitest'
import type { SampledSeries } from '../../../../lib/prometheus/server/result.ts'
import { readScrapes } from '../../../../lib/prometheus/server/scrapes.ts'

const window = { startMs: 0, endMs: 100_000 }

/** Two jobs, of which the metric comes from the first; the second has the same address. */
function fake(up: SampledSeries[], job = 'api"server.1') {
  const asked: string[] = []
  const source = { labels: { job, instance: '10.0.0.1:443' }, atMs: 0, value: 1 }
  const prometheus = {
    query: async (expression: string) => {
      asked.push(expression)
      return job === '' ? [] : [source]
    },
    querySamples: async (expression: string) => {
      asked.push(expression)
      return up
    },
  }
  return { prometheus, asked }
}

function series(job: string, timesMs: number[], last = 1): SampledSeries {
  const points = timesMs.map((atMs, index) => ({ atMs, value: index === timesMs.length - 1 ? last : 1 }))
  return { labels: { __name__: 'up', job, instance: '10.0.0.1:443', pod: 'x' }, points }
}

test('the targets of a metric, how often they are scraped, and whether they are up', async () => {
  const { prometheus, asked } = fake([
    // One scrape fell out, and one came late.
    series('api"server.1', [0, 10_003, 20_001, 40_000, 50_002], 0),
    series('another', [0, 1000]),
  ])
  expect(await readScrapes(prometheus, 'requests_total', window)).toEqual([
    {
      labels: { job: 'api"server.1', instance: '10.0.0.1:443' },
      timesMs: [0, 10_003, 20_001, 40_000, 50_002],
      intervalSeconds: 10,
      isUp: false,
    },
  ])
  expect(asked).toEqual([
    'group by (job, instance, metrics_path) (last_over_time(requests_total[300s]))',
    'up{job=~"api\\"server\\\\.1"}[300s]',
  ])
})

test('a long window is looked at as a whole', async () => {
  const { prometheus, asked } = fake([])
  await readScrapes(prometheus, 'm', { startMs: 0, endMs: 3_600_000 })
  expect(asked[1]).toContain('[3600s]')
})

test('one scrape has no interval, and what nobody scrapes has no targets', async () => {
  expect(await readScrapes(fake([series('api"server.1', [5000])]).prometheus, 'm', window)).toMatchObject([
    { intervalSeconds: undefined, isUp: true },
  ])
  expect(await readScrapes(fake([], '').prometheus, 'm', window)).toEqual([])
})
