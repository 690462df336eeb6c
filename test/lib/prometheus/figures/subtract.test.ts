import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseExposition } from '../../../../lib/prometheus/exposition/parse-exposition.ts'
import { processStart, sameProcess, subtractScrapes } from '../../../../lib/prometheus/figures/subtract.ts'
import { recordedScrape } from '../recorded.ts'

const STARTED = 'process_start_time_seconds 1.7e9\n'
const scrape = (text: string, started = STARTED) => parseExposition(`${started}${text}`)

const difference = (before: string, after: string) => {
  const delta = subtractScrapes(scrape(before), scrape(after))
  if (delta === null) throw new Error('not the same process')
  return {
    counters: Object.fromEntries(
      [...delta.samples].map(([metric, { series }]) => [
        metric,
        Object.fromEntries([...series].map(([key, { value }]) => [key, value])),
      ]),
    ),
    histograms: [...delta.histograms].map(([metric, series]) => [metric, [...series.values()]]),
    resets: delta.resets,
  }
}

test('counters are subtracted series by series; one that is new began at 0, one that is gone has no figure', () => {
  const type = '# TYPE c counter\n'
  expect(difference(`${type}c{a="1"} 5\nc{a="3"} 4\n`, `${type}c{a="1"} 7\nc{a="2"} 3\n`)).toEqual({
    counters: { c: { 'a="1"': 2, 'a="2"': 3 } },
    histograms: [],
    resets: [],
  })
})

test('gauges are not subtracted', () => {
  expect(difference('# TYPE g gauge\ng 5\nu 1\n', '# TYPE g gauge\ng 7\nu 2\n').counters).toEqual({})
})

test('a counter that went down, or is not finite, has no figure', () => {
  const type = '# TYPE c counter\n'
  expect(difference(`${type}c{a="1"} 5\nc{a="2"} NaN\nc 1\n`, `${type}c{a="1"} 4\nc{a="2"} 9\nc 1\n`)).toEqual({
    counters: { c: { '': 0 } },
    histograms: [],
    resets: [
      { metric: 'c', labels: { a: '1' } },
      { metric: 'c', labels: { a: '2' } },
    ],
  })
})

const histogram = (counts: [number, number, number], sum: number, bound = '0.1') =>
  `# TYPE h histogram\nh_bucket{le="${bound}"} ${counts[0]}\nh_bucket{le="1"} ${counts[1]}\nh_bucket{le="+Inf"} ${counts[2]}\nh_sum ${sum}\nh_count ${counts[2]}\n`

test('histograms are subtracted bucket by bucket', () => {
  const upperBounds = [0.1, 1, Number.POSITIVE_INFINITY]
  expect(difference(histogram([1, 2, 3], 2.5), histogram([4, 6, 8], 4)).histograms).toEqual([
    ['h', [{ labels: {}, upperBounds, cumulativeCounts: [3, 4, 5], sum: 1.5, count: 5 }]],
  ])
  expect(difference('', histogram([4, 6, 8], 4)).histograms).toEqual([
    ['h', [{ labels: {}, upperBounds, cumulativeCounts: [4, 6, 8], sum: 4, count: 8 }]],
  ])
})

test.each([
  ['a bucket went down', histogram([1, 2, 3], 1), histogram([0, 6, 8], 4)],
  ['other bounds', histogram([1, 2, 3], 1), histogram([4, 6, 8], 4, '0.2')],
  ['a bucket more', '# TYPE h histogram\nh_bucket{le="+Inf"} 1\n', histogram([4, 6, 8], 4)],
])('a histogram has no figure: %s', (_, before, after) => {
  expect(difference(before, after)).toEqual({
    counters: {},
    histograms: [['h', []]],
    resets: [{ metric: 'h', labels: {} }],
  })
})

test('scrapes of two processes, or of one that does not tell its start, are not subtracted', () => {
  const text = '# TYPE c counter\nc 1\n'
  const [one, same, other, mute] = [
    scrape(text),
    scrape(text),
    scrape(text, STARTED.replace('1.7', '1.8')),
    scrape(text, ''),
  ]
  expect([processStart(one), processStart(mute)]).toEqual([1.7e9, undefined])
  expect([sameProcess(one, same), sameProcess(one, other), sameProcess(one, mute), sameProcess(mute, mute)]).toEqual([
    true,
    false,
    false,
    false,
  ])
  expect(subtractScrapes(one, same)).not.toBeNull()
  expect(subtractScrapes(one, other)).toBeNull()
  expect(subtractScrapes(mute, mute)).toBeNull()
})

test('whatever the counters do, every difference is a number and not negative', () => {
  const count = fc.oneof(fc.nat(20), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY))
  const three = fc.tuple(count, count, count)
  fc.assert(
    fc.property(three, three, (before, after) => {
      const text = (counts: number[]) =>
        counts
          .map((value, index) => `c{a="${index}"} ${value}\n`)
          .join('')
          .replaceAll('Infinity', '+Inf')
      const { counters, resets } = difference(`# TYPE c counter\n${text(before)}`, `# TYPE c counter\n${text(after)}`)
      const values = Object.values(counters.c ?? {})
      for (const value of values) expect(value >= 0 && Number.isFinite(value)).toBe(true)
      expect(values.length + resets.length).toBe(3)
    }),
  )
})

test('between two real scrapes nothing but what can is subtracted, and nothing was reset', () => {
  const delta = subtractScrapes(parseExposition(recordedScrape('before')), parseExposition(recordedScrape('after')))
  expect(delta?.resets).toEqual([])
  const rejected = delta?.samples.get('apiserver_flowcontrol_rejected_requests_total')?.series
  expect([...(rejected ?? new Map()).values()]).toEqual([
    { labels: { flow_schema: 'global-default', priority_level: 'global-default', reason: 'queue-full' }, value: 181 },
  ])
})
