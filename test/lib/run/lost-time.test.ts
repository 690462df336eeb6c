import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchForLostTime } from '../../../lib/run/lost-time.ts'

const clock = { monotonic: 0, wall: 0 }
const clocks = { monotonicMs: () => clock.monotonic, wallMs: () => clock.wall }

beforeEach(() => {
  Object.assign(clock, { monotonic: 1000, wall: Date.UTC(2026, 10, 20) })
  vi.useFakeTimers()
})
afterEach(() => void vi.useRealTimers())

/** Time goes by, and the timer comes so late. */
function pass(ms: number, jumpMs = 0): void {
  clock.monotonic += ms
  clock.wall += ms + jumpMs
  vi.advanceTimersByTime(500)
}

test('a program that runs, if late at times, and a clock that drifts have nothing to say', () => {
  using lost = watchForLostTime(clocks)
  pass(500)
  pass(2400)
  pass(500, 1900)
  pass(500, -1900)
  expect(lost.findings()).toEqual([])
})

test('a program that was stopped says how often, and for how long at most', () => {
  using lost = watchForLostTime(clocks)
  pass(500)
  pass(12_540)
  pass(500)
  pass(4500)
  const [finding, ...others] = lost.findings()
  expect(others).toEqual([])
  expect(finding).toMatchObject({ severity: 'warning', code: 'ProgramStoodStill' })
  expect(finding?.message).toMatch(/^this program stood still 2 times, for up to 12s \(/)
})

test('the last stop counts also when no timer has come since', () => {
  using lost = watchForLostTime(clocks)
  clock.monotonic += 3000
  clock.wall += 3000
  expect(lost.findings().map(({ message }) => message)).toEqual([expect.stringContaining('once, for 2.5s (')])
})

test.each([
  [3_600_000, '1h'],
  [-90_000, '-1m30s'],
])('a clock that jumps by %i ms', (jumpMs, words) => {
  using lost = watchForLostTime(clocks)
  pass(500, jumpMs)
  pass(500)
  expect(lost.findings().map(({ code, message }) => [code, message])).toEqual([
    ['ClockJumped', expect.stringContaining(`jumped once, by ${words} (`)],
  ])
})

test('disposed, it looks no more', () => {
  const lost = watchForLostTime(clocks)
  lost[Symbol.dispose]()
  expect(vi.getTimerCount()).toBe(0)
})
