import { describeNetworkFault } from '../../kube/connection-error.ts'
import { exchangeOver } from '../../kube/http/exchange-over.ts'
import { openSocket, type SocketTarget } from '../../kube/http/open-socket.ts'
import { secureContextFor } from '../../kube/http/tls-context.ts'
import { proxyFromEnvironment } from '../../kube/kubeconfig/proxy.ts'
import { accessHeaders, type PrometheusAccess } from './access.ts'
import { PrometheusError } from './prometheus-error.ts'
import { MAX_BODY_BYTES, type Route } from './route.ts'

/**
 * The way to a Prometheus whose address is known, through the proxies that the environment asks for.
 * @throws PrometheusError where a proxy's address makes no sense
 */
export function openUrlRoute(address: string, access: PrometheusAccess): Route {
  const url = new URL(address)
  const target: SocketTarget = {
    url,
    proxy: proxyFor(url, access),
    tls:
      url.protocol === 'https:'
        ? { context: secureContextFor(access.certificateAuthority, undefined), serverName: undefined, verify: true }
        : undefined,
    hint: undefined,
    alpnProtocols: ['http/1.1'],
  }
  const root = url.pathname === '/' ? '' : url.pathname
  const headers = { host: url.host, ...accessHeaders(access) }
  return {
    how: 'url',
    async get(path, signal) {
      // One connection for one query: there are few of them, and no idle one is there to break.
      const { socket } = await openSocket(target, signal)
      const onAbort = () => socket.destroy(signal.reason as Error)
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        return await exchangeOver(socket, { path: `${root}${path}`, headers }, MAX_BODY_BYTES)
      } catch (error) {
        signal.throwIfAborted()
        throw describeNetworkFault(error, { host: url.host }, true)
      } finally {
        signal.removeEventListener('abort', onAbort)
        socket.destroy()
      }
    },
  }
}

function proxyFor(url: URL, { variables }: PrometheusAccess): URL | undefined {
  try {
    return proxyFromEnvironment(url, variables)
  } catch (error) {
    throw new PrometheusError(`error: ${(error as Error).message}`, { kind: 'unreachable', cause: error })
  }
}
