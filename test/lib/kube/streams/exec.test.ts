import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { KubeClient } from '../../../../lib/kube/client.ts'
import { openCredentials } from '../../../../lib/kube/credentials/open-credentials.ts'
import { shareSignals } from '../../../../lib/kube/http/cancellation.ts'
import { openLanes } from '../../../../lib/kube/http/lanes.ts'
import { resolveConnection } from '../../../../lib/kube/kubeconfig/resolve-connection.ts'
import { openChannels } from '../../../../lib/kube/streams/channel-socket.ts'
import type { ExecOptions } from '../../../../lib/kube/streams/exec.ts'
import { runInPod } from '../../../../lib/kube/streams/run-in-pod.ts'
import { startFaultServer } from '../fault-server.ts'
import { exited, type Stream, type StreamServer, SUCCESS, startStreamServer } from '../stream-server.ts'

const TARGET = { namespace: 'shop', pod: 'web-1', container: 'main' }
const OPTIONS = { timeoutMs: 10_000 }
const LOST = { name: 'ConnectionError', kind: 'lost' }
const BAD = { name: 'ConnectionError', kind: 'bad-answer' }

const run = (client: KubeClient, options: Partial<ExecOptions> = {}) =>
  runInPod(client, TARGET, ['sh', '-c', 'echo "a b"'], { ...OPTIONS, ...options })

/** Runs a command on a server that serves each stream like this. */
async function runOn(serve: (stream: Stream) => void | Promise<void>, options: Partial<ExecOptions> = {}) {
  await using server = await startStreamServer()
  await using client = await server.connect()
  server.serve(serve)
  return await run(client, options)
}

test('output and exit code of a command, and what was asked for it', async () => {
  await using server = await startStreamServer()
  server.serve((stream) => {
    stream.send(1, '')
    stream.send(1, 'out ')
    stream.send(2, 'err')
    stream.send(1, 'put')
    stream.send(3, exited(3))
    stream.socket.close(1000)
  })
  await using client = await server.connect({ as: 'jane', asGroups: ['dev', 'ops'] })
  expect(await run(client)).toEqual({ stdout: 'out put', stderr: 'err', exitCode: 3 })
  const [stream] = server.streams
  expect(stream?.path).toBe('/api/v1/namespaces/shop/pods/web-1/exec')
  expect([...(stream?.query ?? [])]).toEqual([
    ['container', 'main'],
    ['command', 'sh'],
    ['command', '-c'],
    ['command', 'echo "a b"'],
    ['stdout', 'true'],
    ['stderr', 'true'],
  ])
  expect(stream?.headers).toMatchObject({
    authorization: 'Bearer secret',
    'impersonate-user': 'jane',
    'sec-websocket-protocol': 'v5.channel.k8s.io,v4.channel.k8s.io',
    'user-agent': 'kubectl-perf',
  })
  // A runtime that gets the request as it is would refuse it for a type that it does not have.
  expect(stream?.headers.accept).toBeUndefined()
  const groups = stream?.rawHeaders.filter((_, index, all) => all[index - 1]?.toLowerCase() === 'impersonate-group')
  expect(groups).toEqual(['dev', 'ops'])
  expect(client.statistics().connections).toBe(1)
})

test('a text for the input is all there is to read, however long it is', async () => {
  const text = 'x'.repeat(100_000)
  const result = await runOn(
    async (stream) => {
      await stream.until(5)
      const end = stream.received[4]
      stream.send(1, `${stream.bytes.get(0)} bytes, ${end}, ${stream.query.get('stdin')}`)
      stream.send(3, SUCCESS)
      stream.socket.close(1000)
    },
    { stdin: text },
  )
  expect(result.stdout).toBe('100000 bytes, 255:0, true')
})

