import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2'
import type { Socket } from 'node:net'
import { ConnectionError, STREAM_REFUSED } from '../connection-error.ts'
import type { ConnectionEvents, Exchange, ExchangeHandler, HttpConnection, Transfer } from './exchange.ts'

/** Go's client keeps to this many too, whatever the server allows. */
const MAX_STREAMS = 100
/** Node's own 64 kB would make a long list wait for the round trips of a far-away cluster. */
const STREAM_WINDOW_BYTES = 4 << 20
const CONNECTION_WINDOW_BYTES = 16 << 20
const MAX_SESSION_MEGABYTES = 64
/**
 * As kubectl: ask when nothing came for 30 s, give up when 15 s more bring no answer (x/net/http2 ReadIdleTimeout). Where
 * something is awaited, ask sooner: a request's own time-out would else be over before the connection is given up.
 */
const HEALTH_CHECK = { silenceMs: 30_000, awaitedMs: 5000, pingTimeoutMs: 15_000, stuckMs: 5000 }

/** Speaks HTTP/2 over a socket that has agreed on it. */
export function openHttp2(
  socket: Socket,
  url: URL,
  events: ConnectionEvents,
  healthCheck: typeof HEALTH_CHECK = HEALTH_CHECK,
): HttpConnection {
  const session = connect(url, {
    createConnection: () => socket,
    settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
    maxSessionMemory: MAX_SESSION_MEGABYTES,
  })
  const streams = new Set<ClientHttp2Stream>()
  let capacity = MAX_STREAMS
  let retiring = false
  let closed = false
  let failure: Error | undefined

  session.once('connect', () => session.setLocalWindowSize(CONNECTION_WINDOW_BYTES))
  session.on('remoteSettings', ({ maxConcurrentStreams }) => {
    capacity = Math.min(maxConcurrentStreams ?? MAX_STREAMS, MAX_STREAMS)
    events.onRoom()
  })
  // The server is about to close: what it has accepted is still answered.
  session.on('goaway', () => {
    retiring = true
    events.onRoom()
  })
  session.on('error', (error) => {
    failure ??= error
  })
  session.on('close', () => {
    closed = true
    clearInterval(heartbeat)
    clearInterval(writes)
    events.onClose()
  })
  const destroy = (error: Error) => {
    failure ??= error
    session.destroy(error)
  }
  const giveUp = () => {
    destroy(connectionLost())
    // A session waits for its write before it closes.
    socket.destroy()
  }
  const heartbeat = watchOver(session, healthCheck, () => streams.size > 0, giveUp)
  const writes = watchWrites(session, healthCheck, () => streams.size <= capacity, giveUp)

  const done = (stream: ClientHttp2Stream) => {
    if (!streams.delete(stream)) return
    if (retiring && streams.size === 0) session.close()
    events.onRoom()
  }
  return {
    protocol: 'http2',
    get inFlight() {
      return streams.size
    },
    get free() {
      return Math.max(0, capacity - streams.size)
    },
    get retiring() {
      return retiring || closed || session.closed || session.destroyed
    },
    send(exchange, handler) {
      const stream = session.request(
        {
          ':method': exchange.method,
          ':path': exchange.path,
          ...(exchange.headers as Record<string, string | string[]>),
        },
        { endStream: exchange.body === undefined },
      )
      streams.add(stream)
      return runStream(stream, exchange, handler, { done, reason: () => failure })
    },
    retire() {
      retiring = true
      if (streams.size === 0) session.close()
    },
    destroy,
  }
}

