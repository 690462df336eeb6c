import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseQueryResult, parseRefusal } from '../../../../lib/prometheus/server/result.ts'

const body = (resultType: string, result: unknown, more = {}) =>
  JSON.stringify({ status: 'success', data: { resultType, result }, ...more })

test('vectors, matrices and scalars are series of points', () => {
  expect(parseQueryResult(body('vector', [{ metric: { job: 'a' }, value: [1.5, '2'] }]))).toEqual({
    series: [{ labels: { job: 'a' }, points: [{ atMs: 1500, value: 2 }] }],
    warnings: [],
  })
  const values = [
    [1, '1'],
    [2, '4e-3'],
  ]
  expect(parseQueryResult(body('matrix', [{ metric: {}, values }]))?.series[0]?.points).toEqual([
    { atMs: 1000, value: 1 },
    { atMs: 2000, value: 0.004 },
  ])
  expect(parseQueryResult(body('scalar', [1795268825.159, '7']))?.series).toEqual([
    { labels: {}, points: [{ atMs: 1795268825159, value: 7 }] },
  ])
})

test('what is no number stays what it is, and never becomes 0', () => {
  const values = ['NaN', '+Inf', '-Inf', '-0', '1e400'].map((text, second) => [second, text])
  const points = parseQueryResult(body('matrix', [{ metric: {}, values: values.slice(0, 4) }]))?.series[0]?.points
  expect(points?.map(({ value }) => value)).toEqual([Number.NaN, Infinity, -Infinity, -0])
  expect(parseQueryResult(body('matrix', [{ metric: {}, values }]))).toBeUndefined()
})

test('nothing found is an empty list; warnings come along', () => {
  expect(parseQueryResult(body('vector', [], { warnings: ['a store is away', 7] }))).toEqual({
    series: [],
    warnings: ['a store is away'],
  })
})

test.for([
  '',
  '<html>',
  'null',
  '[]',
  '{"status":"success"}',
  '{"status":"error","error":"x"}',
  body('string', [1, 'x']),
  body('vector', {}),
  body('vector', [{ metric: {}, value: [1] }]),
  body('vector', [{ metric: {}, value: [1, 2] }]),
  body('vector', [{ metric: {}, value: ['1', '2'] }]),
  body('vector', [{ metric: {}, value: [1, ''] }]),
  body('vector', [{ metric: { a: 1 }, value: [1, '2'] }]),
  body('vector', [{ value: [1, '2'] }]),
  body('vector', [{ metric: {}, histogram: [1, { count: '1', sum: '1' }] }]),
])('%s is no result', (text) => {
  expect(parseQueryResult(text)).toBeUndefined()
})

test('a refusal is what the API says, and nothing else', () => {
  expect(parseRefusal('{"status":"error","errorType":"bad_data","error":"parse error"}')).toEqual({
    errorType: 'bad_data',
    error: 'parse error',
  })
  expect(parseRefusal('{"status":"error","error":"x"}')).toEqual({ errorType: '', error: 'x' })
  for (const text of ['', 'no', '{"status":"error"}', body('vector', [])]) expect(parseRefusal(text)).toBeUndefined()
})

test('every vector that Prometheus can write is read as it was', () => {
  const labels = fc.dictionary(fc.stringMatching(/^[a-z_]{1,8}$/), fc.string())
  const sample = fc.record({ labels, seconds: fc.integer({ min: 0, max: 2 ** 32 }), value: fc.double({ noNaN: true }) })
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 5 }), (samples) => {
      const text = (value: number) => (Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf')
      const result = samples.map((one) => ({ metric: one.labels, value: [one.seconds, text(one.value)] }))
      const read = parseQueryResult(body('vector', result))?.series
      expect(read?.map(({ points }) => points[0]?.atMs)).toEqual(samples.map(({ seconds }) => seconds * 1000))
      // JSON has no −0, and String() writes none.
      expect(read?.map(({ points }) => points[0]?.value)).toEqual(samples.map(({ value }) => value + 0))
      expect(read?.map((one) => ({ ...one.labels }))).toEqual(samples.map((one) => ({ ...one.labels })))
    }),
  )
})
