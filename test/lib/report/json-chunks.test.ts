import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonChunks } from '../../../lib/report/json-chunks.ts'

test('together they are what JSON.stringify makes', () => {
  const values = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()))
  fc.assert(
    fc.property(values, (value) => {
      expect([...jsonChunks(value)].join('')).toBe(JSON.stringify(value, null, 2))
    }),
  )
})

test('what is undefined is left out of objects, and null in lists', () => {
  const value = { a: undefined, b: [undefined, { c: undefined }], d: { e: undefined } }
  expect([...jsonChunks(value)].join('')).toBe(JSON.stringify(value, null, 2))
})

test('no part of a long list is much longer than a chunk', () => {
  const details = {
    pods: Array.from({ length: 20_000 }, (_, index) => ({ name: `pod-${index}`, ms: { ready: index } })),
  }
  const chunks = [...jsonChunks({ details })]
  expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(70_000)
  expect(chunks.join('')).toBe(JSON.stringify({ details }, null, 2))
})
