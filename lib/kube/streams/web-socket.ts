import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { apiErrorOf, MAX_ERROR_BYTES } from '../api-error.ts'
import { ConnectionError, describeNetworkFault } from '../connection-error.ts'
import type { Lanes } from '../http/lanes.ts'
import { repeatedHeaders } from '../http/repeated-headers.ts'
import type { Connection } from '../kubeconfig/connection.ts'

/** The API server and the container runtimes send at most 32 kB at a time. */
const MAX_MESSAGE_BYTES = 8 << 20

export interface WebSocketRequest {
  /** With the query, as the API server knows it. */
  path: string
  /** Subprotocols, the best first. */
  protocols: readonly string[]
  headers: Readonly<Record<string, string>>
}

/**
 * Opens a WebSocket (RFC 6455) to the API server, in one try on a connection of its own. `attach` gets it before
 * anything can have come through it.
 * @throws ApiError when the server refuses, ConnectionError, or the signal's reason
 */
export async function openWebSocket(
  lanes: Pick<Lanes, 'openOwn'>,
  { url, impersonation }: Pick<Connection, 'url' | 'impersonation'>,
  { path, protocols, headers }: WebSocketRequest,
  signal: AbortSignal,
  attach: (socket: WebSocket) => void,
): Promise<WebSocket> {
  const connection = await lanes.openOwn(signal)
  const basePath = url.pathname === '/' ? '' : url.pathname
  const target = new URL(basePath + path, url)
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(target, [...protocols], {
      createConnection: () => connection,
      headers: { ...headers, ...repeatedHeaders(impersonation), host: url.host },
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      skipUTF8Validation: true,
    })
    const settle = (finish: () => void) => {
      signal.removeEventListener('abort', abandon)
      finish()
    }
    const fail = (reason: unknown) =>
      settle(() => {
        socket.terminate()
        connection.destroy()
        reject(reason)
      })
    const abandon = () => fail(signal.reason)
    signal.addEventListener('abort', abandon)
    // After its opening it has listeners that `attach` gave it; an error before or beside them ends nothing but itself.
    socket.on('error', (error) => fail(handshakeFault(error, url)))
    socket.on('unexpected-response', (_request, response) => void refusal(response).then(fail, fail))
    socket.on('open', () => settle(() => resolve(socket)))
    attach(socket)
    if (signal.aborted) abandon()
  })
}

/** What the server says instead of switching protocols. */
async function refusal(response: IncomingMessage): Promise<Error> {
  const { statusCode: code = 0, statusMessage = '', headers } = response
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= MAX_ERROR_BYTES) break
    }
  } catch {
    // An answer that breaks off is judged by what came of it.
  }
  if (code >= 400) return apiErrorOf(code, Buffer.concat(chunks), headers['retry-after'])
  return badHandshake(`websocket: bad handshake (${code} ${statusMessage})`)
}

function handshakeFault(error: Error, url: URL): ConnectionError {
  // The library's own complaints about an answer have no code; what the network says has one.
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) return badHandshake(`websocket: ${error.message}`, error)
  return describeNetworkFault(error, { host: url.host }, true)
}

function badHandshake(reason: string, cause?: Error): ConnectionError {
  return new ConnectionError(`error: unable to upgrade connection: ${reason}`, {
    kind: 'bad-answer',
    wasSent: true,
    cause,
    advice: ['check that every proxy on the way to the API server lets WebSockets pass'],
  })
}
