import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseChange, remoteClock, timedChange } from '../../../../lib/acceptance/probe/attempts.ts'

test('a change has the first attempt of the new result and the last of the old', () => {
  expect(parseChange('open 1795268266534000 1795268266534655 1795268266433892 1795268266484000 12')).toEqual({
    result: 'open',
    startMicros: 1795268266534000,
    endMicros: 1795268266534655,
    before: { startMicros: 1795268266433892, endMicros: 1795268266484000, attempts: 12 },
  })
  expect(parseChange('blocked 5 55 0 0 0')).toEqual({ result: 'blocked', startMicros: 5, endMicros: 55 })
})

test('what is no change is none', () => {
  for (const line of ['ready', 'clock 1795268266534655', 'paused open 3', 'open 1 2', 'shut 1 2 3 4 5', '']) {
    expect(parseChange(line)).toBeUndefined()
  }
})

test('a remote clock is read by the quickest answer, give or take half its time', () => {
  const clock = remoteClock([
    { sentMs: 100, receivedMs: 120, micros: 5_000_000_012_000 },
    // Asked at 200 and answered at 204: it was 202 here when it was 5,000,000,102 ms there.
    { sentMs: 200, receivedMs: 204, micros: 5_000_000_102_000 },
    { sentMs: 300, receivedMs: 360, micros: 5_000_000_290_000 },
  ])
  expect(clock.uncertaintyMs).toBe(2)
  expect(clock.toMs(5_000_000_102_000)).toBe(202)
  expect(clock.toMs(5_000_000_202_500)).toBeCloseTo(302.5, 3)
  expect(() => remoteClock([])).toThrow(RangeError)
})

test('however long the two ways take, a moment is not further off than the uncertainty', () => {
  const way = fc.double({ min: 0.01, max: 500, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(way, way), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 0, max: 1e9 }),
      (ways, offset) => {
        let nowMs = 1000
        const readings = ways.map(([there, back]) => {
          const sentMs = nowMs
          nowMs += there + back
          return { sentMs, receivedMs: nowMs, micros: (sentMs + there + offset) * 1000 }
        })
        const { toMs, uncertaintyMs } = remoteClock(readings)
        expect(Math.abs(toMs((5000 + offset) * 1000) - 5000)).toBeLessThanOrEqual(uncertaintyMs + 1e-3)
      },
    ),
  )
})

test('a change comes into the time of this program', () => {
  const clock = { toMs: (micros: number) => micros / 1000 - 7, uncertaintyMs: 1 }
  expect(
    timedChange(
      {
        result: 'open',
        startMicros: 9000,
        endMicros: 9500,
        before: { startMicros: 8000, endMicros: 8100, attempts: 2 },
      },
      clock,
    ),
  ).toEqual({ result: 'open', startMs: 2, endMs: 2.5, before: { startMs: 1, endMs: 1.0999999999999996, attempts: 2 } })
  expect(timedChange({ result: 'blocked', startMicros: 9000, endMicros: 9500 }, clock)).toEqual({
    result: 'blocked',
    startMs: 2,
    endMs: 2.5,
  })
})
