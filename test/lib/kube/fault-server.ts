import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { constants, createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { connect, type KubeClient } from '../../../lib/kube/client.ts'
import type { ConnectionOptions } from '../../../lib/kube/kubeconfig/connection-options.ts'
import { certificateFile, createAuthority, issueCertificate, keyFile } from '../../cluster/certificates.ts'

/** One request that the server got, with everything it can do about it. */
export interface Call {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Name, value, name, value …, as they came. */
  readonly rawHeaders: readonly string[]
  readonly body: string
  /** 1 for the first connection that the server accepted. */
  readonly connection: number
  /** 1 for the first request with this method and path. */
  readonly attempt: number
  readonly protocol: 'http1' | 'http2'
  /** Common name of the client's certificate; empty without one. */
  readonly clientName: string
  /** Answers and ends. An object goes as JSON. */
  reply(code: number, body?: string | object, headers?: Readonly<Record<string, string>>): void
  /** Sends the head of an answer, then pieces of its body. */
  begin(code?: number): void
  /** false: the client reads more slowly; wait for onDrain. */
  write(piece: string | object): boolean
  onDrain(listener: () => void): void
  /** Called when the request is over, whoever ended it. */
  onClose(listener: () => void): void
  end(): void
  /** Breaks off this answer only, by RST_STREAM with INTERNAL_ERROR. */
  reset(): void
  /** Says that it has not looked at the request, by RST_STREAM with REFUSED_STREAM. */
  refuse(): void
  /** Announces the end of the connection, by GOAWAY. */
  goAway(code?: number): void
  /** Breaks the connection itself. */
  cut(): void
}

export interface FaultServer extends AsyncDisposable {
  readonly url: string
  /** File with the authority that has signed the server's certificate. */
  readonly authorityFile: string
  readonly folder: string
  /** Connections accepted so far. */
  readonly connections: number
  /** Of these, how many are open. */
  readonly open: number
  readonly calls: readonly Call[]
  /** What happens to requests from now on. */
  answer(handler: (call: Call) => void): void
  /** What happens to requests to switch protocols; without it, they are requests like others. */
  onUpgrade(listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): void
  /** A client of this server, with a token. */
  connect(options?: ConnectionOptions): Promise<KubeClient>
}

export interface FaultServerOptions {
  /** Default: HTTP/2, and HTTP/1.1 for those who cannot. */
  protocol?: 'http1' | 'http2' | 'plain'
  /** Names and addresses in its certificate; default 127.0.0.1 and localhost. */
  hosts?: readonly string[]
  requestCertificate?: boolean
}

/** An API server that can misbehave in every way a test asks for. It listens on 127.0.0.1. */
export async function startFaultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-perf-fault-'))
  await createAuthority(folder)
  await issueCertificate(folder, 'server', { user: 'server', hosts: options.hosts ?? ['127.0.0.1', 'localhost'] })
  await issueCertificate(folder, 'client', { user: 'client' })

  const calls: Call[] = []
  // By session over HTTP/2, by socket over HTTP/1.1.
  const numbers = new WeakMap<object, number>()
  const sockets = new Set<Socket>()
  let connections = 0
  let handler = (call: Call): void => call.reply(200, {})

  const onRequest = async (request: Http2ServerRequest, response: Http2ServerResponse) => {
    const session = request.httpVersionMajor === 2 ? request.stream.session : undefined
    let body = ''
    try {
      for await (const chunk of request.setEncoding('utf8')) body += chunk
    } catch {
      return
    }
    const url = new URL(request.url, 'https://server')
    const peer = (session?.socket ?? request.socket) as Partial<TLSSocket>
    const isSame = (call: Call) => call.method === request.method && call.path === url.pathname
    const call = makeCall(request, response, {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      body,
      clientName: String(peer.getPeerCertificate?.().subject?.CN ?? ''),
      connection: numbers.get(session ?? request.socket) ?? 0,
      attempt: calls.filter(isSame).length + 1,
    })
    calls.push(call)
    handler(call)
  }
  const number = (socket: Socket) => {
    numbers.set(socket, ++connections)
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  }
  // Node's HTTP/2 server hands out the same objects for HTTP/1.1 requests, as far as this file looks at them.
  const onPlainRequest = (request: IncomingMessage, response: ServerResponse) =>
    void onRequest(request as unknown as Http2ServerRequest, response as unknown as Http2ServerResponse)
  const tls = {
    key: await readFile(keyFile(folder, 'server')),
    cert: await readFile(certificateFile(folder, 'server')),
    ca: await readFile(certificateFile(folder, 'ca')),
    requestCert: options.requestCertificate ?? false,
  }
  const server =
    options.protocol === 'plain'
      ? createPlainServer(onPlainRequest).on('connection', number)
      : options.protocol === 'http1'
        ? createTlsServer(tls, onPlainRequest).prependListener('secureConnection', number)
        : createSecureServer({ ...tls, allowHTTP1: options.protocol !== 'http2' })
            .on('request', (request, response) => void onRequest(request, response))
            .prependListener('secureConnection', number)
            .on('session', (session) => {
              // Made while the listeners of its connection run, so it is the last one that was counted.
              numbers.set(session, connections)
              session.on('error', () => {})
            })
  // Also those that never come as far as TLS: they would keep the server from closing.
  const accepted = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    accepted.add(socket)
    socket.on('close', () => accepted.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `${options.protocol === 'plain' ? 'http' : 'https'}://127.0.0.1:${port}`

  return {
    url,
    folder,
    authorityFile: certificateFile(folder, 'ca'),
    get connections() {
      return connections
    },
    get open() {
      return sockets.size
    },
    calls,
    answer(next) {
      handler = next
    },
    onUpgrade: (listener) => void server.removeAllListeners('upgrade').on('upgrade', listener),
    connect: (more = {}) =>
      connect(
        { server: url, certificateAuthority: certificateFile(folder, 'ca'), token: 'secret', ...more },
        { variables: {}, homeDirectory: folder, workingDirectory: folder },
      ),
    async [Symbol.asyncDispose]() {
      for (const socket of [...sockets, ...accepted]) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true })
    },
  }
}

function makeCall(
  request: Http2ServerRequest,
  response: Http2ServerResponse,
  known: Pick<Call, 'method' | 'path' | 'query' | 'body' | 'clientName' | 'connection' | 'attempt'>,
): Call {
  const stream = request.httpVersionMajor === 2 ? request.stream : undefined
  const text = (body: string | object) => (typeof body === 'string' ? body : JSON.stringify(body))
  response.on('error', () => {})
  return {
    ...known,
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    protocol: stream === undefined ? 'http1' : 'http2',
    reply(code, body = '', headers = {}) {
      response.writeHead(code, { 'content-type': 'application/json', ...headers })
      response.end(text(body))
    },
    begin(code = 200) {
      response.writeHead(code, { 'content-type': 'application/json' })
      if (stream === undefined) response.write('')
    },
    write: (piece) => response.write(text(piece)),
    onDrain: (listener) => void response.once('drain', listener),
    onClose: (listener) => void response.once('close', listener),
    end: () => void response.end(),
    reset: () => stream?.destroy(new Error('reset')),
    refuse: () => stream?.close(constants.NGHTTP2_REFUSED_STREAM),
    goAway: (code = constants.NGHTTP2_NO_ERROR) => stream?.session?.goaway(code),
    cut: () => void (stream?.session ?? request.socket).destroy(),
  }
}
