import { expect, test } from 'vitest'
import { processTimes } from '../../../../lib/control-plane/prometheus/process-times.ts'

const TARGET = { job: 'apiserver', instance: '10.0.0.1:6443' }
/** 13:00:00 */
const ZERO = Date.UTC(2026, 10, 21, 13)

/** A scrape every 15 s, of processes by when they were started; `-`: it failed. */
function times(starts: readonly (number | '-')[], { windowMs = 60_000, lateMs = 0, intervalSeconds = 15 } = {}) {
  const at = (index: number) => ZERO + index * intervalSeconds * 1000
  const points = starts.flatMap((value, index) => (value === '-' ? [] : [{ atMs: at(index), value }]))
  const scraped = {
    labels: TARGET,
    timesMs: starts.map((_, index) => at(index)),
    intervalSeconds,
    isUp: starts.at(-1) !== '-',
  }
  const nowMs = at(starts.length - 1) + 1000 + lateMs
  return processTimes(
    { labels: { __name__: 'process_start_time_seconds', ...TARGET }, points },
    scraped,
    windowMs,
    nowMs,
  )
}

test('the newest scrape, and the last before the window', () => {
  expect(times([7, 7, 7, 7, 7, 7, 7])).toEqual({
    target: TARGET,
    fromMs: ZERO + 30_000,
    toMs: ZERO + 90_000,
    scrapes: 5,
  })
  expect(times([7, 7, 7, 7, 7, 7, 7], { windowMs: 65_000 })).toMatchObject({ fromMs: ZERO + 15_000, scrapes: 6 })
})

test('scrapes that failed between them are no matter', () => {
  expect(times([7, 7, '-', 7, '-', 7, 7])).toMatchObject({ fromMs: ZERO + 15_000, toMs: ZERO + 90_000, scrapes: 4 })
})

test('a process that was started anew: from its first scrape on', () => {
  expect(times([7, 7, 7, 8, 8, 8, 8, 8, 8], { windowMs: 90_000 })).toEqual({
    target: TARGET,
    fromMs: ZERO + 45_000,
    toMs: ZERO + 120_000,
    scrapes: 6,
    partial: 'it was started anew, and was scraped again from 13:00:45 UTC on',
  })
  expect(times([7, 7, 7, 7, 7, 8, 8, 8], { windowMs: 90_000 })).toEqual({
    target: TARGET,
    reason:
      'only 3 scrapes of its process are in the window: it was started anew, and was scraped again from 13:01:15 UTC on',
  })
})

test('a target that is new: from its first scrape on', () => {
  expect(times([7, 7, 7, 7, 7, 7], { windowMs: 300_000 })).toMatchObject({
    fromMs: ZERO,
    partial: 'it is scraped from 13:00:00 UTC on',
  })
})

test('several processes behind one address give nothing', () => {
  expect(times([7, 8, 7, 8, 7, 8, 7])).toEqual({
    target: TARGET,
    reason: 'several API servers answer at this address in turn, and their counters cannot be told apart',
  })
})

test('a window shorter than four scrapes gives nothing, and says how long it has to be', () => {
  expect(times([7, 7, 7, 7, 7, 7], { windowMs: 30_000 })).toEqual({
    target: TARGET,
    reason: 'the window of 30 s is shorter than 4 scrapes, which are 15 s apart',
    advice: 'Look at a longer one: --window 60s, or more',
  })
})

test('a target that is scraped no more has no end of the window', () => {
  expect(times([7, 7, 7, 7, 7, 7], { lateMs: 60_000 })).toEqual({
    target: TARGET,
    reason: 'it was not scraped at the end of the window: its last scrape is of 13:01:15 UTC',
  })
})

test('where the last scrape failed, the window ends with the one before', () => {
  expect(times([7, 7, 7, 7, 7, 7, '-'])).toMatchObject({ fromMs: ZERO + 15_000, toMs: ZERO + 75_000 })
})

test('no scrape at all', () => {
  expect(times(['-', '-'])).toMatchObject({ reason: 'its scrapes do not say when its process was started' })
})
