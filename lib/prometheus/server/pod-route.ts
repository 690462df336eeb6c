import { connect as connectTls } from 'node:tls'
import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { ConnectionError, describeNetworkFault } from '../../kube/connection-error.ts'
import { exchangeOver, type WholeAnswer } from '../../kube/http/exchange-over.ts'
import { secureContextFor } from '../../kube/http/tls-context.ts'
import { accessHeaders, type PrometheusAccess } from './access.ts'
import { MAX_BODY_BYTES, type Route } from './route.ts'
import { describeTarget, type ReadyPod, readyPods, type ServiceTarget } from './service.ts'

// Go's net/http says so to whoever speaks plain HTTP to a TLS port.
const WANTS_TLS = 'Client sent an HTTP request to an HTTPS server'

/**
 * The way to a Prometheus by port-forward to a ready pod, behind its Service as a rule. The pod is kept for as long as it
 * answers; after a fault the next request looks for one anew.
 */
export function openPodRoute(
  client: Pick<KubeClient, 'list' | 'connectToPod'>,
  target: ServiceTarget,
  access: PrometheusAccess,
): Route {
  let current: ReadyPod | undefined
  let { secure } = target
  const get = async (path: string, signal: AbortSignal): Promise<WholeAnswer> => {
    current ??= await findPod(client, target, signal)
    try {
      const answer = await throughPod(client, current, { path, secure, target, access }, signal)
      if (secure || answer.code !== 400 || !answer.body.includes(WANTS_TLS)) return answer
      // Nothing about a Service says so for sure.
      secure = true
    } catch (error) {
      current = undefined
      throw error
    }
    return get(path, signal)
  }
  return { how: 'port-forward', get }
}

async function findPod(
  client: Pick<KubeClient, 'list'>,
  target: ServiceTarget,
  signal: AbortSignal,
): Promise<ReadyPod> {
  const [pod] = await readyPods(client, target, signal)
  if (pod !== undefined) return pod
  const where = describeTarget(target)
  throw new ConnectionError(
    `error: ${target.pod === undefined ? `no pod behind ${where} is ready` : `${where} is not ready`}`,
    {
      kind: 'unreachable',
      advice: [`kubectl get pods -n ${target.namespace} shows why`],
    },
  )
}

interface PodExchange {
  path: string
  secure: boolean
  target: ServiceTarget
  access: PrometheusAccess
}

async function throughPod(
  client: Pick<KubeClient, 'connectToPod'>,
  { namespace, pod, port, routePrefix }: ReadyPod,
  { path, secure, target, access }: PodExchange,
  signal: AbortSignal,
): Promise<WholeAnswer> {
  const name = target.pod === undefined ? `${target.name}.${target.namespace}.svc` : pod
  const request = {
    path: `${routePrefix}${target.root}${path}`,
    headers: { host: `${name}:${target.port.port}`, ...accessHeaders(access) },
  }
  const raw = await client.connectToPod({ namespace, pod }, port, { signal })
  try {
    if (!secure) return await exchangeOver(raw, request, MAX_BODY_BYTES)
    const secureContext = secureContextFor(access.certificateAuthority, undefined)
    const socket = connectTls({ socket: raw, secureContext, servername: name, host: name })
    try {
      return await exchangeOver(socket, request, MAX_BODY_BYTES, raw)
    } finally {
      socket.destroy()
    }
  } catch (error) {
    signal.throwIfAborted()
    if (isApiError(error)) throw error
    throw describeNetworkFault(error, { host: name, serverName: name }, true)
  } finally {
    raw.destroy()
  }
}
