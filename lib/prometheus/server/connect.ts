import { type ApiError, isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { findMissingPermissions, type Permission, PermissionError } from '../../kube/preflight.ts'
import type { PrometheusChoice } from '../../record/prometheus-choice.ts'
import type { Finding } from '../../record/run-record.ts'
import { hasCredentials, type PrometheusAccess } from './access.ts'
import { bestOf, type Candidate, choiceOf, findCandidates, rootOf } from './find.ts'
import { openPodRoute } from './pod-route.ts'
import { openPrometheus, type Prometheus } from './prometheus.ts'
import { isPrometheusError, PrometheusError } from './prometheus-error.ts'
import { openProxyRoute } from './proxy-route.ts'
import type { Route } from './route.ts'
import {
  asService,
  type PrometheusPod,
  prometheusPort,
  type Service,
  type ServiceTarget,
  speaksTls,
} from './service.ts'
import { openUrlRoute } from './url-route.ts'

/** A Prometheus, or none, and what is to be said about that. */
export interface PrometheusConnection {
  /** Undefined for `none`, and for `auto` where there is none to be had; then a finding says why. */
  prometheus: Prometheus | undefined
  findings: Finding[]
}

export interface ConnectPrometheusOptions {
  access: PrometheusAccess
  signal: AbortSignal
}

/** More than this apart, and the user should know. */
const WORTH_SAYING_MS = 2000

/**
 * Finds the Prometheus that is meant and makes sure that it answers. What was asked for by name must be there; of `auto`
 * nobody relies on anything.
 * @throws PrometheusError, PermissionError or ApiError, but for `auto` only the signal's reason
 */
export async function connectPrometheus(
  client: KubeClient,
  choice: PrometheusChoice,
  options: ConnectPrometheusOptions,
): Promise<PrometheusConnection> {
  switch (choice.kind) {
    case 'none':
      return { prometheus: undefined, findings: [] }
    case 'auto':
      return connectToFound(client, options)
    case 'url': {
      const route = openUrlRoute(choice.url, options.access)
      return connected(await openPrometheus(route, { label: choice.url, ...options }), [])
    }
    case 'service':
    case 'pod': {
      const target = await readTarget(client, choice, options.signal)
      return connected(await connectToTarget(client, target, options), [])
    }
  }
}

function connected(prometheus: Prometheus, findings: readonly Finding[]): PrometheusConnection {
  const { clockOffsetMs, label } = prometheus
  if (Math.abs(clockOffsetMs) < WORTH_SAYING_MS) return { prometheus, findings: [...findings] }
  const seconds = (Math.abs(clockOffsetMs) / 1000).toFixed(1)
  const message = `the clock of Prometheus ${label} is ${seconds} s ${clockOffsetMs > 0 ? 'ahead of' : 'behind'} this machine's; it is asked by its own`
  return { prometheus, findings: [...findings, { severity: 'warning', code: 'ClockSkew', message }] }
}

async function connectToFound(client: KubeClient, options: ConnectPrometheusOptions): Promise<PrometheusConnection> {
  try {
    const { candidates, everywhere } = await findCandidates(client, options.signal)
    const [best, ...rivals] = bestOf(candidates)
    if (best === undefined) {
      const advice = 'name it with --prometheus URL or --prometheus svc/NAMESPACE/NAME where there is one'
      return without({ code: 'NoPrometheus', severity: 'info', message: notFound(everywhere), advice })
    }
    if (rivals.length > 0) return without(several([best, ...rivals]))
    const prometheus = await connectToTarget(client, best.target, options)
    return connected(prometheus, candidates.length > 1 ? [alsoFound(best, candidates.slice(1))] : [])
  } catch (error) {
    options.signal.throwIfAborted()
    if (!isPrometheusError(error) && !isApiError(error) && !(error instanceof PermissionError)) throw error
    const message = error.message.replace(/^error: /, '')
    return without({ severity: 'warning', code: 'PrometheusUnreachable', message, ...adviceOf(error) })
  }
}

function notFound(everywhere: boolean): string {
  return everywhere
    ? 'no Prometheus that is ready found in the cluster'
    : 'no Prometheus that is ready found where this user may list Services and pods'
}

function without(finding: Finding): PrometheusConnection {
  return { prometheus: undefined, findings: [finding] }
}

function adviceOf({ advice }: { advice: readonly string[] }): { advice?: string } {
  return advice.length === 0 ? {} : { advice: advice.join('; ') }
}

function several(candidates: readonly Candidate[]): Finding {
  const choices = candidates.map(choiceOf)
  return {
    severity: 'warning',
    code: 'SeveralPrometheus',
    message: `${choices.length} Prometheus found in the cluster, and none is asked: ${choices.join(', ')}`,
    advice: `say which: --prometheus ${choices[0]}`,
    objects: choices,
  }
}

function alsoFound(used: Candidate, others: readonly Candidate[]): Finding {
  const choices = others.map(choiceOf)
  return {
    severity: 'info',
    code: 'OtherPrometheus',
    message: `Prometheus ${choiceOf(used)} is asked; there is also ${choices.join(', ')}`,
    advice: `choose with --prometheus ${choices[0]}`,
    objects: choices,
  }
}

async function readTarget(
  client: KubeClient,
  { kind, namespace, name, port: wanted }: Extract<PrometheusChoice, { name: string }>,
  signal: AbortSignal,
): Promise<ServiceTarget> {
  const isPod = kind === 'pod'
  const service = isPod
    ? podAsService(await readPod(client, namespace, name, signal), wanted)
    : await readService(client, namespace, name, signal)
  const port = prometheusPort(service, wanted, isPod ? 'pod' : 'Service')
  const selector = service.spec?.selector ?? {}
  const target: ServiceTarget = { namespace, name, port, selector, secure: speaksTls(port), root: rootOf(service) }
  return isPod ? { ...target, pod: 'this' } : target
}

async function readService(client: KubeClient, namespace: string, name: string, signal: AbortSignal): Promise<Service> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${encodeURIComponent(name)}`
  return client.getJson<Service>(path, { signal }).catch((error: unknown) => {
    if (!isApiError(error)) throw error
    if (error.code === 404) throw notThere('Service', namespace, name, error)
    throw error.code === 403 ? refused(error, { verb: 'get', resource: 'services', namespace, name }) : error
  })
}

/** As a list, which has to be allowed anyway. */
async function readPod(client: KubeClient, namespace: string, name: string, signal: AbortSignal) {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
  const fieldSelector = `metadata.name=${name}`
  const { items } = await client.list<PrometheusPod>(path, { fieldSelector, signal }).catch((error: unknown) => {
    throw isApiError(error) && error.code === 403
      ? refused(error, { verb: 'list', resource: 'pods', namespace })
      : error
  })
  const [pod] = items
  if (pod === undefined) throw notThere('pod', namespace, name)
  return pod
}

function notThere(kind: 'Service' | 'pod', namespace: string, name: string, cause?: unknown): PrometheusError {
  return new PrometheusError(`error: there is no ${kind} "${name}" in namespace "${namespace}"`, {
    kind: 'not-found',
    cause,
    advice: [`kubectl get ${kind.toLowerCase()}s -A shows all; --prometheus auto looks for one`],
  })
}

function refused({ message }: ApiError, missing: Permission & { namespace: string }): PermissionError {
  return new PermissionError(message, [missing], roleAdvice(missing.namespace))
}

function roleAdvice(namespace: string): readonly string[] {
  return [`apply docs/rbac/prometheus.yaml for namespace "${namespace}", or give the URL of Prometheus`]
}

/** A pod need not declare the port that it listens on. */
function podAsService(pod: PrometheusPod, wanted: string | undefined): Service {
  const service = asService(pod)
  const port = Number(wanted)
  const { ports = [] } = service.spec ?? {}
  if (!(port > 0) || ports.some((declared) => declared.port === port)) return service
  return { ...service, spec: { ...service.spec, ports: [...ports, { port }] } }
}

/** By port-forward where this user may, else by the API server's proxy, which passes no credentials on. */
async function connectToTarget(
  client: KubeClient,
  target: ServiceTarget,
  { access, signal }: ConnectPrometheusOptions,
): Promise<Prometheus> {
  const { namespace, name } = target
  const label = `${namespace}/${name}`
  const opened = (route: Route) => openPrometheus(route, { label, access, signal })
  const forward: Permission[] = [
    { verb: 'list', resource: 'pods', namespace },
    // A WebSocket begins with a GET; newer API servers ask for the other as well.
    { verb: 'get', resource: 'pods', subresource: 'portforward', namespace },
    { verb: 'create', resource: 'pods', subresource: 'portforward', namespace },
  ]
  const proxy: Permission[] = [{ verb: 'get', resource: 'services', subresource: 'proxy', namespace }]
  const missing = await findMissingPermissions(client, forward, signal)
  const hasPods = Object.keys(target.selector).length > 0 || target.pod !== undefined
  if (missing.length === 0 && hasPods) return opened(openPodRoute(client, target, access))
  if (hasCredentials(access)) {
    throw new PermissionError(
      `error: cannot forward a port to Prometheus ${label}, and the API server's proxy would not pass its credentials on`,
      missing,
      roleAdvice(namespace),
    )
  }
  if (target.pod === undefined && (await findMissingPermissions(client, proxy, signal)).length === 0)
    return opened(openProxyRoute(client, target))
  throw new PermissionError(
    `error: cannot reach Prometheus ${label}: no permission`,
    [...missing, ...(target.pod === undefined ? proxy : [])],
    roleAdvice(namespace),
  )
}
