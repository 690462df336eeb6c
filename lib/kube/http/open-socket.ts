import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect as connectTls, type SecureContext } from 'node:tls'
import { ConnectionError, describeNetworkFault } from '../connection-error.ts'
import { tunnelThroughProxy } from './proxy-tunnel.ts'

/** Go waits 30 s for a connection and 10 s for the handshake; who looks at a terminal has given up by then. */
const CONNECT_TIMEOUT_MS = 10_000
/** How soon the kernel begins to ask whether the other end still lives. */
const KEEP_ALIVE_DELAY_MS = 30_000

export interface SocketTarget {
  url: URL
  proxy: URL | undefined
  tls: { context: SecureContext; serverName: string | undefined; verify: boolean } | undefined
  /** What to say when nobody listens there. */
  hint: string | undefined
  /** In the order of our preference. */
  alpnProtocols: readonly string[]
}

export interface OpenSocket {
  socket: Socket
  protocol: 'http1' | 'http2'
}

/**
 * Opens a connection as far as the point where HTTP begins.
 * @throws ConnectionError, or the signal's reason
 */
export async function openSocket(target: SocketTarget, signal: AbortSignal): Promise<OpenSocket> {
  const { url, proxy, tls, hint } = target
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  try {
    const socket =
      proxy === undefined
        ? await within(
            connectTcp({ host, port, noDelay: true }),
            'connect',
            `dial tcp ${host}:${port}: i/o timeout`,
            signal,
          )
        : await tunnelThroughProxy(proxy, { host, port }, { timeoutMs: CONNECT_TIMEOUT_MS, signal })
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS)
    if (tls === undefined) return { socket, protocol: 'http1' }
    const serverName = tls.serverName ?? host
    const secure = await within(
      connectTls({
        socket,
        host,
        secureContext: tls.context,
        // An address can not be sent as a server name, but a certificate can be for one.
        ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
        checkServerIdentity: (_host, certificate) => checkServerIdentity(serverName, certificate),
        rejectUnauthorized: tls.verify,
        ALPNProtocols: [...target.alpnProtocols],
      }),
      'secureConnect',
      'net/http: TLS handshake timeout',
      signal,
    )
    return { socket: secure, protocol: secure.alpnProtocol === 'h2' ? 'http2' : 'http1' }
  } catch (error) {
    signal.throwIfAborted()
    throw describeNetworkFault(error, { host: url.host, serverName: tls?.serverName, hint }, false)
  }
}

/** Waits until the socket is as far as `event`, and destroys it where that takes too long. */
function within<T extends Socket>(socket: T, event: string, timeoutReason: string, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => settle(new ConnectionError(`Unable to connect to the server: ${timeoutReason}`, { kind: 'timeout' })),
      CONNECT_TIMEOUT_MS,
    )
    const settle = (error: Error | undefined) => {
      clearTimeout(timer)
      socket.off(event, succeed)
      socket.off('close', close)
      signal.removeEventListener('abort', abort)
      if (error === undefined) {
        socket.off('error', settle)
        resolve(socket)
        return
      }
      // A second error must not end the program.
      socket.on('error', () => {})
      socket.destroy()
      reject(error)
    }
    const succeed = () => settle(undefined)
    const close = () => settle(Object.assign(new Error('EOF'), { code: 'ECONNRESET' }))
    const abort = () => settle(signal.reason as Error)
    signal.addEventListener('abort', abort)
    socket.once(event, succeed)
    socket.once('error', settle)
    socket.once('close', close)
  })
}
