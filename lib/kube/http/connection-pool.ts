import type { ConnectionEvents, Exchange, ExchangeHandler, HttpConnection, Transfer } from './exchange.ts'

/** How long a pool that has a connection waits after it could not open a further one. */
const GROWTH_PAUSE_MS = 1000

export interface ConnectionPool {
  send(exchange: Exchange, handler: ExchangeHandler): Transfer
  /** Connections opened so far. */
  readonly opened: number
  /** New requests get new connections, e.g. since the client certificate has changed. */
  renew(): void
  destroy(error: Error): void
}

export interface PoolOptions {
  /** Opens a connection; gives up when the signal aborts. */
  open: (events: ConnectionEvents, signal: AbortSignal) => Promise<HttpConnection>
  /** Most connections at once. */
  limit: number
  /** A further connection is opened as soon as there would be more requests than this on each. */
  requestsPerConnection: number
}

interface Waiting {
  exchange: Exchange
  handler: ExchangeHandler
  /** Set as soon as the request is on a connection. */
  transfer: Transfer | undefined
  cancelled: boolean
}

/**
 * Spreads requests over few connections. Each goes to the one with the least to do; what finds no room waits here and
 * not in a connection, so that a request's time is the server's alone.
 */
export function createConnectionPool({ open, limit, requestsPerConnection }: PoolOptions): ConnectionPool {
  const connections = new Set<HttpConnection>()
  const waiting: Waiting[] = []
  let opening = 0
  let opened = 0
  let generation = 0
  let growFromMs = 0
  let ended: Error | undefined
  const closing = new AbortController()

  const leastLoaded = () => {
    let best: HttpConnection | undefined
    for (const connection of connections) {
      if (connection.retiring || connection.free === 0) continue
      if (best === undefined || connection.inFlight < best.inFlight) best = connection
    }
    return best
  }

  const drain = () => {
    while (waiting.length > 0) {
      const connection = leastLoaded()
      if (connection === undefined) break
      const item = waiting.shift()
      if (item === undefined || item.cancelled) continue
      try {
        item.transfer = connection.send(item.exchange, item.handler)
      } catch (error) {
        item.handler.onError(error as Error)
      }
    }
    grow()
  }

  const grow = () => {
    if (ended !== undefined) return
    let demand = waiting.length
    let usable = 0
    let perConnection = requestsPerConnection
    for (const connection of connections) {
      if (connection.retiring) continue
      usable += 1
      demand += connection.inFlight
      if (connection.protocol === 'http1') perConnection = 1
    }
    const wanted = Math.min(limit, Math.ceil(demand / perConnection))
    if (usable > 0 && (usable >= wanted || performance.now() < growFromMs)) return
    for (let missing = wanted - usable - opening; missing > 0; missing--) void openOne()
  }

  const openOne = async () => {
    opening += 1
    const born = generation
    try {
      const events = {
        onRoom: drain,
        onClose() {
          connections.delete(connection)
          drain()
        },
      }
      const connection: HttpConnection = await open(events, closing.signal)
      opening -= 1
      opened += 1
      connections.add(connection)
      if (ended !== undefined) connection.destroy(ended)
      else if (born !== generation) connection.retire()
      drain()
    } catch (error) {
      opening -= 1
      growFromMs = performance.now() + GROWTH_PAUSE_MS
      // As long as another connection serves, or may yet, one that cannot be opened is no fault of any request.
      const serves = [...connections].some((connection) => !connection.retiring)
      if (!serves && opening === 0) failWaiting(error as Error)
    }
  }

  const failWaiting = (error: Error) => {
    for (const item of waiting.splice(0)) if (!item.cancelled) item.handler.onError(error)
  }

  return {
    get opened() {
      return opened
    },
    send(exchange, handler) {
      const item: Waiting = { exchange, handler, transfer: undefined, cancelled: false }
      waiting.push(item)
      if (ended === undefined) drain()
      else queueMicrotask(() => failWaiting(ended as Error))
      return {
        cancel() {
          item.cancelled = true
          item.transfer?.cancel()
        },
        pause: () => item.transfer?.pause(),
        resume: () => item.transfer?.resume(),
      }
    },
    renew() {
      generation += 1
      for (const connection of connections) connection.retire()
    },
    destroy(error) {
      ended = error
      closing.abort(error)
      failWaiting(error)
      for (const connection of connections) connection.destroy(error)
    },
  }
}
