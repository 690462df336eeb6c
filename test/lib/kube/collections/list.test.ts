import { expect, test } from 'vitest'
import { startFaultServer } from '../fault-server.ts'

const PODS = '/api/v1/pods'
const nameOf = (item: Buffer) => (JSON.parse(item.toString()) as { metadata: { name: string } }).metadata.name
const names = (from: number, count: number) => Array.from({ length: count }, (_, index) => `pod-${from + index}`)
const pageOf = (items: readonly string[], next?: string) => ({
  kind: 'PodList',
  metadata: { resourceVersion: '9', ...(next === undefined ? {} : { continue: next }) },
  items: items.map((name) => ({ metadata: { name } })),
})

test('an extractor sees each item of each page once', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => {
    const from = Number(call.query.get('continue') ?? 0)
    call.reply(200, pageOf(names(from, 3), from < 6 ? String(from + 3) : undefined))
  })
  expect(await client.list(PODS, { limit: 3, extract: nameOf })).toEqual({ items: names(0, 9), resourceVersion: '9' })
})

test('items of a body that cannot be cut reach the extractor too', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  const items = names(0, 2).map((name) => ({ apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name } }))
  server.answer((call) => call.reply(200, { metadata: { resourceVersion: '9' }, items }))
  expect((await client.list('/apis/example.com/v1/things', { extract: nameOf })).items).toEqual(names(0, 2))
  // A claim template of a StatefulSet looks like an item of the list.
  const claims = [{ metadata: { name: 'claim-0' } }, { metadata: { name: 'claim-1' } }]
  const sets = [{ metadata: { name: 'set' }, spec: { volumeClaimTemplates: claims } }]
  server.answer((call) => call.reply(200, { metadata: {}, items: sets }))
  expect((await client.list('/apis/apps/v1/statefulsets', { extract: nameOf })).items).toEqual(['set'])
})

test('the next page is asked for while the first is looked at', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => {
    const from = Number(call.query.get('continue') ?? 0)
    call.reply(200, pageOf(names(from, 1), from < 2 ? String(from + 1) : undefined))
  })
  for await (const page of client.listPages(PODS, { limit: 1, extract: nameOf })) {
    expect(page.items).toEqual(['pod-0'])
    await expect.poll(() => server.calls.length).toBe(2)
    break
  }
})

test('a fold begins anew where the token of the next page has expired', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  let expired = false
  server.answer((call) => {
    const from = Number(call.query.get('continue') ?? 0)
    if (from === 2 && !expired) {
      expired = true
      call.reply(410, { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' })
    } else call.reply(200, pageOf(names(from, 2), from < 2 ? String(from + 2) : undefined))
  })
  const begin = () => ({ pods: 0 })
  const { result } = await client.fold(PODS, { limit: 2, extract: nameOf }, begin, (sum) => {
    sum.pods += 1
  })
  expect(result).toEqual({ pods: 4 })
})

test('protobuf is asked for where it can be decoded; an answer in JSON is read all the same, and one that is cut off is none', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  const accepted: unknown[] = []
  server.answer((call) => {
    accepted.push(call.headers.accept)
    call.reply(200, pageOf(names(0, 2)))
  })
  const decode = (bytes: Buffer, from: number, to: number) => bytes.toString('utf8', from, to)
  expect((await client.list(PODS, { extract: nameOf, decode })).items).toEqual(names(0, 2))
  expect(accepted).toEqual(['application/vnd.kubernetes.protobuf,application/json'])
  const page = 'k8s\0\x12\x10\x0a\x03\x12\x017\x12\x03one\x12\x04four'
  server.answer((call) => call.reply(200, page))
  expect(await client.list(PODS, { extract: nameOf, decode })).toEqual({ items: ['one', 'four'], resourceVersion: '7' })
  server.answer((call) => call.reply(200, page.slice(0, -1)))
  await expect(client.list(PODS, { extract: nameOf, decode })).rejects.toThrow('no list in protobuf')
})

test('a page that fails ends the list with its error', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => {
    if (call.query.get('continue') === null) call.reply(200, pageOf(names(0, 2), '2'))
    else call.reply(403, { kind: 'Status', code: 403, reason: 'Forbidden', message: 'no' })
  })
  await expect(client.list(PODS, { limit: 2, extract: nameOf })).rejects.toThrow('Error from server (Forbidden): no')
})
