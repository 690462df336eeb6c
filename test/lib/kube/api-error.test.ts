import fc from 'fast-check'
import { expect, test } from 'vitest'
import { apiErrorOf, MAX_ERROR_BYTES } from '../../../lib/kube/api-error.ts'

const of = (code: number, body: unknown, retryAfter?: string) =>
  apiErrorOf(code, Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), retryAfter)
const status = (more: object) => ({ kind: 'Status', apiVersion: 'v1', status: 'Failure', ...more })

// Bodies as a v1.34 API server sent them, messages as kubectl v1.34.4 printed them.
test.for<[number, object, string]>([
  [
    403,
    {
      reason: 'Forbidden',
      message:
        'pods is forbidden: User "reader" cannot list resource "pods" in API group "" in the namespace "default"',
      details: { kind: 'pods' },
    },
    'Error from server (Forbidden): pods is forbidden: User "reader" cannot list resource "pods" in API group "" in the namespace "default"',
  ],
  [
    403,
    {
      reason: 'Forbidden',
      message: 'pods "a" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
      details: { name: 'a', kind: 'pods' },
    },
    'Error from server (Forbidden): pods "a" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
  ],
  [
    401,
    { reason: 'Unauthorized', message: 'Unauthorized' },
    'error: You must be logged in to the server (Unauthorized)',
  ],
  [
    404,
    { reason: 'NotFound', message: 'pods "nope" not found', details: { name: 'nope', kind: 'pods' } },
    'Error from server (NotFound): pods "nope" not found',
  ],
  [
    409,
    { reason: 'AlreadyExists', message: 'namespaces "default" already exists' },
    'Error from server (AlreadyExists): namespaces "default" already exists',
  ],
  [
    422,
    {
      reason: 'Invalid',
      message: 'Pod "p" is invalid: spec.containers: Required value',
      details: {
        name: 'p',
        kind: 'Pod',
        causes: [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.containers' }],
      },
    },
    'The Pod "p" is invalid: spec.containers: Required value',
  ],
  [
    422,
    {
      reason: 'Invalid',
      message: 'Pod "p" is invalid: …',
      details: {
        name: 'p',
        kind: 'Pod',
        causes: [
          { message: 'Required value', field: 'spec.a' },
          { message: 'Required value', field: 'spec.b' },
          { message: 'Required value', field: 'spec.a' },
        ],
      },
    },
    'The Pod "p" is invalid: \n* spec.a: Required value\n* spec.b: Required value',
  ],
  [422, { reason: 'Invalid', message: 'no' }, 'The request is invalid: no'],
  [
    400,
    { reason: 'BadRequest', message: 'admission webhook "deny.example" denied the request: no' },
    'Error from server (BadRequest): admission webhook "deny.example" denied the request: no',
  ],
  [
    500,
    { reason: 'InternalError', message: 'Internal error occurred: failed calling webhook "x": connection refused' },
    'Error from server (InternalError): Internal error occurred: failed calling webhook "x": connection refused',
  ],
  [418, { message: 'short and stout' }, 'Error from server: short and stout'],
])('status %i: %o', ([code, body, message]) => {
  const error = of(code, status({ ...body, code }))
  expect([error.code, error.message]).toEqual([code, message])
})

test('an answer that is no Status object gets the words that client-go has for its code', () => {
  expect(of(404, '404 page not found\n').message).toBe(
    'Error from server (NotFound): the server could not find the requested resource',
  )
  expect(of(401, 'Unauthorized').message).toBe(
    'error: You must be logged in to the server (the server has asked for the client to provide credentials)',
  )
  expect(of(502, '<html>').message).toBe(
    'Error from server: the server responded with the status code 502 but did not return more information',
  )
  expect(of(429, '{"kind":"Other"}').reason).toBe('TooManyRequests')
})

test('Retry-After is taken from the header, or from the details', () => {
  expect(of(429, '', '7').retryAfterSeconds).toBe(7)
  expect(of(429, status({ details: { retryAfterSeconds: 3 } })).retryAfterSeconds).toBe(3)
  expect(of(429, '', 'Wed, 21 Oct 2026 07:28:00 GMT').retryAfterSeconds).toBeUndefined()
  expect(of(429, '', '99999999999').retryAfterSeconds).toBeUndefined()
})

test('the advice fits the fault', () => {
  const advice = (code: number, reason: string, message: string) => of(code, status({ reason, message })).advice.join()
  expect(advice(403, 'Forbidden', 'exceeded quota: q')).toContain('ResourceQuota')
  expect(advice(403, 'Forbidden', 'pods "a" is forbidden: violates PodSecurity "restricted:latest": x')).toContain(
    'pod security level',
  )
  expect(advice(403, 'Forbidden', 'pods is forbidden')).toContain('permission')
  expect(advice(400, 'BadRequest', 'admission webhook "w" denied the request')).toContain('webhook')
  expect(advice(500, 'InternalError', 'failed calling webhook "w"')).toContain('webhook')
  expect(advice(401, 'Unauthorized', 'Unauthorized')).toContain('log in')
  expect(advice(404, 'NotFound', 'x')).toBe('')
})

test('whatever a server sends gives one error of bounded size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 300, max: 599 }), fc.oneof(fc.string(), fc.json()), (code, body) => {
      const error = of(code, body)
      expect(error.code).toBe(code)
      expect(error.message.length).toBeLessThan(5000)
    }),
  )
  expect(of(500, 'x'.repeat(MAX_ERROR_BYTES * 2)).message.length).toBeLessThan(5000)
  expect(
    of(422, status({ reason: 'Invalid', details: { kind: 'k'.repeat(9999), causes: [{ message: 'x'.repeat(9999) }] } }))
      .message.length,
  ).toBeLessThan(5000)
  expect(of(422, status({ reason: 'Invalid', message: 7, details: { causes: 'none' } })).message).toBe(
    'The request is invalid',
  )
})
