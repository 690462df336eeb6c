import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitListItems } from '../../../../lib/kube/collections/list-items.ts'

const list = (items: readonly object[], metadata: object = { resourceVersion: '7' }) =>
  Buffer.from(JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata, items }))

const parsed = (body: Buffer) => {
  const page = splitListItems(body)
  return page === undefined
    ? undefined
    : { ...page, items: page.items.map((item) => JSON.parse(item.toString()) as unknown) }
}

test('a page is cut into its items, with the token of the next one', () => {
  const items = [{ metadata: { name: 'a' }, spec: { x: [1] } }, { metadata: { name: 'b' } }]
  const metadata = { resourceVersion: '7', continue: 'abc', remainingItemCount: 3 }
  expect(parsed(list(items, metadata))).toEqual({ metadata, items })
  // API servers end their answers with a newline.
  expect(parsed(Buffer.concat([list(items), Buffer.from('\n')]))?.items).toEqual(items)
})

test('an empty page has no items', () => {
  expect(parsed(list([]))).toEqual({ metadata: { resourceVersion: '7' }, items: [] })
})

test('what looks like the border of an item inside a string is none', () => {
  const items = [
    { metadata: { name: 'a', annotations: { evil: '},{"metadata":{' } } },
    { metadata: { name: '"items":[' } },
  ]
  expect(parsed(list(items))?.items).toEqual(items)
})

test('bodies of another shape are left alone', () => {
  expect(splitListItems(Buffer.from('{"metadata":{},"items":null}'))).toBeUndefined()
  expect(splitListItems(Buffer.from('{"items":[{"metadata":{"name":"a"}}],"kind":"PodList"}'))).toBeUndefined()
  expect(splitListItems(list([{ apiVersion: 'cilium.io/v2', metadata: { name: 'a' } }]))).toBeUndefined()
  expect(splitListItems(Buffer.from('<html>"items":[]}'))).toBeUndefined()
  expect(splitListItems(Buffer.from(''))).toBeUndefined()
})

test('whatever the items hold, they come back as they are', () => {
  const item = fc.record({
    metadata: fc.record({ name: fc.string(), labels: fc.dictionary(fc.string(), fc.string()) }),
    spec: fc.jsonValue(),
  })
  fc.assert(
    fc.property(fc.array(item, { maxLength: 5 }), (items) => {
      const body = list(items)
      const page = splitListItems(body)
      // An object like an item inside of one is cut too: then the pieces are no JSON, and the page is parsed whole.
      const isCutInside = body.toString().split('},{"metadata":{').length !== Math.max(1, items.length)
      if (!isCutInside) expect(parsed(body)?.items).toEqual(JSON.parse(JSON.stringify(items)))
      else expect(() => page?.items.map((piece) => JSON.parse(piece.toString()) as unknown)).toThrow(SyntaxError)
    }),
  )
})
