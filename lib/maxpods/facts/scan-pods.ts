import type { KubeClient } from '../../kube/client.ts'
import { notReadyReason } from '../../workload/pods/not-ready-reason.ts'
import { withoutManagedFields } from '../../workload/pods/pod-line.ts'
import { podOfMessage } from '../../workload/pods/pod-message.ts'
import {
  createQuantityReader,
  podRequests,
  type QuantityReader,
  type RequestingPod,
  type ResourceTotals,
} from '../../workload/pods/pod-requests.ts'
import type { PodObject } from '../../workload/pods/pod-status.ts'
import { addPending, type PendingGroup } from './pending-pods.ts'

/** What the pods of a node take of it. Pods that are over (Succeeded, Failed) take nothing. */
export interface NodeLoad extends ResourceTotals {
  /** Those that count against maxPods: also the terminating ones, mirror pods and pods of DaemonSets. */
  running: number
  terminating: number
  mirror: number
  daemonSet: number
  /** Those in the node's own network, which take no address. */
  hostNetwork: number
  /** Failed because the kubelet refused them: more pods than it allows. */
  refused: number
}

/** What all pods of a cluster come to. */
export interface PodScan {
  byNode: Map<string, NodeLoad>
  pending: Map<string, PendingGroup>
  /** Parts of the cluster's network that run as pods, by the name in their labels, e.g. cilium. */
  networks: Set<string>
  /** Pods read, over or not. */
  pods: number
}

export type ScannedPod = PodObject &
  RequestingPod & {
    spec?: { hostNetwork?: boolean }
  }

/** The label k8s-app (or app, name, component) of the agents of networks whose IPAM this program knows something of. */
const NETWORKS: ReadonlySet<string> = new Set([
  'cilium',
  'calico-node',
  'aws-node',
  'azure-cns',
  'kindnet',
  'flannel',
  'antrea',
  'weave-net',
])

/** Reads all pods of the cluster, page by page, and keeps what they come to. */
export async function scanPods(
  client: KubeClient,
  signal: AbortSignal,
  onProgress: (pods: number) => void = () => {},
): Promise<PodScan> {
  const read = createQuantityReader()
  const extract = (item: Buffer) => JSON.parse(withoutManagedFields(item)) as ScannedPod
  const options = { extract, decode: podOfMessage, signal }
  const { result } = await client.fold('/api/v1/pods', options, emptyScan, (scan, pod: ScannedPod) => {
    addPod(scan, pod, read)
    if (scan.pods % 1000 === 0) onProgress(scan.pods)
  })
  return result
}

export function emptyScan(): PodScan {
  return { byNode: new Map(), pending: new Map(), networks: new Set(), pods: 0 }
}

/** Counts a pod on its node; one that is over takes nothing of it. */
export function addPod(scan: PodScan, pod: ScannedPod, read: QuantityReader): void {
  scan.pods += 1
  const { spec, status, metadata } = pod
  const node = spec?.nodeName
  const isOver = status?.phase === 'Succeeded' || status?.phase === 'Failed'
  if (node === undefined) {
    if (!isOver) addPending(scan.pending, pod, notReadyReason(pod))
    return
  }
  const load = scan.byNode.get(node) ?? emptyLoad()
  scan.byNode.set(node, load)
  if (isOver) {
    if (status?.reason === 'OutOfpods') load.refused += 1
    return
  }
  const { cpuMillis, memoryBytes } = podRequests(pod, read)
  load.running += 1
  load.cpuMillis += cpuMillis
  load.memoryBytes += memoryBytes
  if (metadata.deletionTimestamp !== undefined) load.terminating += 1
  if (metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) load.mirror += 1
  if (metadata.ownerReferences?.some(({ kind, controller }) => kind === 'DaemonSet' && controller === true) === true) {
    load.daemonSet += 1
    const { labels = {} } = metadata
    const name = labels['k8s-app'] ?? labels.app ?? labels.name ?? ''
    if (NETWORKS.has(name)) scan.networks.add(name)
  }
  if (spec?.hostNetwork === true) load.hostNetwork += 1
}

export function emptyLoad(): NodeLoad {
  return {
    running: 0,
    terminating: 0,
    mirror: 0,
    daemonSet: 0,
    hostNetwork: 0,
    refused: 0,
    cpuMillis: 0,
    memoryBytes: 0,
  }
}
