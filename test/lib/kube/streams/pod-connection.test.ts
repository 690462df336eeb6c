import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { type Stream, type StreamServer, startStreamServer } from '../stream-server.ts'

const TARGET = { namespace: 'shop', pod: 'web-1' }

/** As the kubelet begins: each channel with the port, little endian. */
function begin(stream: Stream, port = 8080): void {
  const bytes = Uint8Array.of(port & 0xff, port >> 8)
  stream.send(0, bytes)
  stream.send(1, bytes)
}

async function startServer(serve: (stream: Stream) => void | Promise<void>): Promise<StreamServer> {
  const server = await startStreamServer()
  server.serve(serve)
  return server
}

/** Answers each message with itself in capitals, and ends after "bye". */
async function echo(stream: Stream): Promise<void> {
  begin(stream)
  for (let count = 1; ; count++) {
    await stream.until(count)
    const said = stream.received[count - 1]?.slice(2) ?? ''
    stream.send(0, said.toUpperCase())
    if (said === 'bye') break
  }
  stream.socket.close(1000)
}

test('a connection to a port of a pod: what goes in, what comes out, and its end', async () => {
  await using server = await startServer(echo)
  await using client = await server.connect()
  const connection = await client.connectToPod(TARGET, 8080)
  connection.write('hello')
  expect((await once(connection, 'data')).join()).toBe('HELLO')
  connection.write('bye')
  expect(await text(connection)).toBe('BYE')
  const [stream] = server.streams
  expect(stream?.path).toBe('/api/v1/namespaces/shop/pods/web-1/portforward')
  expect(stream?.query.toString()).toBe('ports=8080')
  expect(stream?.headers).toMatchObject({
    authorization: 'Bearer secret',
    'sec-websocket-protocol': 'v4.channel.k8s.io',
  })
  expect(stream?.headers.accept).toBeUndefined()
})

test('the port at the beginning is no data, however it is cut', async () => {
  await using server = await startServer((stream) => {
    stream.send(1, Uint8Array.of(0x90))
    stream.send(0, Uint8Array.of(0x90))
    stream.send(0, Buffer.from('\u001fdata'))
    stream.send(1, Uint8Array.of(0x1f))
    stream.send(7, 'nobody knows this channel')
    stream.socket.close(1000)
  })
  await using client = await server.connect()
  expect(await text(await client.connectToPod(TARGET, 8080))).toBe('data')
})

test.each<[string, (stream: Stream) => void, object]>([
  [
    'where nobody listens',
    (stream) => {
      stream.send(1, 'error forwarding port 81 to pod x: dial tcp4 127.0.0.1:81: connect: connection refused')
      stream.socket.close(1000)
    },
    {
      kind: 'refused',
      message: 'error: error forwarding port 81 to pod x: dial tcp4 127.0.0.1:81: connect: connection refused',
    },
  ],
  [
    'to a pod that goes away',
    (stream) => {
      stream.send(1, 'error forwarding port 81 to pod x: network namespace is closed')
      stream.socket.terminate()
    },
    { kind: 'lost' },
  ],
  ['that is cut', (stream) => stream.socket.terminate(), { kind: 'lost' }],
  ['whose wire turns to garbage', (stream) => void stream.wire.write('HTTP/1.1 500 Oops\r\n\r\n'), { kind: 'lost' }],
])('a connection %s breaks with an error, after whatever has come', async (_name, end, error) => {
  await using server = await startServer((stream) => {
    begin(stream)
    stream.send(0, 'partial')
    end(stream)
  })
  await using client = await server.connect()
  const connection = await client.connectToPod(TARGET, 81)
  await expect(text(connection)).rejects.toMatchObject({ name: 'ConnectionError', ...error })
})

test('who writes all the time still hears why it broke', async () => {
  await using server = await startServer((stream) => {
    begin(stream)
    stream.send(1, 'error forwarding port 81: connection refused')
    stream.socket.close(1000)
  })
  await using client = await server.connect()
  const connection = await client.connectToPod(TARGET, 81)
  const writing = setInterval(() => connection.write('more'), 0)
  await expect(text(connection)).rejects.toMatchObject({ kind: 'refused' })
  clearInterval(writing)
})

test('a refusal, an abort before and after the opening, and the end of the client', async () => {
  await using server = await startServer(begin)
  const client = await server.connect()
  const reason = new Error('enough')
  await expect(client.connectToPod(TARGET, 1, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  expect(server.connections).toBe(0)
  const abort = new AbortController()
  const connection = await client.connectToPod(TARGET, 1, { signal: abort.signal })
  abort.abort(reason)
  await expect(text(connection)).rejects.toBe(reason)
  expect(await server.streams[0]?.closed).toBe(1000)
  const other = await client.connectToPod(TARGET, 1)
  await client[Symbol.asyncDispose]()
  await expect(text(other)).rejects.toMatchObject({ kind: 'closed' })
  server.onUpgrade((_request, socket) => {
    const body = JSON.stringify({ kind: 'Status', reason: 'Forbidden', message: 'pods "web-1" is forbidden' })
    socket.end(`HTTP/1.1 403 Forbidden\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  })
  await using next = await server.connect()
  await expect(next.connectToPod(TARGET, 1)).rejects.toMatchObject({
    message: 'Error from server (Forbidden): pods "web-1" is forbidden',
    advice: ['this needs the verbs get and create on pods/portforward in the namespace'],
  })
})

test('who reads slowly makes the server wait, and gets everything', async () => {
  const chunk = Buffer.alloc(64 << 10, 7)
  const chunks = 400
  await using server = await startServer((stream) => {
    begin(stream)
    for (let index = 0; index < chunks; index++) stream.send(0, chunk)
    stream.socket.close(1000)
  })
  await using client = await server.connect()
  const connection = await client.connectToPod(TARGET, 1)
  await once(connection, 'readable')
  const waiting = () => server.streams[0]?.socket.bufferedAmount ?? 0
  // As much leaves as the buffers on the way take, and not more however long one waits.
  let before: number
  do {
    before = waiting()
    await new Promise((resolve) => setTimeout(resolve, 300))
  } while (waiting() !== before)
  expect(before).toBeGreaterThan((chunks * chunk.length) / 3)
  let bytes = 0
  for await (const piece of connection as AsyncIterable<Buffer>) bytes += piece.length
  expect(bytes).toBe(chunks * chunk.length)
})

test('a server that reads slowly makes the writer wait', async () => {
  await using server = await startServer((stream) => {
    begin(stream)
    stream.wire.pause()
  })
  await using client = await server.connect()
  const connection = await client.connectToPod(TARGET, 1)
  let accepted = 0
  const fill = (stream: Duplex) => {
    while (accepted < 1000) {
      accepted += 1
      if (!stream.write(Buffer.alloc(64 << 10))) break
    }
  }
  connection.on('drain', () => fill(connection))
  fill(connection)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(accepted).toBeLessThan(1000)
  server.streams[0]?.wire.resume()
  await expect.poll(() => accepted, { timeout: 10_000 }).toBe(1000)
  connection.destroy()
})
