import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import { type AddressInfo, connect as connectTcp } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'
import { connect } from '../../../../lib/kube/client.ts'
import { certificateFile, keyFile } from '../../../cluster/certificates.ts'
import { type Stream, type StreamServer, startStreamServer } from '../stream-server.ts'

const TARGET = {
  namespace: 'kube-system',
  pod: 'kube-scheduler-a',
  port: 10259,
  path: '/metrics',
  accept: 'text/plain',
}
const OPTIONS = { timeoutMs: 10_000 }

interface Seen {
  path: string | undefined
  authorization: string | undefined
  accept: string | undefined
  clientName: string | undefined
}

/** A server inside a pod, with a certificate that nobody knows, and an API server that connects to it. */
async function startPod(reply: { code: number; body: string } = { code: 200, body: 'up 1\n' }) {
  const server = await startStreamServer()
  const seen: Seen[] = []
  const inside: Server = createServer(
    {
      key: await readFile(keyFile(server.folder, 'server')),
      cert: await readFile(certificateFile(server.folder, 'server')),
      ca: await readFile(certificateFile(server.folder, 'ca')),
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const { CN } = (request.socket as TLSSocket).getPeerCertificate().subject ?? {}
      const { authorization, accept } = request.headers
      seen.push({ path: request.url, authorization, accept, clientName: Array.isArray(CN) ? CN[0] : CN })
      response.writeHead(reply.code).end(reply.body)
    },
  )
  await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve))
  server.serve((stream) => join(stream, (inside.address() as AddressInfo).port))
  return {
    server,
    seen,
    async [Symbol.asyncDispose]() {
      inside.closeAllConnections()
      await new Promise((resolve) => inside.close(resolve))
      await server[Symbol.asyncDispose]()
    },
  }
}

function join(stream: Stream, port: number): void {
  stream.send(0, Uint8Array.of(0x13, 0x28))
  stream.send(1, Uint8Array.of(0x13, 0x28))
  const socket = connectTcp(port, '127.0.0.1')
  stream.socket.on('message', (data: Buffer) => socket.write(data.subarray(1)))
  stream.socket.on('close', () => socket.destroy())
  socket.on('data', (data) => stream.send(0, data))
  socket.on('error', () => {})
  socket.on('close', () => stream.socket.close(1000))
}

const connectTo = ({ url, authorityFile, folder }: StreamServer, options: Parameters<typeof connect>[0]) =>
  connect(
    { server: url, certificateAuthority: authorityFile, ...options },
    { variables: {}, homeDirectory: folder, workingDirectory: folder },
  )

test("the user's token reaches the server inside the pod", async () => {
  await using pod = await startPod()
  await using client = await connectTo(pod.server, { token: 'mine' })
  expect(await client.getFromPod(TARGET, OPTIONS)).toBe('up 1\n')
  expect(pod.seen).toEqual([
    { path: '/metrics', authorization: 'Bearer mine', accept: 'text/plain', clientName: undefined },
  ])
  const [stream] = pod.server.streams
  expect(`${stream?.path}?${stream?.query.toString()}`).toBe(
    '/api/v1/namespaces/kube-system/pods/kube-scheduler-a/portforward?ports=10259',
  )
  expect(await stream?.closed).toBe(1000)
})

test("the user's certificate does, and nothing else of theirs", async () => {
  await using pod = await startPod()
  const { folder } = pod.server
  await using client = await connectTo(pod.server, {
    clientCertificate: certificateFile(folder, 'client'),
    clientKey: keyFile(folder, 'client'),
  })
  expect(await client.getFromPod(TARGET, OPTIONS)).toBe('up 1\n')
  expect(pod.seen).toMatchObject([{ authorization: undefined, clientName: 'client' }])
})

test('somebody else cannot be impersonated there', async () => {
  await using pod = await startPod()
  await using client = await connectTo(pod.server, { token: 'mine', as: 'jane' })
  await expect(client.getFromPod(TARGET, OPTIONS)).rejects.toMatchObject({
    message: 'error: only the API server knows whom to impersonate',
  })
  expect(pod.server.connections).toBe(0)
})

test('a refusal in the words of the server inside', async () => {
  const message = 'forbidden: User "jane" cannot get path "/metrics"'
  await using pod = await startPod({
    code: 403,
    body: JSON.stringify({ kind: 'Status', reason: 'Forbidden', message }),
  })
  await using client = await connectTo(pod.server, { token: 'mine' })
  await expect(client.getFromPod(TARGET, OPTIONS)).rejects.toMatchObject({
    name: 'ApiError',
    code: 403,
    serverMessage: message,
  })
})

test.each<[string, (stream: Stream) => void, object]>([
  [
    'nobody listens there',
    (stream) => {
      stream.send(1, '\u0013\u0028')
      stream.send(1, 'error forwarding port 10259: connect: connection refused')
      stream.socket.close(1000)
    },
    { kind: 'refused', message: 'error: error forwarding port 10259: connect: connection refused' },
  ],
  ['the connection is cut', ({ socket }) => socket.terminate(), { kind: 'lost' }],
  ['the connection ends at once', ({ socket }) => socket.close(1000), { name: 'ConnectionError' }],
  [
    'what answers there speaks no TLS',
    (stream) => stream.send(0, '\u0013\u0028HTTP/1.1 400 Bad Request\r\n\r\n'),
    { name: 'ConnectionError' },
  ],
])('an error where %s', async (_name, serve, error) => {
  await using server = await startStreamServer()
  server.serve(serve)
  await using client = await connectTo(server, { token: 'mine' })
  await expect(client.getFromPod(TARGET, OPTIONS)).rejects.toMatchObject(error)
})

test('who never answers is given up in time, and at once when the signal aborts', async () => {
  await using server = await startStreamServer()
  await using client = await connectTo(server, { token: 'mine' })
  await expect(client.getFromPod(TARGET, { timeoutMs: 200 })).rejects.toMatchObject({
    kind: 'timeout',
    message: 'error: pod "kube-scheduler-a" gave no answer within 0.2s',
  })
  await server.streams[0]?.closed
  const reason = new Error('enough')
  const abort = new AbortController()
  server.serve(() => abort.abort(reason))
  await expect(client.getFromPod(TARGET, { ...OPTIONS, signal: abort.signal })).rejects.toBe(reason)
})
