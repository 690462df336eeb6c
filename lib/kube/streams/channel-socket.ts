import type { RawData, WebSocket } from 'ws'
import { ApiError, isApiError } from '../api-error.ts'
import { ConnectionError, isConnectionError } from '../connection-error.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { Cancellation } from '../http/cancellation.ts'
import type { Lanes } from '../http/lanes.ts'
import { pauseBeforeRetry } from '../http/retry.ts'
import type { Connection } from '../kubeconfig/connection.ts'
import { pause } from '../pause.ts'

// The protocol family "channel.k8s.io" (apimachinery pkg/util/httpstream/wsstream): each message begins with a byte that
// says which of several streams it belongs to.

/** As kubectl: ask every 5 s, give up when for a minute not even an answer to that came. */
const HEALTH_CHECK = { intervalMs: 5000, silenceMs: 61_000 }
/** So long the other end may take to answer our goodbye. */
const CLOSE_TIMEOUT_MS = 2000
/** As the other side: long texts go in pieces. */
const MAX_PIECE_BYTES = 32 << 10

/** What opens streams to pods: parts of the client. */
export interface StreamParts {
  lanes: Pick<Lanes, 'openOwn' | 'opened' | 'refreshCertificate'>
  credentials: Credentials
  connection: Pick<Connection, 'url' | 'impersonation' | 'requestTimeoutMs'>
  cancellation: Cancellation
  /** Sent with every request. */
  headers: Readonly<Record<string, string>>
  /** Aborts when the client is closed. */
  closing: AbortSignal
}

export interface ChannelRequest {
  path: string
  protocols: readonly string[]
  /** The subresource, e.g. pods/exec, for words about permissions. */
  resource: string
}

export interface ChannelEvents {
  onMessage(channel: number, data: Buffer): void
  /** Exactly once, and last. undefined: the other end closed it as it should. */
  onClose(fault: ConnectionError | undefined): void
}

export interface ChannelSocket {
  /** The subprotocol that the server chose. */
  readonly protocol: string
  /** `onWritten` is called when the data has left, or can not any more. */
  send(channel: number, data: Uint8Array, onWritten?: (error?: Error | null) => void): void
  /** Stops and resumes the flow from the other end. */
  pause(): void
  resume(): void
  /** Says goodbye, and waits for the answer for a short time only. onClose still comes. */
  close(): void
  /** Goes away at once. onClose still comes. */
  destroy(): void
}

/**
 * Opens a socket with channels. Credentials are renewed once on 401; what the server has not looked at is tried again,
 * but nothing that may have begun.
 * @throws ApiError, ConnectionError, or the signal's reason
 */
export async function openChannels(
  parts: StreamParts,
  request: ChannelRequest,
  events: ChannelEvents,
  signal: AbortSignal,
  healthCheck: typeof HEALTH_CHECK = HEALTH_CHECK,
): Promise<ChannelSocket> {
  const { openWebSocket } = await import('./web-socket.ts')
  const { lanes, credentials, connection } = parts
  let renewed = false
  for (let attempt = 1; ; attempt++) {
    const authorization = await credentials.authorization()
    const headers = { ...parts.headers, ...(authorization === undefined ? {} : { authorization }) }
    const limit = limitTime(signal, connection.requestTimeoutMs)
    try {
      const socket = await openWebSocket(lanes, connection, { ...request, headers }, limit.signal, (opening) =>
        deliver(opening, events, healthCheck),
      )
      return channelSocket(socket)
    } catch (error) {
      if (!isApiError(error) && !isConnectionError(error)) throw error
      error.attempts = attempt
      if (isApiError(error) && error.code === 401 && !renewed && (await credentials.renew(authorization))) {
        renewed = true
        lanes.refreshCertificate()
        continue
      }
      const context = { attempt, isRepeatable: false, hasAnswered: lanes.opened > 0, random: Math.random() }
      const pauseMs = pauseBeforeRetry(error, context)
      if (pauseMs === undefined) throw withPermissions(error, request.resource)
      await pause(pauseMs, signal)
    } finally {
      limit.release()
    }
  }
}

