import { assert, double, maxSafeInteger, oneof, property } from 'fast-check'
import { expect, test } from 'vitest'
import { UsageError } from '../../../lib/errors/perf-error.ts'
import { formatQuantity, parseQuantity } from '../../../lib/record/quantity.ts'

test.each([
  ['0', 0],
  ['128', 128],
  ['10k', 10_000],
  ['500m', 0.5],
  ['3u', 0.000_003],
  ['7n', 7e-9],
  ['2M', 2_000_000],
  ['1G', 1e9],
  ['1T', 1e12],
  ['1P', 1e15],
  ['1E', 1e18],
  ['1Ki', 1024],
  ['512Mi', 536_870_912],
  ['1.5Gi', 1_610_612_736],
  ['1Ti', 2 ** 40],
  ['1Pi', 2 ** 50],
  ['1Ei', 2 ** 60],
  ['1e3', 1000],
  ['1E3', 1000],
  ['2.5e-1', 0.25],
  ['0.1', 0.1],
  ['0.3k', 300],
  ['.5', 0.5],
  ['5.', 5],
  ['+5', 5],
  ['-5Ki', -5120],
  ['-0', 0],
])('parseQuantity(%j) is %d', (text, value) => {
  expect(parseQuantity(text)).toBe(value)
})

test.each(['', '.', 'Mi', '1KB', '1K', '1mi', '10Mb', '1 Gi', '1e', '0x10', '1e3Ki', 'NaN', 'Infinity'])(
  'parseQuantity(%j) is refused with an example',
  (text) => {
    expect(() => parseQuantity(text)).toThrow(
      new UsageError(
        `invalid quantity ${JSON.stringify(text)}: use a number with or without a suffix, for example 512Mi, 10k or 1.5Gi`,
      ),
    )
  },
)

test.each([
  [0, '0'],
  [0.5, '0.5'],
  [1023, '1023'],
  [1024, '1Ki'],
  [1536, '1536'],
  [10_000, '10000'],
  [536_870_912, '512Mi'],
])('formatQuantity(%d) is %s', (value, text) => {
  expect(formatQuantity(value)).toBe(text)
})

test('what is written reads back to the same value', () => {
  const value = oneof(maxSafeInteger(), double({ noNaN: true, min: -1e15, max: 1e15 }))
  assert(
    property(value, (value) => {
      // + 0 makes 0 of -0, which has no text of its own.
      expect(parseQuantity(formatQuantity(value))).toBe(value + 0)
    }),
  )
})
