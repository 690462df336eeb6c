import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import type { ExchangeHandler } from '../../../../lib/kube/http/exchange.ts'
import { openHttp2 } from '../../../../lib/kube/http/http2-connection.ts'

const LARGE_WINDOW_BYTES = 64 << 20

/** A server without TLS, behind a wire that can be made to swallow everything. */
async function startServer(onStream: (stream: ServerHttp2Stream) => void) {
  const sockets = new Set<Socket>()
  const nears = new Set<Socket>()
  let isDead = false
  let isFull = false
  // Bodies are as large as they like: what holds them up is the wire.
  const server = createHttp2Server({ settings: { initialWindowSize: LARGE_WINDOW_BYTES } }).on('stream', onStream)
  server.on('session', (session) => session.setLocalWindowSize(LARGE_WINDOW_BYTES))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const wire = createServer((near) => {
    const far = connect((server.address() as AddressInfo).port, '127.0.0.1')
    nears.add(near)
    if (isFull) near.pause()
    for (const socket of [near, far]) sockets.add(socket.on('error', () => {}))
    near.on('data', (chunk) => isDead || far.write(chunk))
    far.on('data', (chunk) => isDead || near.write(chunk))
    far.on('close', () => near.destroy())
  })
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve))
  const socket = connect((wire.address() as AddressInfo).port, '127.0.0.1')
  await new Promise((resolve) => socket.once('connect', resolve))
  return {
    socket,
    url: new URL('http://127.0.0.1'),
    /** Takes nothing more from the client. */
    stopReading() {
      isFull = true
      for (const near of nears) near.pause()
    },
    goSilent() {
      isDead = true
    },
    async [Symbol.asyncDispose]() {
      for (const open of [...sockets, socket]) open.destroy()
      await new Promise((resolve) => wire.close(resolve))
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function recorder() {
  const events: string[] = []
  const handler: ExchangeHandler = {
    onSent: () => events.push('sent'),
    onHeaders: (code) => events.push(`headers ${code}`),
    onData: (chunk) => events.push(`data ${chunk.toString()}`),
    onEnd: () => events.push('end'),
    onError: (error) => events.push(`error ${error.message}`),
  }
  return { events, handler }
}

const get = { method: 'GET', path: '/', headers: {}, body: undefined }
const noEvents = { onRoom() {}, onClose() {} }

test('a connection whose other end has silently gone is given up, and its requests with it', async () => {
  await using server = await startServer((stream) => stream.respond({ ':status': 200 }))
  let closed = false
  const connection = openHttp2(
    server.socket,
    server.url,
    {
      onRoom() {},
      onClose() {
        closed = true
      },
    },
    { silenceMs: 60_000, awaitedMs: 50, pingTimeoutMs: 1000, stuckMs: 60_000 },
  )
  const { events, handler } = recorder()
  connection.send(get, handler)
  await expect.poll(() => events).toEqual(['sent', 'headers 200'])
  // Pings are answered: silence alone is no fault.
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect([closed, connection.retiring, events.length]).toEqual([false, false, 2])
  server.goSilent()
  await expect.poll(() => closed).toBe(true)
  expect(events).toEqual(['sent', 'headers 200', 'error http2: client connection lost'])
  expect(connection.retiring).toBe(true)
})

test('a connection on which nothing is awaited is asked less often, and given up as well', async () => {
  let pings = 0
  await using server = await startServer((stream) => {
    stream.session?.on('ping', () => {
      pings += 1
    })
    stream.respond({ ':status': 204 }, { endStream: true })
  })
  let closed = false
  const onClose = () => {
    closed = true
  }
  const startMs = performance.now()
  const health = { silenceMs: 1000, awaitedMs: 20, pingTimeoutMs: 500, stuckMs: 60_000 }
  const connection = openHttp2(server.socket, server.url, { onRoom() {}, onClose }, health)
  const { events, handler } = recorder()
  connection.send(get, handler)
  await expect.poll(() => events).toEqual(['sent', 'headers 204', 'end'])
  await expect.poll(() => pings).toBeGreaterThan(0)
  expect(pings).toBeLessThan((performance.now() - startMs) / 1000 + 1)
  server.goSilent()
  await expect.poll(() => closed).toBe(true)
})

test('a connection that cannot write for long is given up, and its requests with it', async () => {
  await using server = await startServer((stream) => {
    stream.on('error', () => {})
    stream.resume().on('end', () => stream.respond({ ':status': 201 }, { endStream: true }))
  })
  let closed = false
  const onClose = () => {
    closed = true
  }
  const health = { silenceMs: 60_000, awaitedMs: 60_000, pingTimeoutMs: 60_000, stuckMs: 200 }
  const connection = openHttp2(server.socket, server.url, { onRoom() {}, onClose }, health)
  const first = recorder()
  connection.send({ ...get, method: 'POST', body: Buffer.alloc(100_000) }, first.handler)
  await expect.poll(() => first.events).toEqual(['sent', 'headers 201', 'end'])
  server.stopReading()
  const second = recorder()
  // More than the sockets' buffers hold.
  connection.send({ ...get, method: 'POST', body: Buffer.alloc(32 << 20) }, second.handler)
  await new Promise((resolve) => setTimeout(resolve, 100))
  const third = recorder()
  connection.send(get, third.handler)
  await expect.poll(() => closed, { timeout: 10_000 }).toBe(true)
  for (const { events } of [second, third]) expect(events).toEqual(['sent', 'error http2: client connection lost'])
})

test('a connection with nothing to write, or nothing to read, is no stuck one', async () => {
  await using server = await startServer((stream) => stream.respond({ ':status': 200 }))
  const health = { silenceMs: 60_000, awaitedMs: 60_000, pingTimeoutMs: 60_000, stuckMs: 20 }
  const connection = openHttp2(server.socket, server.url, noEvents, health)
  const { events, handler } = recorder()
  connection.send(get, handler)
  await expect.poll(() => events).toEqual(['sent', 'headers 200'])
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect([connection.retiring, events.length]).toEqual([false, 2])
})

test('a cancelled request is heard of no more, and leaves room', async () => {
  const streams: ServerHttp2Stream[] = []
  await using server = await startServer((stream) => {
    streams.push(stream)
    stream.on('error', () => {})
    stream.respond({ ':status': 200 })
    stream.write('a')
  })
  const connection = openHttp2(server.socket, server.url, noEvents)
  const { events, handler } = recorder()
  const transfer = connection.send(get, handler)
  await expect.poll(() => events).toEqual(['sent', 'headers 200', 'data a'])
  expect(connection.inFlight).toBe(1)
  transfer.cancel()
  expect(connection.inFlight).toBe(0)
  await expect.poll(() => streams[0]?.rstCode).toBe(8)
  expect(events.length).toBe(3)
  connection.retire()
})

test('the server’s limit of streams is kept', async () => {
  const server = createHttp2Server({ settings: { maxConcurrentStreams: 7 } }).on('stream', (stream) =>
    stream.on('error', () => {}),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const connection = openHttp2(socket, new URL('http://127.0.0.1'), noEvents)
  await expect.poll(() => connection.free).toBe(7)
  connection.send(get, recorder().handler)
  expect(connection.free).toBe(6)
  connection.destroy(new Error('done'))
  await new Promise((resolve) => server.close(resolve))
})
