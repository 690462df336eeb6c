import { expect, test } from 'vitest'
import type { ScrapeTarget } from '../../../../lib/prometheus/server/scrapes.ts'
import { checkWindow } from '../../../../lib/prometheus/server/window.ts'

/** Scraped from `fromSeconds` on, every so many seconds, until 400 s. */
function target(everySeconds: number, { isUp = true, fromSeconds = 0 } = {}): ScrapeTarget {
  const count = Math.floor((400 - fromSeconds) / everySeconds)
  const timesMs = Array.from({ length: count }, (_, index) => (fromSeconds + index * everySeconds) * 1000)
  return { labels: { job: 'a' }, timesMs, intervalSeconds: count < 2 ? undefined : everySeconds, isUp }
}
const window = (seconds: number) => ({ startMs: 200_000, endMs: 200_000 + seconds * 1000 })

test('four scrapes are enough, less are no data', () => {
  expect(checkWindow([target(30)], window(119), 'm')).toEqual({
    kind: 'no-data',
    reason: 'the window of 119 s is shorter than 4 scrapes, which are 30 s apart',
  })
  expect(checkWindow([target(30)], window(120), 'm')).toEqual({
    kind: 'readable',
    reading: { intervalSeconds: 30, stepSeconds: 30, rangeSeconds: 60, targets: 1, down: [] },
  })
})

test('the slowest target decides, and those that are down are named', () => {
  const slow = target(20, { isUp: false })
  const check = checkWindow([target(5), slow], window(100), 'm')
  expect(check).toMatchObject({ kind: 'readable', reading: { intervalSeconds: 20, targets: 2, down: [slow] } })
})

test('a source that measures more seldom than it is scraped counts by its own pace', () => {
  expect(checkWindow([target(2)], window(50), 'm', 15)).toEqual({
    kind: 'no-data',
    reason: 'the window of 50 s is shorter than 4 measurements, which are 15 s apart',
  })
  expect(checkWindow([target(2)], window(60), 'm', 15)).toMatchObject({
    reading: { intervalSeconds: 15, stepSeconds: 15, rangeSeconds: 30 },
  })
})

test('a long window has no more steps than a page can show, each of whole intervals', () => {
  const hour = { startMs: 0, endMs: 3_600_000 }
  expect(checkWindow([target(10)], hour, 'm')).toMatchObject({ reading: { stepSeconds: 20, rangeSeconds: 30 } })
})

test.for([
  ['nothing is scraped', [], 'it scrapes nothing that has m'],
  ['scraped once only', [target(350)], 'it has scraped what has m only once'],
  ['scraped at other times only', [target(1, { fromSeconds: 390 })], 'it has not scraped what has m in that time'],
] as const)('no data, with the reason: %s', ([, targets, reason]) => {
  expect(checkWindow(targets, window(100), 'm')).toEqual({ kind: 'no-data', reason })
})
