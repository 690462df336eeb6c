import type { KubeClient } from '../../kube/client.ts'
import { PrometheusError } from './prometheus-error.ts'

/** What is read of a Service. */
export interface Service {
  metadata: { name: string; namespace: string; labels?: Readonly<Record<string, string>> }
  spec?: { selector?: Readonly<Record<string, string>>; type?: string; ports?: readonly ServicePort[] }
}

export interface ServicePort {
  name?: string
  port: number
  targetPort?: number | string
  appProtocol?: string
  protocol?: string
}

/** What is read of a pod. */
export interface PrometheusPod {
  metadata: { name: string; namespace: string; deletionTimestamp?: string; labels?: Readonly<Record<string, string>> }
  spec: {
    containers: readonly {
      name?: string
      args?: readonly string[]
      ports?: readonly { name?: string; containerPort: number; protocol?: string }[]
    }[]
  }
  status?: { phase?: string; conditions?: readonly { type: string; status: string }[] }
}

/** A Prometheus behind a Service, by one of its ports; or one without a Service. */
export interface ServiceTarget {
  namespace: string
  name: string
  port: ServicePort
  /** Which pods it stands for; empty where somebody else keeps its endpoints. */
  selector: Readonly<Record<string, string>>
  secure: boolean
  /** Where its API begins, `/select/0/prometheus`; empty for the root. */
  root: string
  /** Of one without a Service, whose name is the pod's: this pod alone, or any that has its labels. */
  pod?: 'this' | 'alike'
}

/** How messages call it. */
export function describeTarget({ namespace, name, pod }: ServiceTarget): string {
  return `${pod === undefined ? 'Service' : 'pod'} "${name}" in namespace "${namespace}"`
}

/** What makes a pod differ from those of the same workload. */
const OWN_LABELS: ReadonlySet<string> = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
])

/** A pod as the Service that it lacks: with the labels and the ports of its workload. */
export function asService({ metadata, spec }: PrometheusPod): Service {
  const selector = Object.entries(metadata.labels ?? {}).filter(([label]) => !OWN_LABELS.has(label))
  const ports = spec.containers.flatMap((container) => container.ports ?? [])
  return {
    metadata,
    spec: {
      selector: Object.fromEntries(selector),
      ports: ports.map(({ containerPort, ...port }) => ({ ...port, port: containerPort })),
    },
  }
}

/** The ports of a Service by which Prometheus and those that answer like it are asked, the surest first. */
const KNOWN_PORTS: readonly (number | string)[] = [
  'http-web',
  'web',
  9090,
  9091,
  8428,
  8429,
  8481,
  10902,
  'http',
  'https',
  80,
  443,
]

/**
 * The port of a Service that Prometheus answers at.
 * @param wanted a number or a name, where the user has named one
 * @param kind as users name it
 * @throws PrometheusError where it has no such port, or several and none that is known
 */
export function prometheusPort(
  { metadata, spec }: Service,
  wanted?: string,
  kind: 'Service' | 'pod' = 'Service',
): ServicePort {
  const ports = (spec?.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP')
  const named = (key: number | string) => ports.find(({ name, port }) => port === Number(key) || name === key)
  const found = wanted === undefined ? (ports.length === 1 ? ports[0] : first(KNOWN_PORTS.map(named))) : named(wanted)
  if (found !== undefined) return found
  const has = ports.map(({ name, port }) => (name === undefined ? `${port}` : `${port} (${name})`)).join(', ')
  const where = `${kind} "${metadata.name}" in namespace "${metadata.namespace}"`
  throw new PrometheusError(
    wanted === undefined
      ? `error: ${where} has no port that is known to be Prometheus' own`
      : `error: ${where} has no port ${wanted}`,
    {
      kind: 'not-found',
      advice: [
        `its ports are ${has || 'none'}: say which with ${kind === 'pod' ? 'pod' : 'svc'}/${metadata.namespace}/${metadata.name}:PORT`,
      ],
    },
  )
}

function first<T>(values: readonly (T | undefined)[]): T | undefined {
  return values.find((value) => value !== undefined)
}

/** Whether a port says of itself that it speaks TLS. */
export function speaksTls({ name = '', port, appProtocol }: ServicePort): boolean {
  return appProtocol?.toLowerCase() === 'https' || /^https(-|$)/.test(name) || port === 443 || port === 8443
}

/** A pod that answers, and where. */
export interface ReadyPod {
  namespace: string
  pod: string
  port: number
  /** What the program itself puts before every path (`--web.route-prefix`); empty for none. */
  routePrefix: string
}

/**
 * The pods behind a Service that are ready, in the order of their names.
 * @throws ApiError, ConnectionError, or the signal's reason
 */
export async function readyPods(
  client: Pick<KubeClient, 'list'>,
  {
    namespace,
    name,
    selector,
    port,
    pod: which,
  }: Pick<ServiceTarget, 'namespace' | 'name' | 'selector' | 'port' | 'pod'>,
  signal: AbortSignal,
): Promise<ReadyPod[]> {
  const labels = Object.entries(selector).map(([key, value]) => `${key}=${value}`)
  if (labels.length === 0 && which !== 'this') return []
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`
  const chosen = which === 'this' ? { fieldSelector: `metadata.name=${name}` } : { labelSelector: labels.join(',') }
  const { items } = await client.list<PrometheusPod>(path, { ...chosen, signal })
  return items
    .filter(isReady)
    .flatMap((pod) => {
      const number = targetPort(pod, port)
      if (number === undefined) return []
      return [{ namespace, pod: pod.metadata.name, port: number, routePrefix: routePrefix(pod, number) }]
    })
    .sort((a, b) => (a.pod < b.pod ? -1 : 1))
}

export function isReady({ metadata, status }: PrometheusPod): boolean {
  if (metadata.deletionTimestamp !== undefined || status?.phase !== 'Running') return false
  return (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True')
}

function targetPort({ spec }: PrometheusPod, { port, targetPort: target = port }: ServicePort): number | undefined {
  if (typeof target === 'number') return target
  return spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === target)?.containerPort
}

/** Prometheus' own flag; the operator sets it from `routePrefix`. Only of the container that has the port. */
function routePrefix({ spec }: PrometheusPod, port: number): string {
  const own = spec.containers.filter(({ ports = [] }) => ports.some(({ containerPort }) => containerPort === port))
  const flag = /^--web\.route-prefix=(\/.*)$/
  const found = first(
    (own.length > 0 ? own : spec.containers).flatMap(({ args = [] }) => args.map((arg) => flag.exec(arg)?.[1])),
  )
  return (found ?? '').replace(/\/$/, '')
}
