import { assert, integer, property } from 'fast-check'
import { expect, test } from 'vitest'
import { UsageError } from '../../../lib/errors/perf-error.ts'
import { formatDuration, parseDuration } from '../../../lib/record/duration.ts'

// The valid and invalid texts are those of Go's own test of time.ParseDuration.
test.each([
  ['0', 0],
  ['5s', 5000],
  ['30s', 30_000],
  ['1478s', 1_478_000],
  ['-5s', -5000],
  ['+5s', 5000],
  ['-0', 0],
  ['+0', 0],
  ['5.0s', 5000],
  ['5.6s', 5600],
  ['5.s', 5000],
  ['.5s', 500],
  ['1.001s', 1001],
  ['1.00400s', 1004],
  ['100.00100s', 100_001],
  ['10ns', 0.000_01],
  ['11us', 0.011],
  ['12µs', 0.012],
  ['12μs', 0.012],
  ['13ms', 13],
  ['15m', 900_000],
  ['16h', 57_600_000],
  ['3h30m', 12_600_000],
  ['10.5s4m', 250_500],
  ['-2m3.4s', -123_400],
  ['39h9m14.425s', 140_954_425],
  ['0.9223372036854775807h', 3_320_413.933_267_72],
])('parseDuration(%j) is %d ms', (text, durationMs) => {
  expect(parseDuration(text)).toBe(durationMs)
})

test.each([
  '',
  '3',
  '-',
  's',
  '.',
  '-.',
  '.s',
  '+.s',
  '1d',
  '5s ',
  ' 5s',
  '1e3s',
  '5 s',
  '1m30',
  '3000000h',
  'x',
  '--5s',
])('parseDuration(%j) is refused with an example', (text) => {
  expect(() => parseDuration(text)).toThrow(
    new UsageError(
      `invalid duration ${JSON.stringify(text)}: use a number with a unit, for example 90s, 1m30s or 500ms`,
    ),
  )
})

test.each([
  [0, '0s'],
  [1, '1ms'],
  [0.5, '0.5ms'],
  [999, '999ms'],
  [1000, '1s'],
  [1500, '1.5s'],
  [90_000, '1m30s'],
  [300_000, '5m'],
  [3_600_000, '1h'],
  [3_661_001, '1h1m1.001s'],
  [-90_000, '-1m30s'],
])('formatDuration(%d) is %s', (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text)
})

test('what is written reads back to the same milliseconds', () => {
  assert(
    property(integer({ min: -(10 ** 12), max: 10 ** 12 }), (durationMs) => {
      expect(parseDuration(formatDuration(durationMs))).toBe(durationMs)
    }),
  )
})