test('what is written before the connection stands is not lost, and pieces of output tell when they came', async () => {
  await using server = await startStreamServer()
  server.serve(async (stream) => {
    await stream.until(1)
    stream.send(1, 'ready')
    await stream.until(2)
    stream.send(1, `got ${stream.received.join(' ')}`)
    await stream.until(3)
    stream.send(3, SUCCESS)
    stream.socket.close(1000)
  })
  await using client = await server.connect()
  const pieces: [text: string, atMs: number][] = []
  const command = client.exec(TARGET, ['cat'], {
    ...OPTIONS,
    stdin: true,
    onStdout(chunk, atMs) {
      pieces.push([Buffer.from(chunk).toString(), atMs])
      if (pieces.length === 1) command.write('two')
      else command.endInput()
    },
  })
  command.write('one')
  const { atMs } = await command.opened
  expect(await command.done).toEqual({ stdout: 'readygot 0:one 0:two', stderr: '', exitCode: 0 })
  expect(pieces.map(([text]) => text)).toEqual(['ready', 'got 0:one 0:two'])
  const times = [atMs, ...pieces.map(([, time]) => time), performance.now()]
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  // The command has ended: nobody reads this any more.
  expect(() => command.write('three')).toThrow('has ended')
})

test('a hundred commands at once each have their own connection and their own result', async () => {
  await using server = await startStreamServer()
  server.serve(async (stream) => {
    await stream.until(1)
    stream.send(1, stream.query.get('command') ?? '')
    stream.send(3, exited(Number(stream.query.get('command'))))
    stream.socket.close(1000)
  })
  await using client = await server.connect()
  const commands = Array.from({ length: 100 }, (_, index) =>
    client.exec(TARGET, [String(index + 1)], { ...OPTIONS, stdin: true }),
  )
  await Promise.all(commands.map((command) => command.opened))
  for (const command of commands) command.write('\n')
  const results = await Promise.all(commands.map((command) => command.done))
  expect(results).toEqual(commands.map((_, i) => ({ stdout: `${i + 1}`, stderr: '', exitCode: i + 1 })))
  expect(server.connections).toBe(100)
})

test.each<[string, (stream: Stream) => void, object]>([
  ['is cut', ({ socket }) => socket.terminate(), LOST],
  ['ends properly', ({ socket }) => socket.close(1000), LOST],
  ['ends with an error', ({ socket }) => socket.close(1011), LOST],
  ['is half-closed', ({ wire }) => void wire.end(), LOST],
  ['goes on in text', ({ socket }) => socket.send('hello'), BAD],
  ['goes on without a channel', ({ socket }) => socket.send(Buffer.alloc(0)), BAD],
  ['goes on in garbage', ({ wire }) => void wire.write(Buffer.from('HTTP/1.1 500 Oops\r\n\r\n')), LOST],
  [
    'goes on masked, which only clients do',
    ({ wire }) => void wire.write(Buffer.from([0x82, 0x81, 1, 2, 3, 4, 5])),
    LOST,
  ],
])('a connection that %s before the status came is an error, however much has come', async (_name, end, error) => {
  await expect(
    runOn((stream) => {
      stream.send(1, 'partial')
      end(stream)
    }),
  ).rejects.toMatchObject(error)
})

test('a connection that is cut in the middle of the status is an error', async () => {
  await expect(
    runOn((stream) => {
      stream.send(3, SUCCESS.slice(0, 20))
      stream.socket.close(1000)
    }),
  ).rejects.toMatchObject(BAD)
})

test('messages in fragments, a status in two messages, a channel that nobody knows', async () => {
  const result = await runOn((stream) => {
    stream.send(4, '{}')
    stream.socket.send(Buffer.from('\u0001ab'), { fin: false })
    stream.socket.ping()
    stream.socket.send(Buffer.from('cd'), { fin: true })
    stream.send(3, exited(7).slice(0, 30))
    stream.send(3, exited(7).slice(30))
    stream.socket.close(1000)
  })
  expect(result).toEqual({ stdout: 'abcd', stderr: '', exitCode: 7 })
})

