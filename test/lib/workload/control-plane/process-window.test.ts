import { expect, test } from 'vitest'
import { parseExposition } from '../../../../lib/prometheus/exposition/parse-exposition.ts'
import { processWindow } from '../../../../lib/workload/control-plane/process-window.ts'

const scrape = (start: number, counts: readonly number[]) =>
  parseExposition(
    `process_start_time_seconds ${start}\n# TYPE requests_total counter\n${counts.map((count, index) => `requests_total{row="${index}"} ${count}\n`).join('')}`,
  )
const rows = (value: number) => Array.from({ length: 400 }, () => value)

test('what the counters of one process grew by', () => {
  const window = processWindow(scrape(1, [3, 5]), scrape(1, [4, 9]), 10)
  expect([...(window?.delta.samples.get('requests_total')?.series.values() ?? [])].map(({ value }) => value)).toEqual([
    1, 4,
  ])
  expect(window?.seconds).toBe(10)
})

test('two processes are told apart by when they were started, and where that is the same, by counters that went down', () => {
  expect(processWindow(scrape(1, rows(5)), scrape(2, rows(6)), 1)).toBeNull()
  expect(processWindow(scrape(1, rows(5)), scrape(1, rows(4)), 1)).toBeNull()
  // Five of 400.
  expect(processWindow(scrape(1, rows(5)), scrape(1, [...rows(6).slice(5), 0, 0, 0, 0, 0]), 1)).toBeNull()
})

test('a few series that are called counters, and go down, are no other process', () => {
  const window = processWindow(scrape(1, rows(5)), scrape(1, [...rows(6).slice(2), 0, 0]), 1)
  expect(window?.delta.resets).toHaveLength(2)
  expect(processWindow(scrape(1, [5]), scrape(1, [4]), 1)?.delta.resets).toHaveLength(1)
})
