import { PerfError } from '../../errors/perf-error.ts'
import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { ConnectionError, describeNetworkFault } from '../../kube/connection-error.ts'
import { exchangeOver } from '../../kube/http/exchange-over.ts'
import { findMissingPermissions, type Permission, requirePermissions } from '../../kube/preflight.ts'
import { TEXT_FORMAT } from '../../kube/scrape.ts'
import type { Agent } from './agent.ts'
import type { Settings } from './agent-config.ts'
import type { AskOptions } from './ask-agent.ts'

/** What the chart takes. */
const DEFAULT_PORT = 9962
const SERVE_ADDRESS = 'prometheus-serve-addr'
const MAX_BODY_BYTES = 32 << 20

/** By which an agent's metrics come without running anything in its container. */
export type MetricsRoute = 'proxy' | 'port-forward'

/**
 * Finds out how this user may reach ports of pods in these namespaces, the best way first.
 * @throws PermissionError where there is none
 */
export async function metricsRoutes(
  client: KubeClient,
  namespaces: readonly string[],
  signal: AbortSignal,
  advice: readonly string[],
): Promise<readonly MetricsRoute[]> {
  const needed: Readonly<Record<MetricsRoute, readonly Permission[]>> = {
    proxy: permissions(namespaces, 'proxy', ['get']),
    'port-forward': permissions(namespaces, 'portforward', ['get', 'create']),
  }
  const routes: MetricsRoute[] = []
  for (const route of ['proxy', 'port-forward'] as const) {
    if ((await findMissingPermissions(client, needed[route], signal)).length === 0) routes.push(route)
  }
  if (routes.length === 0) {
    await requirePermissions(client, needed.proxy, signal, ['get and create pods/portforward instead', ...advice])
  }
  return routes
}

function permissions(namespaces: readonly string[], subresource: string, verbs: readonly string[]): Permission[] {
  return namespaces.flatMap((namespace) => verbs.map((verb) => ({ verb, resource: 'pods', subresource, namespace })))
}

/**
 * The port at which an agent with these settings serves its metrics.
 * @throws PerfError where it serves none
 */
export function metricsPort(settings: Settings | undefined): number {
  if (settings === undefined) return DEFAULT_PORT
  const address = settings[SERVE_ADDRESS] ?? ''
  const port = Number(/:(\d+)$/.exec(address)?.[1])
  if (port > 0) return port
  throw new PerfError(`the agent serves no metrics: ${SERVE_ADDRESS} is not set in ConfigMap cilium-config`, {
    advice: ['leave --no-exec out, or set prometheus.enabled=true in the values of the chart'],
  })
}

/**
 * Reads the metrics that an agent serves for Prometheus, by the first route that gets there.
 * @throws ApiError, ConnectionError, or the signal's reason
 */
export async function readMetricsPort(
  client: Pick<KubeClient, 'request' | 'connectToPod'>,
  agent: Agent,
  port: number,
  routes: readonly MetricsRoute[],
  options: AskOptions,
): Promise<string> {
  const [route, ...others] = routes
  try {
    return route === 'port-forward'
      ? await throughPortForward(client, agent, port, options)
      : await throughProxy(client, agent, port, options)
  } catch (error) {
    // The API server may have no way to the addresses of the nodes, where their kubelets have.
    if (others.length === 0 || !isApiError(error)) throw error
    return readMetricsPort(client, agent, port, others, options)
  }
}

async function throughProxy(
  client: Pick<KubeClient, 'request'>,
  { namespace, pod }: Agent,
  port: number,
  { signal, timeoutMs }: AskOptions,
): Promise<string> {
  const target = `${encodeURIComponent(pod)}:${port}`
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${target}/proxy/metrics`
  const response = await client.request({ method: 'GET', path, accept: TEXT_FORMAT, signal, timeoutMs, retry: false })
  return response.text()
}

async function throughPortForward(
  client: Pick<KubeClient, 'connectToPod'>,
  { namespace, pod }: Agent,
  port: number,
  { signal, timeoutMs }: AskOptions,
): Promise<string> {
  const limit = AbortSignal.timeout(timeoutMs)
  const either = AbortSignal.any([signal, limit])
  try {
    const socket = await client.connectToPod({ namespace, pod }, port, { signal: either })
    try {
      const headers = { host: `${pod}:${port}`, accept: TEXT_FORMAT }
      const { code, body } = await exchangeOver(socket, { path: '/metrics', headers }, MAX_BODY_BYTES)
      if (code !== 200) throw badAnswer(`HTTP status ${code}`)
      return body.toString('utf8')
    } finally {
      socket.destroy()
    }
  } catch (error) {
    signal.throwIfAborted()
    if (!limit.aborted) throw error instanceof PerfError ? error : describeNetworkFault(error, { host: pod }, true)
    throw new ConnectionError(`error: no metrics within ${timeoutMs / 1000}s`, { kind: 'timeout', wasSent: true })
  }
}

function badAnswer(what: string): ConnectionError {
  return new ConnectionError(`error: the agent's metrics port answered with ${what}`, {
    kind: 'bad-answer',
    wasSent: true,
  })
}
