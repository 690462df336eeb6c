import { expect, test } from 'vitest'
import { openScraper } from '../../../lib/kube/scrape.ts'
import { startFaultServer } from './fault-server.ts'

test('all scrapes go over one connection of their own, whatever else goes on', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  await using scraper = openScraper(client)
  server.answer((call) => call.reply(200, call.path === '/metrics' ? `a_total ${call.connection}\n` : {}))
  await client.getJson('/version')
  const first = await scraper.scrape()
  await Promise.all(Array.from({ length: 40 }, () => client.getJson('/version')))
  const second = await scraper.scrape()
  expect(second.text).toBe(first.text)
  expect(first.text).toBe('a_total 2\n')
  expect(first.receivedMs).toBeGreaterThanOrEqual(first.sentMs)
  expect(second.sentMs).toBeGreaterThan(first.receivedMs)
  expect(server.calls.find((call) => call.path === '/metrics')?.headers.accept).toBe('text/plain;version=0.0.4')
})

test('a scrape that is refused says so', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  await using scraper = openScraper(client)
  server.answer((call) => call.reply(403, 'forbidden: User "reader" cannot get path "/metrics"'))
  await expect(scraper.scrape()).rejects.toThrow(
    'Error from server (Forbidden): forbidden: User "reader" cannot get path "/metrics"',
  )
})
