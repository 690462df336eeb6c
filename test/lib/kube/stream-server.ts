import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { type FaultServer, type FaultServerOptions, startFaultServer } from './fault-server.ts'

/** One open stream to a pod, as the server sees it. */
export interface Stream {
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  /** Name, value, name, value …, as they came. */
  readonly rawHeaders: readonly string[]
  /** Below the WebSocket, for what no WebSocket would do. */
  readonly wire: Duplex
  readonly socket: WebSocket
  /** `channel:text` of each message so far. */
  readonly received: readonly string[]
  /** Bytes that came on each channel. */
  readonly bytes: ReadonlyMap<number, number>
  send(channel: number, data: string | Uint8Array): void
  /** Waits until `received` has so many messages. */
  until(count: number): Promise<void>
  /** Resolves to the code of the WebSocket's end. */
  readonly closed: Promise<number>
}

export interface StreamServer extends FaultServer {
  readonly streams: readonly Stream[]
  /** What happens to streams from now on. */
  serve(handler: (stream: Stream) => void | Promise<void>): void
  /** What it does to a request to switch protocols, for those who look at that first by `onUpgrade`. */
  upgrade(request: IncomingMessage, wire: Duplex, head: Buffer): void
}

export interface StreamServerOptions extends FaultServerOptions {
  /** Subprotocols that it knows; default: all that anybody asks for. */
  knows?: readonly string[]
}

export const SUCCESS = JSON.stringify({ kind: 'Status', status: 'Success' })

/** What a server says of a command that ended with this code. */
export function exited(code: number | string): string {
  return JSON.stringify({
    kind: 'Status',
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  })
}

/** An API server with streams to pods (exec, port-forward), which does to them what a test wants. */
export async function startStreamServer({ knows, ...options }: StreamServerOptions = {}): Promise<StreamServer> {
  const server = await startFaultServer(options)
  const streams: Stream[] = []
  let handler = (_stream: Stream): void | Promise<void> => {}
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (protocols) => [...protocols].find((name) => knows?.includes(name) ?? true) ?? false,
  })
  const upgrade: StreamServer['upgrade'] = (request, wire, head) =>
    sockets.handleUpgrade(request, wire, head, (socket) => {
      const stream = streamOf(request, wire, socket)
      streams.push(stream)
      void handler(stream)
    })
  server.onUpgrade(upgrade)
  return Object.assign(server, {
    streams,
    upgrade,
    serve(next: typeof handler) {
      handler = next
    },
  })
}

function streamOf(request: IncomingMessage, wire: Duplex, socket: WebSocket): Stream {
  const url = new URL(request.url ?? '', 'https://server')
  const received: string[] = []
  const bytes = new Map<number, number>()
  const waiting = new Set<() => void>()
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  socket.on('error', () => {})
  socket.on('message', (data: Buffer) => {
    const [channel = -1] = data
    received.push(`${channel}:${channel === 255 ? [...data.subarray(1)].join() : data.subarray(1).toString()}`)
    bytes.set(channel, (bytes.get(channel) ?? 0) + data.length - 1)
    for (const wake of waiting) wake()
  })
  return {
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    rawHeaders: request.rawHeaders,
    wire,
    socket,
    received,
    bytes,
    closed,
    send: (channel, data) => socket.send(Buffer.concat([Uint8Array.of(channel), Buffer.from(data)])),
    until: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (received.length < count) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}