test('frames that come byte by byte', async () => {
  const status = Buffer.from(`\u0003${SUCCESS}`)
  const frames = Buffer.concat([Buffer.from([0x82, 3, 1, 104, 105, 0x82, status.length]), status])
  const result = await runOn(async ({ wire, socket }) => {
    for (const byte of frames) {
      wire.write(Uint8Array.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    socket.close(1000)
  })
  expect(result).toEqual({ stdout: 'hi', stderr: '', exitCode: 0 })
})

test('a connection that stays open after the status makes no difference', async () => {
  await using server = await startStreamServer()
  server.serve((stream) => {
    stream.send(1, 'all')
    stream.send(3, SUCCESS)
  })
  await using client = await server.connect()
  expect(await run(client)).toEqual({ stdout: 'all', stderr: '', exitCode: 0 })
  await server.streams[0]?.closed
})

test('a command that could not be run', async () => {
  const message = 'Internal error occurred: unable to upgrade connection: container not found ("main")'
  await expect(
    runOn((stream) => {
      stream.send(3, JSON.stringify({ status: 'Failure', reason: 'InternalError', message, code: 500 }))
      stream.socket.close(1000)
    }),
  ).rejects.toMatchObject({ name: 'ApiError', code: 500, reason: 'InternalError', message: `error: ${message}` })
})

const forbidden = {
  kind: 'Status',
  status: 'Failure',
  reason: 'Forbidden',
  message:
    'pods "web-1" is forbidden: User "jane" cannot get resource "pods/exec" in API group "" in the namespace "shop"',
  code: 403,
}

test('refusals before the switch of protocols', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => call.reply(403, forbidden))
  await expect(run(client)).rejects.toMatchObject({
    name: 'ApiError',
    code: 403,
    message: `Error from server (Forbidden): ${forbidden.message}`,
    advice: ['this needs the verbs get and create on pods/exec in the namespace'],
  })
  server.answer((call) => call.reply(400, 'container nope is not valid'))
  await expect(run(client)).rejects.toMatchObject({ name: 'ApiError', code: 400 })
  server.answer((call) => call.reply(200, {}))
  await expect(run(client)).rejects.toMatchObject({
    ...BAD,
    message: 'error: unable to upgrade connection: websocket: bad handshake (200 OK)',
  })
  server.answer((call) => call.cut())
  await expect(run(client)).rejects.toMatchObject(LOST)
  // What may have begun is not tried again.
  expect(server.calls.length).toBe(4)
})

test('a server that sheds load is asked again, one that never was there is not', async () => {
  const server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => call.reply(call.attempt === 1 ? 429 : 404, '', { 'retry-after': '0' }))
  await expect(run(client)).rejects.toMatchObject({ code: 404, attempts: 2 })
  await using late = await server.connect()
  await server[Symbol.asyncDispose]()
  await expect(run(late)).rejects.toMatchObject({ kind: 'refused', attempts: 1 })
})

