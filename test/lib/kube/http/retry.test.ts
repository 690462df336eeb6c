import fc from 'fast-check'
import { expect, test } from 'vitest'
import { apiErrorOf } from '../../../../lib/kube/api-error.ts'
import { ConnectionError, type ConnectionFault } from '../../../../lib/kube/connection-error.ts'
import { pauseBeforeRetry, type RetryContext } from '../../../../lib/kube/http/retry.ts'

const refusal = (code: number, retryAfter?: string) => apiErrorOf(code, Buffer.from(''), retryAfter)
const fault = (kind: ConnectionFault, wasSent = true) => new ConnectionError('x', { kind, wasSent })
const context = (more: Partial<RetryContext> = {}): RetryContext => ({
  attempt: 1,
  isRepeatable: true,
  hasAnswered: true,
  random: 0.5,
  ...more,
})

test('the pause doubles from 0.1 s to 5 s', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7].map((attempt) => pauseBeforeRetry(refusal(503), context({ attempt })))
  expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 5000])
  expect(pauseBeforeRetry(refusal(503), context({ attempt: 8 }))).toBeUndefined()
})

test('Retry-After decides, up to a minute, and nobody returns early', () => {
  expect(pauseBeforeRetry(refusal(429, '3'), context({ random: 0 }))).toBe(3000)
  expect(pauseBeforeRetry(refusal(429, '3'), context({ random: 0.5 }))).toBe(3150)
  expect(pauseBeforeRetry(refusal(503, '2'), context({ random: 0 }))).toBe(2000)
  expect(pauseBeforeRetry(refusal(429, '86400'), context({ random: 0 }))).toBe(60_000)
  expect(pauseBeforeRetry(refusal(429, '-1'), context())).toBe(100)
})

test('throttling is borne ten times, an internal error three', () => {
  const attempts = (code: number) =>
    Array.from({ length: 12 }, (_, index) => index + 1).filter(
      (attempt) => pauseBeforeRetry(refusal(code), context({ attempt })) !== undefined,
    ).length
  expect([429, 500, 502, 503, 504].map(attempts)).toEqual([9, 2, 7, 7, 7])
})

test('what cannot be repeated is tried again only where the server has not looked at it', () => {
  const once = context({ isRepeatable: false })
  expect(pauseBeforeRetry(refusal(429), once)).toBe(100)
  expect(pauseBeforeRetry(refusal(503), once)).toBeUndefined()
  expect(pauseBeforeRetry(fault('lost', false), once)).toBe(0)
  expect(pauseBeforeRetry(fault('lost', true), once)).toBeUndefined()
})

test('a request that a closing connection has not taken goes to another one at once, three times', () => {
  const pauses = [1, 2, 3, 4, 5].map((attempt) => pauseBeforeRetry(fault('lost', false), context({ attempt })))
  expect(pauses).toEqual([0, 0, 0, 800, 1600])
})

test('a server that was never there is not waited for', () => {
  for (const kind of ['refused', 'unreachable'] as const) {
    expect(pauseBeforeRetry(fault(kind, false), context({ hasAnswered: false }))).toBeUndefined()
    expect(pauseBeforeRetry(fault(kind, false), context())).toBe(100)
  }
})

test('a refusal, a time-out and wrong certificates are final', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(400, 401, 403, 404, 405, 409, 410, 413, 422),
      fc.integer({ min: 1, max: 9 }),
      (code, attempt) => {
        expect(pauseBeforeRetry(refusal(code), context({ attempt }))).toBeUndefined()
      },
    ),
  )
  for (const kind of ['timeout', 'tls', 'credentials', 'bad-answer', 'closed'] as const) {
    expect(pauseBeforeRetry(fault(kind), context())).toBeUndefined()
  }
})
