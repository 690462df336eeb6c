import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import {
  asService,
  isReady,
  type PrometheusPod,
  prometheusPort,
  readyPods,
  type Service,
  type ServiceTarget,
  speaksTls,
} from './service.ts'

/** What answers PromQL, by how it came into the cluster. */
export type Flavor = 'openshift' | 'prometheus-stack' | 'prometheus' | 'victoria-metrics' | 'thanos'

/**
 * The best first. Behind Thanos and a cluster of VictoriaMetrics there may be the series of many clusters, where OpenShift's
 * own has this cluster's alone.
 */
const PREFERENCE: readonly Flavor[] = ['openshift', 'prometheus-stack', 'prometheus', 'victoria-metrics', 'thanos']

/** A Service that a Prometheus is behind, or pods that have none. */
export interface Candidate {
  flavor: Flavor
  target: ServiceTarget
}

export interface FoundPrometheus {
  candidates: Candidate[]
  /** Whether all namespaces could be looked at. */
  everywhere: boolean
}

/** Where charts and operators put it, for users who may not look everywhere. */
const USUAL_NAMESPACES = [
  'monitoring',
  'prometheus',
  'kube-prometheus-stack',
  'observability',
  'openshift-monitoring',
  'victoria-metrics',
]

/**
 * Finds what answers PromQL in the cluster: the Services of kube-prometheus-stack, prometheus-operator and the community
 * chart, of OpenShift's monitoring, VictoriaMetrics and Thanos. Several Services of the same pods count once, those
 * without a ready pod not at all. Where there is none of these, pods that have no Service count. The best come first.
 * @throws ApiError, ConnectionError, or the signal's reason
 */
export async function findCandidates(
  client: Pick<KubeClient, 'fold' | 'list' | 'namespace'>,
  signal: AbortSignal,
): Promise<FoundPrometheus> {
  const { services, everywhere } = await listServices(client, signal)
  const candidates = services.flatMap(recognize).sort(byRank)
  const covered = new Set<string>()
  const found: Candidate[] = []
  for (const candidate of candidates) {
    const pods = await podsOf(client, candidate, signal)
    const fresh = pods.map(({ namespace, pod }) => `${namespace}/${pod}`).filter((pod) => !covered.has(pod))
    for (const pod of fresh) covered.add(pod)
    if (fresh.length > 0) found.push(candidate)
  }
  if (found.length > 0) return { candidates: found, everywhere }
  const pods = await findPods(client, signal)
  return { candidates: pods.candidates, everywhere: everywhere && pods.everywhere }
}

/** Programs that answer PromQL, by the labels that their pods have: of all pods of a large cluster only these are read. */
const POD_SELECTORS = [
  'app.kubernetes.io/name in (prometheus,vmsingle,vmselect,victoria-metrics-single,thanos,thanos-query,thanos-querier,thanos-query-frontend)',
  'app in (prometheus,prometheus-server,vmsingle,vmselect)',
  'k8s-app=prometheus',
]

/** Ready pods of a Prometheus that nobody has made a Service for. Those of one workload count once. */
async function findPods(client: Pick<KubeClient, 'list' | 'namespace'>, signal: AbortSignal): Promise<FoundPrometheus> {
  const { pods, everywhere } = await listPods(client, signal)
  const candidates = pods
    .filter(isReady)
    .flatMap((pod) =>
      recognize(asService(pod)).map(
        ({ flavor, target }): Candidate => ({ flavor, target: { ...target, pod: 'alike' } }),
      ),
    )
  const workloads = Map.groupBy(candidates.sort(byRank), ({ target: { namespace, selector } }) =>
    JSON.stringify([namespace, Object.entries(selector).sort(([a], [b]) => (a < b ? -1 : 1))]),
  )
  return { candidates: [...workloads.values()].flatMap((alike) => alike.slice(0, 1)), everywhere }
}

async function listPods(
  client: Pick<KubeClient, 'list' | 'namespace'>,
  signal: AbortSignal,
): Promise<{ pods: PrometheusPod[]; everywhere: boolean }> {
  const everywhere = POD_SELECTORS.map((labelSelector) =>
    client.list<PrometheusPod>('/api/v1/pods', { labelSelector, signal }),
  )
  try {
    return { pods: (await Promise.all(everywhere)).flatMap(({ items }) => items), everywhere: true }
  } catch (error) {
    if (!isApiError(error) || error.code !== 403) throw error
  }
  return { pods: await listInUsualNamespaces<PrometheusPod>(client, 'pods', signal), everywhere: false }
}

/** Who may not see the pods may still ask through the API server: then the Service stands for itself. */
async function podsOf(
  client: Pick<KubeClient, 'list'>,
  { target }: Candidate,
  signal: AbortSignal,
): Promise<{ namespace: string; pod: string }[]> {
  try {
    return await readyPods(client, target, signal)
  } catch (error) {
    if (!isApiError(error) || error.code !== 403) throw error
    return [{ namespace: target.namespace, pod: `svc/${target.name}` }]
  }
}

/** Those that are as good as the best: with more than one of them nobody but the user can choose. */
export function bestOf(candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(({ flavor }) => flavor === candidates[0]?.flavor)
}

