import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { ClientCertificate, Credentials } from '../credentials/credentials.ts'
import type { Connection } from '../kubeconfig/connection.ts'
import { type ConnectionPool, createConnectionPool } from './connection-pool.ts'
import type { ConnectionEvents, HttpConnection } from './exchange.ts'
import { type OpenSocket, openSocket } from './open-socket.ts'
import { secureContextFor } from './tls-context.ts'

/** So many requests share a connection before the next one is opened. */
const REQUESTS_PER_CONNECTION = 8
/** A watch is nearly always idle: any number of them fits on one connection. */
const WATCHES_PER_CONNECTION = 90
/** Over HTTP/1.1 each watch needs a connection of its own. */
const MAX_WATCH_CONNECTIONS = 64

/**
 * Which connections a request uses. requests: the shared ones. watches: their own, so that no event waits behind a long
 * answer. scrapes: a single one that is kept, so that all scrapes reach the same server behind a balancer.
 */
export type Lane = 'requests' | 'watches' | 'scrapes'

export interface Lanes {
  readonly pools: Readonly<Record<Lane, ConnectionPool>>
  /** Connections opened so far, in all lanes and outside of them. */
  readonly opened: number
  /**
   * A connection in no lane, for HTTP/1.1, on which nothing was sent yet: for what takes it over for good. It is the
   * caller's to close.
   * @throws ConnectionError, or the signal's reason
   */
  openOwn(signal: AbortSignal): Promise<Socket>
  /** To be called after credentials were renewed: connections made with an older certificate serve no more requests. */
  refreshCertificate(): void
  destroy(error: Error): void
}

/** The connections to one cluster; none is opened before it is needed. */
export function openLanes(connection: Connection, credentials: Credentials): Lanes {
  let certificate: ClientCertificate | undefined
  let context: SecureContext | undefined
  let openedOwn = 0

  const dial = async (alpnProtocols: readonly string[], signal: AbortSignal): Promise<OpenSocket> => {
    const { url, proxy, hint, tls } = connection
    if (tls !== undefined) {
      // A plugin gives its certificate together with its token.
      await credentials.authorization()
      if (context === undefined || certificate !== credentials.certificate()) {
        certificate = credentials.certificate()
        context = secureContextFor(tls.certificateAuthority, certificate)
      }
    }
    const secure = tls === undefined || context === undefined ? undefined : { ...tls, context }
    return openSocket({ url, proxy, hint, tls: secure, alpnProtocols }, signal)
  }
  const open = async (events: ConnectionEvents, signal: AbortSignal): Promise<HttpConnection> => {
    const { url, protocol } = connection
    const alpnProtocols = protocol === 'http1' ? ['http/1.1'] : protocol === 'http2' ? ['h2'] : ['h2', 'http/1.1']
    const opened = await dial(alpnProtocols, signal)
    if (opened.protocol === 'http1') {
      const { openHttp1 } = await import('./http1-connection.ts')
      return openHttp1(opened.socket, url, events)
    }
    const { openHttp2 } = await import('./http2-connection.ts')
    return openHttp2(opened.socket, url, events)
  }
  const pools = {
    requests: createConnectionPool({
      open,
      limit: connection.connections,
      requestsPerConnection: REQUESTS_PER_CONNECTION,
    }),
    watches: createConnectionPool({
      open,
      limit: MAX_WATCH_CONNECTIONS,
      requestsPerConnection: WATCHES_PER_CONNECTION,
    }),
    scrapes: createConnectionPool({ open, limit: 1, requestsPerConnection: 1 }),
  }
  const all = Object.values(pools)
  return {
    pools,
    get opened() {
      return all.reduce((sum, pool) => sum + pool.opened, openedOwn)
    },
    async openOwn(signal) {
      const { socket } = await dial(['http/1.1'], signal)
      openedOwn += 1
      return socket
    },
    refreshCertificate() {
      if (credentials.certificate() !== certificate) for (const pool of all) pool.renew()
    },
    destroy(error) {
      for (const pool of all) pool.destroy(error)
    },
  }
}
