import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EventObject, eventTime, parsePulled } from '../../../../lib/workload/pods/pod-event.ts'

test.each([
  [
    '1.34',
    'Successfully pulled image "docker.io/library/nginx:alpine" in 39ms (92ms including waiting). Image size: 2130651 bytes.',
    { image: 'docker.io/library/nginx:alpine', pullMs: 39, waitMs: 53, bytes: 2_130_651 },
  ],
  [
    '1.27, without the size',
    'Successfully pulled image "x" in 1m1.5s (1h1m2.5s including waiting)',
    { image: 'x', pullMs: 61_500, waitMs: 3_601_000 },
  ],
  ['1.20, without the wait', 'Successfully pulled image "x" in 1.234567891s', { image: 'x', pullMs: 1234.567891 }],
  ['1.18, without any', 'Successfully pulled image "x"', { image: 'x' }],
  [
    'a pull that took no time',
    'Successfully pulled image "x" in 0s (0s including waiting). Image size: 5 bytes.',
    { image: 'x', pullMs: 0, waitMs: 0, bytes: 5 },
  ],
  ['1.34, nothing to pull', 'Container image "x" already present on machine', 'present'],
  ['1.35, nothing to pull', 'Container image "x" already present on machine and can be accessed by the pod', 'present'],
  ['another message', 'Pulling image "x"', undefined],
])('%s', (_, message, expected) => {
  expect(parsePulled(message)).toEqual(expected)
})

test('no text makes it throw, and no figure is negative', () => {
  const pieces = fc.constantFrom(
    'Successfully pulled image "',
    '"',
    ' in ',
    '1.2s',
    ' (',
    ' including waiting)',
    '9'.repeat(30),
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(fc.oneof(pieces, fc.string())).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(text, (message) => {
      const pulled = parsePulled(message)
      if (typeof pulled !== 'object') return
      expect(pulled.pullMs ?? 0).toBeGreaterThanOrEqual(0)
      expect(pulled.waitMs ?? 0).toBeGreaterThanOrEqual(0)
    }),
  )
})

const named = (name: string): EventObject => ({ metadata: { name }, involvedObject: {} })

test('the name of an event says when it was made', () => {
  // Recorded: its timestamps are 2026-11-21T03:58:24Z, 134 ms after the scheduler's of 03:58:24.497761Z.
  expect(new Date(eventTime(named('pod-0.18e9f35c6474d199')) ?? 0).toISOString()).toBe('2026-11-21T03:58:24.631Z')
  const times = fc.integer({ min: 1_152_921_504_607, max: 9_000_000_000_000 })
  fc.assert(
    fc.property(times, (ms) => {
      const nanoseconds = (BigInt(ms) * 1_000_000n).toString(16).padStart(16, '0')
      expect(eventTime(named(`a.b.${nanoseconds}`))).toBe(ms)
    }),
  )
})

test.each(['pod-0', 'pod-0.deadbeef', 'pod-0.0000000000000001', '0b4ea7b6-1d6f-4c5f-9b1a-0d1f5e4f9c3a'])(
  '%s says nothing',
  (name) => {
    expect(eventTime(named(name))).toBeUndefined()
  },
)
