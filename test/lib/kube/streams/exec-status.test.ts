import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PerfError } from '../../../../lib/errors/perf-error.ts'
import { exitCodeOf } from '../../../../lib/kube/streams/exec-status.ts'
import { exited, SUCCESS } from '../stream-server.ts'

test('every exit code', () => {
  expect(exitCodeOf(SUCCESS)).toBe(0)
  expect(Array.from({ length: 256 }, (_, code) => exitCodeOf(exited(code)))).toEqual(
    Array.from({ length: 256 }, (_, code) => code),
  )
})

test.each([
  ['', 'no status in ""'],
  ['null', 'no status in "null"'],
  ['{}', 'unknown error'],
  [exited(256), 'invalid exit code value "256"'],
  [exited('-1'), 'invalid exit code value "-1"'],
  [exited('0x1'), 'invalid exit code value "0x1"'],
  ['{"status":"Failure","reason":"NonZeroExitCode"}', 'details must be set'],
  ['{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[null]}}', 'no ExitCode cause given'],
])('%s is no status', (text, reason) => {
  expect(() => exitCodeOf(text)).toThrow(`error: error stream protocol error: ${reason}`)
})

test('whatever else comes gives an error that says so, never an exit code', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(() => exitCodeOf(text)).toThrow(PerfError)
    }),
  )
  const anything = fc.record({
    status: fc.constantFrom('Failure', 'Other', 1, null),
    reason: fc.oneof(fc.constant('NonZeroExitCode'), fc.jsonValue()),
    details: fc.jsonValue(),
    message: fc.jsonValue(),
    code: fc.jsonValue(),
  })
  fc.assert(
    fc.property(anything, (status) => {
      expect(() => exitCodeOf(JSON.stringify(status))).toThrow(PerfError)
    }),
  )
})
