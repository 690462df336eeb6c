import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

// Tunnels to a server through a proxy: HTTP CONNECT (RFC 9110 §9.3.6) and SOCKS 5 (RFC 1928, passwords by RFC 1929).

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443, 'socks5:': 1080 }
/** A proxy's answer to CONNECT is a few lines. */
const MAX_HEADER_BYTES = 16 * 1024

/**
 * Resolves to a socket whose other end is `host:port`.
 * @throws Error whose message names the proxy, or the signal's reason
 */
export async function tunnelThroughProxy(
  proxy: URL,
  { host, port }: { host: string; port: number },
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<Socket> {
  signal.throwIfAborted()
  const address = {
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: Number(proxy.port || DEFAULT_PORTS[proxy.protocol]),
  }
  const secure = proxy.protocol === 'https:'
  const socket = secure
    ? connectTls({ ...address, ...(isIP(address.host) === 0 ? { servername: address.host } : {}) })
    : connectTcp(address)
  socket.setNoDelay(true)
  const timer = setTimeout(() => socket.destroy(new Error(`proxyconnect tcp: ${proxy.host}: i/o timeout`)), timeoutMs)
  const abandon = () => socket.destroy(signal.reason as Error)
  signal.addEventListener('abort', abandon)
  try {
    const reader = readerOf(socket)
    await reader.until(secure ? 'secureConnect' : 'connect')
    if (proxy.protocol === 'socks5:') await negotiateSocks(socket, reader, proxy, host, port)
    else await negotiateConnect(socket, reader, proxy, host, port)
    reader.release()
    return socket
  } catch (error) {
    socket.on('error', () => {})
    socket.destroy()
    // Go says so too: a proxy that refuses looks like a server that refuses, and the words tell them apart.
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') {
      throw new Error(`proxyconnect tcp: dial tcp ${address.host}:${address.port}: connect: connection refused`, {
        cause: error,
      })
    }
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abandon)
  }
}

async function negotiateConnect(socket: Socket, reader: Reader, proxy: URL, host: string, port: number): Promise<void> {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const user = userOf(proxy)
  const authorization =
    user === undefined
      ? ''
      : `Proxy-Authorization: Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}\r\n`
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${authorization}\r\n`)
  const header = await reader.header()
  const [, code = '', text = ''] = /^HTTP\/1\.\d (\d{3}) ?([^\r\n]*)/.exec(header) ?? []
  if (!code.startsWith('2')) throw new Error(`proxy ${proxy.host} refused the connection: ${code} ${text}`.trim())
}

const SOCKS_FAILURES = [
  '',
  'general SOCKS server failure',
  'connection not allowed by ruleset',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'TTL expired',
  'command not supported',
  'address type not supported',
]

async function negotiateSocks(socket: Socket, reader: Reader, proxy: URL, host: string, port: number): Promise<void> {
  const user = userOf(proxy)
  socket.write(Buffer.from(user === undefined ? [5, 1, 0] : [5, 2, 0, 2]))
  const [version, method] = await reader.bytes(2)
  if (version !== 5) throw new Error(`socks connect tcp ${proxy.host}: unexpected protocol version ${version}`)
  if (method === 2 && user !== undefined) {
    const name = Buffer.from(user.name)
    const password = Buffer.from(user.password)
    socket.write(Buffer.concat([Buffer.from([1, name.length]), name, Buffer.from([password.length]), password]))
    const [, status] = await reader.bytes(2)
    if (status !== 0) throw new Error(`socks connect tcp ${proxy.host}: username/password authentication failed`)
  } else if (method !== 0) {
    throw new Error(`socks connect tcp ${proxy.host}: no acceptable authentication methods`)
  }
  // The name is resolved by the proxy: whoever needs one often cannot resolve it here.
  const name = Buffer.from(host)
  socket.write(Buffer.concat([Buffer.from([5, 1, 0, 3, name.length]), name, Buffer.from([port >> 8, port & 0xff])]))
  const [, reply = 1, , addressType] = await reader.bytes(4)
  if (reply !== 0) {
    throw new Error(
      `socks connect tcp ${proxy.host}->${host}:${port}: ${SOCKS_FAILURES[reply] || `unknown error ${reply}`}`,
    )
  }
  const addressLength = addressType === 1 ? 4 : addressType === 4 ? 16 : ((await reader.bytes(1))[0] ?? 0)
  await reader.bytes(addressLength + 2)
}

function userOf(proxy: URL): { name: string; password: string } | undefined {
  if (proxy.username === '') return undefined
  return { name: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password) }
}

interface Reader {
  until(event: string): Promise<void>
  bytes(count: number): Promise<Buffer>
  /** Everything up to and with the empty line. */
  header(): Promise<string>
  /** Hands the socket over; what came too early goes back into it. */
  release(): void
}

function readerOf(socket: Socket): Reader {
  let buffered = Buffer.alloc(0)
  let failure: Error | undefined
  let wake: (() => void) | undefined
  const onData = (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk])
    wake?.()
  }
  const onError = (error: Error) => {
    failure ??= error
    wake?.()
  }
  const onClose = () => onError(new Error('proxyconnect tcp: EOF'))
  socket.on('data', onData).on('error', onError).on('close', onClose)
  const take = (count: number) => {
    const taken = buffered.subarray(0, count)
    buffered = buffered.subarray(count)
    return taken
  }
  const waitFor = async (ready: () => boolean) => {
    while (!ready()) {
      if (failure !== undefined) throw failure
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    async until(event) {
      let happened = false
      socket.once(event, () => {
        happened = true
        wake?.()
      })
      await waitFor(() => happened)
    },
    async bytes(count) {
      await waitFor(() => buffered.length >= count)
      return take(count)
    },
    async header() {
      await waitFor(() => buffered.includes('\r\n\r\n') || buffered.length > MAX_HEADER_BYTES)
      return take(buffered.indexOf('\r\n\r\n') + 4).toString('latin1')
    },
    release() {
      socket.off('data', onData).off('error', onError).off('close', onClose)
      socket.pause()
      if (buffered.length > 0) socket.unshift(buffered)
    },
  }
}