function runStream(
  stream: ClientHttp2Stream,
  exchange: Exchange,
  handler: ExchangeHandler,
  owner: { done: (stream: ClientHttp2Stream) => void; reason: () => Error | undefined },
): Transfer {
  let settled = false
  const settle = (error: Error | undefined) => {
    if (settled) return
    settled = true
    owner.done(stream)
    if (error === undefined) handler.onEnd()
    else handler.onError(error)
  }
  let answered = false
  stream.on('response', (headers: IncomingHttpHeaders) => {
    answered = true
    if (!settled) handler.onHeaders(Number(headers[':status']), headers)
  })
  stream.on('data', (chunk: Buffer) => {
    if (!settled) handler.onData(chunk)
  })
  stream.on('end', () => {
    // A connection that was cut ends its streams too: only the code tells that from the end of an answer.
    const isComplete = answered && stream.rstCode === constants.NGHTTP2_NO_ERROR
    settle(isComplete ? undefined : resetError(stream, owner.reason()))
  })
  stream.on('error', (error) => settle(resetError(stream, owner.reason() ?? error)))
  stream.on('close', () => {
    if (!settled) settle(resetError(stream, owner.reason()))
  })
  if (exchange.body !== undefined) stream.end(exchange.body)
  handler.onSent(performance.now())
  return {
    cancel() {
      if (settled) return
      settled = true
      stream.close(constants.NGHTTP2_CANCEL)
      owner.done(stream)
    },
    pause: () => stream.pause(),
    resume: () => stream.resume(),
  }
}

/**
 * Our own reason for ending the session goes on as it is. REFUSED_STREAM is the server's word that it has not looked at
 * the request (RFC 9113 §8.7).
 */
function resetError(stream: ClientHttp2Stream, cause: Error | undefined): Error {
  const refused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM
  if (cause instanceof ConnectionError) return cause
  if (refused) return Object.assign(new Error('http2: stream refused by the server'), { code: STREAM_REFUSED })
  const { code = 'ECONNRESET', message }: NodeJS.ErrnoException = cause ?? new Error('stream broke off')
  return Object.assign(new Error(`http2: ${message}`, { cause }), { code })
}

/**
 * Ends the session when its other end has silently gone: a watch would otherwise wait for ever. The question is also what
 * a session has to write that waits for answers only, see `watchWrites`.
 */
function watchOver(
  session: ClientHttp2Session,
  { silenceMs, awaitedMs, pingTimeoutMs }: typeof HEALTH_CHECK,
  isAwaited: () => boolean,
  giveUp: () => void,
): NodeJS.Timeout {
  let bytesSeen = -1
  let readMs = 0
  let waiting: NodeJS.Timeout | undefined
  // An answer that came while this program was busy is seen before that.
  const judge = () => setImmediate(() => waiting !== undefined && giveUp())
  const look = () => {
    if (session.destroyed || session.closed) return
    const { bytesRead } = session.socket
    const nowMs = performance.now()
    if (bytesRead !== bytesSeen) readMs = nowMs
    bytesSeen = bytesRead
    if (waiting !== undefined || nowMs - readMs < (isAwaited() ? awaitedMs : silenceMs)) return
    waiting = setTimeout(judge, pingTimeoutMs).unref()
    session.ping(() => {
      clearTimeout(waiting)
      waiting = undefined
    })
  }
  return setInterval(look, Math.min(awaitedMs, silenceMs)).unref()
}

/**
 * Ends the session when it has something to write, may do so, and has neither written nor read a byte from one look to
 * the next. Node 22 does not always notice that its other end has reset the connection: where that happens amid a write,
 * the session stays open for ever, with a socket that the kernel has closed, and every request on it would wait for its
 * time-out.
 */
function watchWrites(
  session: ClientHttp2Session,
  { stuckMs }: typeof HEALTH_CHECK,
  mayWrite: () => boolean,
  giveUp: () => void,
): NodeJS.Timeout {
  let seen = ''
  const look = () => {
    if (session.destroyed) return
    const { bytesRead, bytesWritten } = session.socket
    const { outboundQueueSize = 0 } = session.state
    const now = outboundQueueSize === 0 || !mayWrite() ? '' : `${outboundQueueSize} ${bytesRead} ${bytesWritten}`
    if (now !== '' && now === seen) giveUp()
    seen = now
  }
  return setInterval(look, stuckMs).unref()
}

function connectionLost(): Error {
  return Object.assign(new Error('client connection lost'), { code: 'ECONNRESET' })
}
