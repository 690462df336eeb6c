import { type IncomingHttpHeaders, request } from 'node:http'
import type { Duplex } from 'node:stream'

export interface SingleRequest {
  /** With the query. */
  path: string
  headers: Readonly<Record<string, string>>
}

export interface WholeAnswer {
  code: number
  headers: IncomingHttpHeaders
  body: Buffer
}

/**
 * GETs something over a connection that is for this one request, with HTTP/1.1. The connection stays the caller's, to be
 * destroyed.
 * @param carrier what lies below, where the connection is TLS over another
 * @throws Error when the connection breaks or the answer is larger than `maxBytes`
 */
export function exchangeOver(
  socket: Duplex,
  { path, headers }: SingleRequest,
  maxBytes: number,
  carrier: Duplex = socket,
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    // The wire's own reason says more than what TLS or HTTP make of it, and comes first.
    carrier.on('error', reject)
    socket.on('error', reject)
    const outgoing = request({
      createConnection: () => socket,
      path,
      headers: { connection: 'close', ...headers },
      setDefaultHeaders: false,
    })
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('error', reject)
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        chunks.push(chunk)
        if (bytes <= maxBytes) return
        reject(new Error(`the answer is larger than ${maxBytes} bytes`))
        outgoing.destroy()
      })
      response.on('end', () => {
        if (!response.complete) reject(new Error('unexpected EOF'))
        else resolve({ code: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
      })
    })
    outgoing.end()
  })
}
