import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionEvents, HttpConnection, Transfer } from './exchange.ts'

/** Speaks HTTP/1.1 over a socket: one request at a time, kept alive between them. */
export function openHttp1(socket: Socket, url: URL, events: ConnectionEvents): HttpConnection {
  const agent = singleSocketAgent(socket)
  let current: ClientRequest | undefined
  let retiring = false
  let closed = false

  socket.on('close', () => {
    closed = true
    agent.destroy()
    events.onClose()
  })
  // An idle connection that breaks concerns no request.
  socket.on('error', () => {})
  const done = () => {
    current = undefined
    if (retiring) socket.destroy()
    events.onRoom()
  }
  return {
    protocol: 'http1',
    get inFlight() {
      return current === undefined ? 0 : 1
    },
    get free() {
      return current === undefined ? 1 : 0
    },
    get retiring() {
      return retiring || closed || socket.destroyed
    },
    send(exchange, handler) {
      let response: IncomingMessage | undefined
      let settled = false
      const settle = (error: Error | undefined) => {
        if (settled) return
        settled = true
        if (error !== undefined || response?.headers.connection === 'close') retiring = true
        done()
        if (error === undefined) handler.onEnd()
        else handler.onError(error)
      }
      const outgoing = request({
        agent,
        host: url.hostname,
        method: exchange.method,
        path: exchange.path,
        setDefaultHeaders: false,
        headers: {
          host: url.host,
          ...(exchange.headers as Record<string, string | string[]>),
          ...(exchange.body === undefined ? {} : { 'content-length': exchange.body.length }),
        },
      })
      current = outgoing
      outgoing.on('response', (incoming) => {
        response = incoming
        if (settled) return
        handler.onHeaders(incoming.statusCode ?? 0, incoming.headers)
        incoming.on('data', (chunk: Buffer) => {
          if (!settled) handler.onData(chunk)
        })
        incoming.on('end', () => settle(incoming.complete ? undefined : brokenOff()))
        incoming.on('error', settle)
        incoming.on('close', () => settle(brokenOff()))
      })
      outgoing.on('error', settle)
      outgoing.end(exchange.body)
      handler.onSent(performance.now())
      return {
        cancel() {
          if (settled) return
          settled = true
          // Without the rest of the answer the connection is of no further use.
          retiring = true
          outgoing.destroy()
          done()
        },
        pause: () => response?.pause(),
        resume: () => response?.resume(),
      } satisfies Transfer
    },
    retire() {
      retiring = true
      if (current === undefined) socket.destroy()
    },
    destroy(error) {
      retiring = true
      current?.destroy(error)
      socket.destroy(error)
    },
  }
}

function brokenOff(): Error {
  return Object.assign(new Error('unexpected EOF'), { code: 'ECONNRESET' })
}

/** An agent that knows this one socket only, whatever it is asked for. */
function singleSocketAgent(socket: Socket): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let given = false
  agent.createConnection = (_options, callback) => {
    if (given) {
      callback?.(brokenOff(), socket)
      return undefined
    }
    given = true
    return socket
  }
  return agent
}