test.each([
  ['another subprotocol', 'v3.channel.k8s.io'],
  ['no subprotocol', undefined],
])('an answer with %s is no answer', async (_name, protocol) => {
  await using server = await startFaultServer()
  server.onUpgrade((request, socket) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const accept = createHash('sha1').update(key).digest('base64')
    const chosen = protocol === undefined ? '' : `Sec-WebSocket-Protocol: ${protocol}\r\n`
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${chosen}\r\n`,
    )
  })
  await using client = await server.connect()
  await expect(run(client)).rejects.toMatchObject({ ...BAD, message: expect.stringContaining('subprotocol') as string })
})

test('an older server: commands run, but it cannot say that the input has ended', async () => {
  await using server = await startStreamServer({ knows: ['v4.channel.k8s.io'] })
  server.serve(async (stream) => {
    if (stream.query.has('stdin')) await stream.until(1)
    stream.send(1, `read ${stream.received.join()}`)
    stream.send(3, SUCCESS)
    stream.socket.close(1000)
  })
  await using client = await server.connect()
  expect(await run(client)).toEqual({ stdout: 'read ', stderr: '', exitCode: 0 })
  const command = client.exec(TARGET, ['cat'], { ...OPTIONS, stdin: true })
  command.write('line\n')
  expect((await command.done).stdout).toBe('read 0:line\n')
  await expect(run(client, { stdin: 'text' })).rejects.toMatchObject({
    message: 'error: this API server cannot tell a command that its input has ended',
  })
})

test('time limits: before the connection stands, and for a command that does not end', async () => {
  await using server = await startStreamServer()
  server.serve((stream) => stream.send(1, 'partial'))
  await using client = await server.connect()
  const message = 'error: timed out after 1s waiting for the command to end'
  await expect(run(client, { timeoutMs: 1000 })).rejects.toMatchObject({ kind: 'timeout', message })
  expect(await server.streams[0]?.closed).toBe(1000)
  // Accepts, and never says anything.
  server.onUpgrade(() => {})
  const command = client.exec(TARGET, ['true'], { timeoutMs: 200 })
  await expect(command.opened).rejects.toMatchObject({ kind: 'timeout' })
  await expect(command.done).rejects.toMatchObject({ kind: 'timeout' })
  await using hasty = await server.connect({ requestTimeoutMs: 100 })
  await expect(run(hasty)).rejects.toMatchObject({
    kind: 'timeout',
    message: 'error: unable to upgrade connection: no answer within 0.1s',
  })
  await expect.poll(() => server.open).toBe(0)
})

test('an abort ends the input, closes the connection and rejects with its own reason', async () => {
  await using server = await startStreamServer()
  const begun = Promise.withResolvers<Stream>()
  server.serve((stream) => begun.resolve(stream))
  await using client = await server.connect()
  const abort = new AbortController()
  const command = client.exec(TARGET, ['cat'], { ...OPTIONS, stdin: true, signal: abort.signal })
  await command.opened
  const reason = new Error('enough')
  abort.abort(reason)
  await expect(command.done).rejects.toBe(reason)
  const stream = await begun.promise
  expect(await stream.closed).toBe(1000)
  expect(stream.received).toEqual(['255:0'])
  // Writing to what has been given up is no fault of the writer.
  command.write('late')
  // Before it begins: nothing is opened.
  await expect(run(client, { signal: abort.signal })).rejects.toBe(reason)
  expect(server.connections).toBe(1)
})

test('an abort while the connection is being opened', async () => {
  await using server = await startStreamServer()
  const asked = Promise.withResolvers<void>()
  server.onUpgrade(() => asked.resolve())
  await using client = await server.connect()
  const abort = new AbortController()
  const done = run(client, { signal: abort.signal })
  await asked.promise
  abort.abort(new Error('enough'))
  await expect(done).rejects.toThrow('enough')
  await expect.poll(() => server.open).toBe(0)
})

test('closing the client ends its commands', async () => {
  await using server = await startStreamServer()
  const client = await server.connect()
  const command = client.exec(TARGET, ['cat'], OPTIONS)
  await command.opened
  await client[Symbol.asyncDispose]()
  await expect(command.done).rejects.toMatchObject({ kind: 'closed' })
  await expect(run(client)).rejects.toMatchObject({ kind: 'closed' })
})

test('more output than the bound is an error, exactly as much is not', async () => {
  const serve = (stream: Stream) => {
    stream.send(1, 'x'.repeat(60))
    stream.send(2, 'y'.repeat(40))
    stream.send(3, SUCCESS)
    stream.socket.close(1000)
  }
  expect((await runOn(serve, { maxOutputBytes: 100 })).stderr.length).toBe(40)
  await expect(runOn(serve, { maxOutputBytes: 99 })).rejects.toMatchObject({
    ...BAD,
    message: 'error: the command wrote more than 99 bytes',
  })
  const chatter = (stream: Stream) => stream.send(3, ' '.repeat(70_000))
  await expect(runOn(chatter)).rejects.toMatchObject({
    ...BAD,
    message: 'error: the status of the command has more than 65536 bytes',
  })
})

test('a connection whose other end is silently gone is given up; one that answers pings is not', async () => {
  await using server = await startStreamServer()
  const abort = new AbortController()
  const open = async () => {
    const { promise: closed, resolve } = Promise.withResolvers<unknown>()
    const parts = await streamParts(server)
    const request = { path: '/x', protocols: ['v4.channel.k8s.io'], resource: 'pods/exec' }
    const events = { onMessage() {}, onClose: resolve }
    const socket = await openChannels(parts, request, events, abort.signal, { intervalMs: 20, silenceMs: 1500 })
    return { closed, socket }
  }
  let pings = 0
  server.serve(({ socket }) => void socket.on('ping', () => ++pings))
  const alive = await open()
  await expect.poll(() => pings).toBeGreaterThan(15)
  server.serve(({ wire }) => void wire.pause())
  const gone = await open()
  expect(await gone.closed).toMatchObject({ ...LOST, message: 'error: lost connection to pod: client connection lost' })
  alive.socket.close()
  expect(await alive.closed).toBeUndefined()
})

async function streamParts(server: StreamServer) {
  const connection = await resolveConnection(
    { server: server.url, certificateAuthority: server.authorityFile, token: 'x' },
    { variables: {}, homeDirectory: server.folder, workingDirectory: server.folder },
  )
  const credentials = await openCredentials(connection)
  const lanes = openLanes(connection, credentials)
  const closing = new AbortController().signal
  return { lanes, credentials, connection, cancellation: shareSignals(), headers: {}, closing }
}
