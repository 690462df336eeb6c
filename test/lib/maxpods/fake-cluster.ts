import type { Call } from '../kube/fault-server.ts'

export interface FakeNode {
  name: string
  labels?: Readonly<Record<string, string>>
  annotations?: Readonly<Record<string, string>>
  /** Of capacity and allocatable; null: the node does not say. */
  pods?: number | null
  cpu?: string
  memory?: string
  allocatableMemory?: string
  podCidrs?: readonly string[]
  providerId?: string
  kubeletVersion?: string
  unschedulable?: boolean
  taints?: readonly { key: string; effect: string }[]
  ready?: string
}

/** A Node object as an API server lists it. */
export function nodeObject(node: FakeNode): object {
  const { name, pods = 110, cpu = '4', memory = '16Gi', podCidrs = [] } = node
  const podAmount = pods === null ? {} : { pods: String(pods) }
  return {
    metadata: { name, labels: { 'kubernetes.io/os': 'linux', ...node.labels }, annotations: node.annotations ?? {} },
    spec: {
      ...(podCidrs.length === 0 ? {} : { podCIDR: podCidrs[0], podCIDRs: podCidrs }),
      ...(node.providerId === undefined ? {} : { providerID: node.providerId }),
      ...(node.unschedulable === true ? { unschedulable: true } : {}),
      ...(node.taints === undefined ? {} : { taints: node.taints }),
    },
    status: {
      capacity: { cpu, memory, ...podAmount },
      allocatable: { cpu, memory: node.allocatableMemory ?? memory, ...podAmount },
      conditions: [{ type: 'Ready', status: node.ready ?? 'True' }],
      nodeInfo: { kubeletVersion: node.kubeletVersion ?? 'v1.34.4' },
    },
  }
}

export interface FakePod {
  node?: string
  phase?: string
  reason?: string
  cpu?: string
  memory?: string
  hostNetwork?: boolean
  terminating?: boolean
  mirror?: boolean
  /** Name of the DaemonSet, which is also its label k8s-app. */
  daemonSet?: string
  /** What the scheduler says of it. */
  unschedulable?: string
  createdAt?: string
}

/** A Pod object as an API server lists it. */
export function podObject(pod: FakePod, index: number): object {
  const { node, phase = node === undefined ? 'Pending' : 'Running', cpu, memory, daemonSet } = pod
  const requests = { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) }
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: pod.unschedulable }
  return {
    metadata: {
      name: `pod-${index}`,
      namespace: 'default',
      creationTimestamp: pod.createdAt ?? '2026-11-20T10:00:00Z',
      ...(daemonSet === undefined
        ? {}
        : {
            labels: { 'k8s-app': daemonSet },
            ownerReferences: [{ kind: 'DaemonSet', name: daemonSet, controller: true }],
          }),
      ...(pod.mirror === true ? { annotations: { 'kubernetes.io/config.mirror': 'x' } } : {}),
      ...(pod.terminating === true ? { deletionTimestamp: '2026-11-20T10:01:00Z' } : {}),
    },
    spec: {
      ...(node === undefined ? {} : { nodeName: node }),
      ...(pod.hostNetwork === true ? { hostNetwork: true } : {}),
      containers: [{ name: 'main', resources: { requests } }],
    },
    status: {
      phase,
      ...(pod.reason === undefined ? {} : { reason: pod.reason }),
      ...(pod.unschedulable === undefined ? {} : { conditions: [condition] }),
    },
  }
}

export interface FakeCluster {
  nodes: readonly FakeNode[]
  pods?: readonly FakePod[]
  /** Of kube-system, by name: their data. */
  configMaps?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** What the kubelet of a node has in force; undefined: it never answers. */
  kubelet?: (node: string) => object | undefined
  /** Further collections and objects, by path. */
  objects?: Readonly<Record<string, object>>
  /** Paths that are refused; nodes/proxy refuses the kubelets. */
  forbidden?: readonly string[]
  /** Names of the nodes that any label selector matches. */
  selected?: readonly string[]
}

const KUBELET = /^\/api\/v1\/nodes\/([^/]+)\/proxy\/configz$/
const CONFIG_MAP = /^\/api\/v1\/namespaces\/kube-system\/configmaps\/(.+)$/

/** Answers requests like the API server of such a cluster. */
export function answerAs(cluster: FakeCluster): (call: Call) => void {
  const { nodes, pods = [], configMaps = {}, kubelet, objects = {}, forbidden = [], selected } = cluster
  const status = (call: Call, code: number, reason: string) =>
    call.reply(code, { kind: 'Status', status: 'Failure', code, reason, message: `${reason} ${call.path}` })
  const list = (kind: string, items: readonly object[]) => ({ kind, metadata: { resourceVersion: '1' }, items })
  return (call) => {
    const { path } = call
    if (path.endsWith('/selfsubjectaccessreviews')) {
      const { resource, subresource } = (JSON.parse(call.body) as Review).spec.resourceAttributes
      const name = subresource === undefined ? resource : `${resource}/${subresource}`
      return call.reply(201, { status: { allowed: !forbidden.includes(name) } })
    }
    if (forbidden.includes(path)) return status(call, 403, 'Forbidden')
    if (path === '/version') return call.reply(200, { gitVersion: 'v1.34.4', platform: 'linux/amd64' })
    if (path === '/api/v1/pods') return call.reply(200, list('PodList', pods.map(podObject)))
    if (path === '/api/v1/nodes') {
      const isSelected = ({ name }: FakeNode) => !call.query.has('labelSelector') || selected?.includes(name) === true
      return call.reply(200, list('NodeList', nodes.filter(isSelected).map(nodeObject)))
    }
    const asked = KUBELET.exec(path)?.[1]
    if (asked !== undefined && kubelet !== undefined) {
      const settings = kubelet(decodeURIComponent(asked))
      return settings === undefined ? undefined : call.reply(200, { kubeletconfig: settings })
    }
    const data = configMaps[CONFIG_MAP.exec(path)?.[1] ?? '']
    if (data !== undefined) return call.reply(200, { data })
    const object = objects[path]
    if (object !== undefined) return call.reply(200, Array.isArray(object) ? list('List', object) : object)
    return status(call, 404, 'NotFound')
  }
}

interface Review {
  spec: { resourceAttributes: { resource: string; subresource?: string } }
}
