import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { connect } from '../../../../lib/kube/client.ts'
import { openSocket } from '../../../../lib/kube/http/open-socket.ts'
import { secureContextFor } from '../../../../lib/kube/http/tls-context.ts'
import { type FaultServer, startFaultServer } from '../fault-server.ts'

interface Proxy extends AsyncDisposable {
  readonly port: number
  /** What clients asked for: lines of a CONNECT request, or `host:port` over SOCKS. */
  readonly asked: string[]
}

async function startProxy(serve: (socket: Socket, asked: string[]) => Promise<void>): Promise<Proxy> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    void serve(socket, asked)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const once = (socket: Socket) => new Promise<Buffer>((resolve) => socket.once('data', resolve))

function join(socket: Socket, port: number): void {
  const upstream = connectTcp(port, '127.0.0.1')
  upstream.on('error', () => socket.destroy())
  upstream.pipe(socket).pipe(upstream)
}

const httpProxy = (answer = 'HTTP/1.1 200 Connection established\r\n\r\n') =>
  startProxy(async (socket, asked) => {
    const text = (await once(socket)).toString()
    asked.push(...text.split('\r\n').filter((line) => line !== ''))
    socket.write(answer)
    if (answer.includes(' 200 ')) join(socket, Number(/CONNECT [^:]+:(\d+)/.exec(text)?.[1]))
  })

const socksProxy = (password?: string) =>
  startProxy(async (socket, asked) => {
    const methods = [...(await once(socket)).subarray(2)]
    const method = password === undefined ? 0 : 2
    if (!methods.includes(method)) {
      socket.end(Buffer.from([5, 0xff]))
      return
    }
    socket.write(Buffer.from([5, method]))
    if (method === 2) {
      const request = await once(socket)
      const length = request[1] ?? 0
      const isRight = request.subarray(3 + length).toString() === password
      socket.write(Buffer.from([1, isRight ? 0 : 1]))
      if (!isRight) return
    }
    const request = await once(socket)
    const length = request[4] ?? 0
    const host = request.subarray(5, 5 + length).toString()
    const port = request.readUInt16BE(5 + length)
    asked.push(`${host}:${port}`)
    socket.write(Buffer.from([5, host === 'refused.example' ? 5 : 0, 0, 1, 0, 0, 0, 0, 0, 0]))
    join(socket, port)
  })

async function version(server: FaultServer, proxy: string, url = server.url): Promise<unknown> {
  const client = await connect(
    { server: url, certificateAuthority: server.authorityFile, tlsServerName: '127.0.0.1', token: 't' },
    { variables: { HTTPS_PROXY: proxy }, homeDirectory: '/nonexistent', workingDirectory: '/' },
  )
  try {
    return await client.getJson('/version')
  } finally {
    await client[Symbol.asyncDispose]()
  }
}

// Loopback never goes through a proxy, so the server is asked for by a name that only the proxy knows.
const named = (server: FaultServer, name = 'api.example') => server.url.replace('127.0.0.1', name)

test('an HTTP proxy is asked for a tunnel, with the password where there is one', async () => {
  await using server = await startFaultServer()
  await using proxy = await httpProxy()
  const port = new URL(server.url).port
  await version(server, `http://127.0.0.1:${proxy.port}`, named(server))
  await version(server, `http://writer:p%40ss@127.0.0.1:${proxy.port}`, named(server))
  const request = [`CONNECT api.example:${port} HTTP/1.1`, `Host: api.example:${port}`]
  const authorization = `Proxy-Authorization: Basic ${Buffer.from('writer:p@ss').toString('base64')}`
  expect(proxy.asked).toEqual([...request, ...request, authorization])
  expect(server.calls.map((call) => call.protocol)).toEqual(['http2', 'http2'])
})

test('a SOCKS 5 proxy resolves the name, with and without a password', async () => {
  await using server = await startFaultServer()
  await using open = await socksProxy()
  await using guarded = await socksProxy('secret')
  const address = `api.example:${new URL(server.url).port}`
  await version(server, `socks5://127.0.0.1:${open.port}`, named(server))
  await version(server, `socks5://writer:secret@127.0.0.1:${guarded.port}`, named(server))
  expect([open.asked, guarded.asked]).toEqual([[address], [address]])
})

test('a proxy that refuses, or is not there, is named', async () => {
  await using server = await startFaultServer()
  await using refusing = await httpProxy('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
  await using socks = await socksProxy('secret')
  const through = (proxy: string, name?: string) => version(server, proxy, named(server, name))
  await expect(through(`http://127.0.0.1:${refusing.port}`)).rejects.toThrow(
    `Unable to connect to the server: proxy 127.0.0.1:${refusing.port} refused the connection: 407 Proxy Authentication Required`,
  )
  await expect(through(`socks5://127.0.0.1:${socks.port}`)).rejects.toThrow(
    `Unable to connect to the server: socks connect tcp 127.0.0.1:${socks.port}: no acceptable authentication methods`,
  )
  await expect(through(`socks5://writer:wrong@127.0.0.1:${socks.port}`)).rejects.toThrow(
    `Unable to connect to the server: socks connect tcp 127.0.0.1:${socks.port}: username/password authentication failed`,
  )
  await expect(through(`socks5://writer:secret@127.0.0.1:${socks.port}`, 'refused.example')).rejects.toThrow(
    /socks connect tcp 127\.0\.0\.1:\d+->refused\.example:\d+: connection refused$/,
  )
  await expect(through('http://127.0.0.1:1')).rejects.toThrow(
    'Unable to connect to the server: proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused',
  )
  expect(server.connections).toBe(0)
})

test.each(['proxy', 'server'] as const)('who gives up does not wait for a %s that says nothing', async (which) => {
  const reached = Promise.withResolvers<Socket>()
  await using silent = await startProxy(async (socket) => reached.resolve(socket.resume()))
  const stop = new AbortController()
  const opening = openSocket(
    {
      url: new URL(`https://127.0.0.1:${silent.port}`),
      proxy: which === 'proxy' ? new URL(`http://127.0.0.1:${silent.port}`) : undefined,
      tls: { context: secureContextFor(undefined, undefined), serverName: undefined, verify: true },
      hint: undefined,
      alpnProtocols: ['h2'],
    },
    stop.signal,
  )
  const left = new Promise((resolve) => void reached.promise.then((socket) => socket.once('close', resolve)))
  await reached.promise
  const reason = new Error('enough')
  stop.abort(reason)
  await expect(opening).rejects.toBe(reason)
  await left
})
