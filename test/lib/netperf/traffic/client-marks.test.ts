import { expect, test } from 'vitest'
import { readMarks, throttlingOf, withoutMarks } from '../../../../lib/netperf/traffic/client-marks.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

test('a mark counts when its line is complete, however it is cut', () => {
  const words: string[] = []
  const marks = readMarks((word) => words.push(word))
  marks.add(bytes('kubectl-perf: rea'), 1)
  expect(words).toEqual([])
  marks.add(bytes('dy\nwarning: ö'), 2)
  marks.add(bytes('\nkubectl-perf: start\nkubectl-perf: start\n'), 3)
  marks.add(bytes('kubectl-perf: start\n'), 4)
  expect(words).toEqual(['ready', 'start', 'start', 'start'])
  expect([...marks.seenMs]).toEqual([
    ['ready', 2],
    ['start', 3],
  ])
})

test('a character that is cut in two is put together', () => {
  const [first, ...rest] = bytes('ö: x\nkubectl-perf: ready\n')
  const words: string[] = []
  const marks = readMarks((word) => words.push(word))
  marks.add(Uint8Array.of(first ?? 0), 1)
  marks.add(Uint8Array.from(rest), 2)
  expect(words).toEqual(['ready'])
})

test("the tool's own stderr is what is left", () => {
  const stderr =
    'kubectl-perf: ready\nkubectl-perf: before nr_throttled 1\niperf3: error - x\n\nkubectl-perf: after nr_throttled 1\n'
  expect(withoutMarks(stderr)).toBe('iperf3: error - x\n')
  expect(withoutMarks('kubectl-perf: ready\n\n')).toBe('')
})

test.each([
  [
    'version 2, microseconds',
    ['before nr_throttled 3', 'before throttled_usec 1500000', 'after nr_throttled 10', 'after throttled_usec 2000000'],
    { periods: 7, seconds: 0.5 },
  ],
  [
    'version 1, nanoseconds',
    ['before nr_throttled 0', 'before throttled_time 0', 'after nr_throttled 2', 'after throttled_time 250000000'],
    { periods: 2, seconds: 0.25 },
  ],
  ['only before', ['before nr_throttled 3', 'before throttled_usec 1500000'], undefined],
  ['nothing', [], undefined],
  ['no numbers', ['before nr_throttled x', 'after nr_throttled -'], undefined],
])('throttling: %s', (_, lines, expected) => {
  expect(throttlingOf(lines.map((line) => `kubectl-perf: ${line}\n`).join(''))).toEqual(expected)
})