/** Like `signal`, and aborts with a ConnectionError when the time is up before `release`. */
function limitTime(signal: AbortSignal, timeoutMs: number): { signal: AbortSignal; release: () => void } {
  const limit = new AbortController()
  const timer =
    timeoutMs > 0
      ? setTimeout(() => {
          const message = `error: unable to upgrade connection: no answer within ${timeoutMs / 1000}s`
          limit.abort(new ConnectionError(message, { kind: 'timeout', wasSent: true }))
        }, timeoutMs)
      : undefined
  return { signal: AbortSignal.any([signal, limit.signal]), release: () => clearTimeout(timer) }
}

/** Gives events for all that happens on the socket once it is open; before that, failing is the opening's own affair. */
function deliver(socket: WebSocket, events: ChannelEvents, { intervalMs, silenceMs }: typeof HEALTH_CHECK): void {
  let fault: ConnectionError | undefined
  let heardMs = performance.now()
  const hear = () => {
    heardMs = performance.now()
  }
  const giveUp = (error: ConnectionError) => {
    fault ??= error
    socket.terminate()
  }
  socket.once('open', () => {
    hear()
    const heartbeat = setInterval(() => {
      if (socket.isPaused) hear()
      else if (performance.now() - heardMs > silenceMs) giveUp(lost('client connection lost'))
      else if (socket.readyState === socket.OPEN) socket.ping()
    }, intervalMs)
    socket.on('ping', hear).on('pong', hear)
    socket.on('error', (error) => {
      fault ??= lost(`websocket: ${error.message}`, error)
    })
    socket.on('message', (data: RawData, isBinary: boolean) => {
      hear()
      // By default the library gives each message as one Buffer.
      const message = data as Buffer
      const channel = message[0]
      if (isBinary && channel !== undefined) events.onMessage(channel, message.subarray(1))
      else giveUp(badMessage(isBinary ? 'an empty message' : 'a message of text'))
    })
    socket.on('close', (code) => {
      clearInterval(heartbeat)
      // 1005: a goodbye without a reason is one, too.
      if (code !== 1000 && code !== 1005) fault ??= lost(`websocket: close ${code}${code === 1006 ? ABNORMAL : ''}`)
      events.onClose(fault)
    })
  })
}

const ABNORMAL = ' (abnormal closure): unexpected EOF'

function lost(reason: string, cause?: Error): ConnectionError {
  return new ConnectionError(`error: lost connection to pod: ${reason}`, { kind: 'lost', wasSent: true, cause })
}

function badMessage(what: string): ConnectionError {
  return new ConnectionError(`error: lost connection to pod: the server sent ${what}`, {
    kind: 'bad-answer',
    wasSent: true,
  })
}

function channelSocket(socket: WebSocket): ChannelSocket {
  return {
    protocol: socket.protocol,
    send(channel, data, onWritten) {
      let from = 0
      do {
        const piece = data.subarray(from, from + MAX_PIECE_BYTES)
        from += MAX_PIECE_BYTES
        socket.send(Buffer.concat([Uint8Array.of(channel), piece]), from >= data.length ? onWritten : undefined)
      } while (from < data.length)
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close() {
      // A socket that nobody reads would never see the answer.
      socket.resume()
      socket.close(1000)
      const timer = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS)
      socket.once('close', () => clearTimeout(timer))
    },
    destroy: () => socket.terminate(),
  }
}

/** WebSockets begin with a GET, so that `create` alone, which kubectl can do with, is not enough. */
function withPermissions(error: ApiError | ConnectionError, resource: string): ApiError | ConnectionError {
  if (!isApiError(error) || error.reason !== 'Forbidden') return error
  const advice = [`this needs the verbs get and create on ${resource} in the namespace`]
  const { code, reason, serverMessage, details, attempts } = error
  return Object.assign(new ApiError(error.message, { code, reason, serverMessage, details, advice }), { attempts })
}