function byRank(a: Candidate, b: Candidate): number {
  return rank(a) - rank(b) || (nameOf(a) < nameOf(b) ? -1 : 1)
}

function rank({ flavor, target: { selector } }: Candidate): number {
  // The one that stands for all instances of an operator comes after those of each.
  return PREFERENCE.indexOf(flavor) + (Object.keys(selector).length > 1 ? 0 : 0.5)
}

function nameOf({ target: { namespace, name } }: Candidate): string {
  return `${namespace}/${name}`
}

/** The argument that names a candidate. */
export function choiceOf({ target: { namespace, name, port, pod } }: Candidate): string {
  return `${pod === undefined ? 'svc' : 'pod'}/${namespace}/${name}:${port.port}`
}

/** All Services of the cluster or, where that is not allowed, of the usual namespaces. */
async function listServices(
  client: Pick<KubeClient, 'fold' | 'list' | 'namespace'>,
  signal: AbortSignal,
): Promise<{ services: Service[]; everywhere: boolean }> {
  try {
    const { result } = await client.fold<Service, Service[]>(
      '/api/v1/services',
      { signal },
      () => [],
      (kept, service) => {
        if (recognize(service).length > 0) kept.push(service)
      },
    )
    return { services: result, everywhere: true }
  } catch (error) {
    if (!isApiError(error) || error.code !== 403) throw error
  }
  return { services: await listInUsualNamespaces<Service>(client, 'services', signal), everywhere: false }
}

async function listInUsualNamespaces<T>(
  client: Pick<KubeClient, 'list' | 'namespace'>,
  resource: 'services' | 'pods',
  signal: AbortSignal,
): Promise<T[]> {
  const namespaces = [...new Set([...USUAL_NAMESPACES, client.namespace])]
  const lists = await Promise.all(
    namespaces.map(async (namespace) => {
      try {
        return (await client.list<T>(`/api/v1/namespaces/${encodeURIComponent(namespace)}/${resource}`, { signal }))
          .items
      } catch (error) {
        if (isApiError(error) && error.code === 403) return []
        throw error
      }
    }),
  )
  return lists.flat()
}

/**
 * Tells by names, labels and ports whether a Prometheus is behind a Service: a list of one, or an empty one. What belongs
 * to it (Alertmanager, exporters, the operator) carries some of the same labels.
 */
export function recognize(service: Service): Candidate[] {
  const flavor = flavorOf(service)
  const { metadata, spec = {} } = service
  const selector = spec.selector ?? {}
  if (flavor === undefined || spec.type === 'ExternalName' || Object.keys(selector).length === 0) return []
  try {
    const port = prometheusPort(service)
    const { namespace, name } = metadata
    // OpenShift's proxies speak TLS at a port that is called "web".
    const secure = speaksTls(port) || flavor === 'openshift'
    return [{ flavor, target: { namespace, name, port, selector, secure, root: rootOf(service) } }]
  } catch {
    // A Service of another part, such as the sidecars' gRPC port.
    return []
  }
}

/** Where the API of a Service begins: a select node of VictoriaMetrics has one for each tenant, of which 0 is the first. */
export function rootOf({ metadata: { labels = {} }, spec }: Service): string {
  const isSelect = [labels.app, labels['app.kubernetes.io/name'], spec?.selector?.app].includes('vmselect')
  return isSelect ? '/select/0/prometheus' : ''
}

function flavorOf({ metadata: { name, namespace, labels = {} }, spec }: Service): Flavor | undefined {
  const app = labels.app ?? ''
  const appName = labels['app.kubernetes.io/name'] ?? ''
  const component = labels['app.kubernetes.io/component'] ?? labels.component ?? ''
  const partOf = labels['app.kubernetes.io/part-of'] ?? ''
  const selected = Object.values(spec?.selector ?? {})
  if (namespace === 'openshift-monitoring') return name === 'thanos-querier' ? 'openshift' : undefined
  if (appName === 'prometheus' && /^kube-prometheus(-stack)?$/.test(partOf)) return 'prometheus-stack'
  if (/^(kube-prometheus-stack|prometheus-operator)-prometheus$/.test(app)) return 'prometheus-stack'
  if (labels['operated-prometheus'] === 'true') return 'prometheus'
  if (appName === 'prometheus' && !/^(alertmanager|node-exporter|pushgateway|kube-state-metrics)$/.test(component))
    return 'prometheus'
  if (app === 'prometheus' && (component === '' || component === 'server')) return 'prometheus'
  if (['vmsingle', 'vmselect', 'victoria-metrics-single'].includes(appName)) return 'victoria-metrics'
  if (['vmselect', 'vmsingle'].includes(app)) return 'victoria-metrics'
  if (['thanos-query', 'thanos-querier', 'thanos-query-frontend'].includes(appName)) return 'thanos'
  if (appName === 'thanos' && component.startsWith('query')) return 'thanos'
  // Made by hand, by those who follow a tutorial.
  const hasPort = (spec?.ports ?? []).some(({ port, targetPort }) => port === 9090 || targetPort === 9090)
  if (hasPort && (/^prometheus(-server|-service)?$/.test(name) || selected.some(isPrometheus))) return 'prometheus'
  return undefined
}

function isPrometheus(label: string): boolean {
  return label === 'prometheus' || label === 'prometheus-server'
}
