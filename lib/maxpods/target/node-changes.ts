import type { NodeReport } from '../assessment/node-report.ts'
import type { ClusterFacts } from '../facts/gather-facts.ts'
import { AKS_MOST_PODS, GKE_MOST_PODS } from '../limits/provider-limit.ts'
import { pidMaxFor, podPidsLimitFor, SMALL_PID_MAX } from '../sizing/pids.ts'
import { type NodeBlock, nodeBlock } from '../sizing/pod-cidr.ts'
import { type Reservation, recommendedReservation } from '../sizing/reservations.ts'
import type { Change } from './change.ts'

/** Processes that every pod may have where nothing else is set: enough for all but few. */
const USUAL_PIDS = 1024
/** So many images at once let a full node come back from a restart before its pods are given up. */
const PARALLEL_PULLS = 5
const MEBIBYTE = 2 ** 20

/** What kubelets may send to the API server by themselves since Kubernetes 1.27; before it was 5 and 10. */
const API_RATE = { qps: 50, burst: 100 }

/** The settings that a node needs for so many pods; undefined where it has them already. */
export interface TargetSettings {
  maxPods?: number
  /** podsPerCore would allow fewer. */
  dropsPodsPerCore: boolean
  podPidsLimit?: number
  pidMax?: number
  kubeReserved?: Reservation
  parallelPulls?: number
  /** kubeAPIQPS and kubeAPIBurst. */
  apiRate?: { qps: number; burst: number }
  block?: NodeBlock
  prefixDelegation: boolean
}

/** What has to change on a node so that it takes so many pods, and what cannot. */
export function nodeChanges(
  pods: number,
  report: NodeReport,
  facts: Pick<ClusterFacts, 'config' | 'awsNode'>,
): { changes: Change[]; impossible: string[]; settings: TargetSettings } {
  const changes: Change[] = []
  const impossible: string[] = []
  const settings: TargetSettings = { dropsPodsPerCore: false, prefixDelegation: false }
  const now = report.node.allocatable.pods ?? 0
  if (now >= pods && (report.limitedBy?.pods ?? 0) >= pods) return { changes, impossible, settings }
  if (!report.node.hasKubelet) {
    const why = 'whoever runs this fake or virtual node sets the figure'
    changes.push({ what: 'allocatable pods', now: String(now), needed: String(pods), why })
    return { changes, impossible, settings }
  }
  if (now < pods) changeKubelet(pods, now, report, settings, changes)
  changeAddresses(pods, report, facts, settings, changes, impossible)
  changeReservation(pods, report, settings, changes, impossible)
  changePids(pods, report, settings, changes)
  changeImagePulls(report, settings, changes)
  changeApiRate(report, settings, changes)
  const { provider } = report.node
  if (provider === 'gke' && pods > GKE_MOST_PODS) {
    impossible.push(`GKE takes at most ${GKE_MOST_PODS} pods per node (Autopilot decides by itself)`)
  }
  if (provider === 'aks' && pods > AKS_MOST_PODS) impossible.push(`AKS takes at most ${AKS_MOST_PODS} pods per node`)
  return { changes, impossible, settings }
}

function changeKubelet(
  pods: number,
  now: number,
  { kubelet, node }: NodeReport,
  settings: TargetSettings,
  changes: Change[],
): void {
  const { maxPods, podsPerCore = 0 } = kubelet?.settings ?? {}
  if (maxPods === undefined || maxPods < pods) {
    settings.maxPods = pods
    changes.push({
      what: 'kubelet maxPods',
      now: String(maxPods ?? now),
      needed: String(pods),
      why: 'the scheduler puts no more pods on the node',
    })
  }
  const cores = Math.floor(node.capacity.cpuMillis / 1000)
  if (podsPerCore > 0 && podsPerCore * cores < pods) {
    settings.dropsPodsPerCore = true
    const needed = cores === 0 ? '0' : `0, or ${Math.ceil(pods / cores)}`
    changes.push({
      what: 'kubelet podsPerCore',
      now: String(podsPerCore),
      needed,
      why: `${cores} cores times it is the limit`,
    })
  }
}

function changeAddresses(
  pods: number,
  { addresses, load, node }: NodeReport,
  { awsNode }: Pick<ClusterFacts, 'awsNode'>,
  settings: TargetSettings,
  changes: Change[],
  impossible: string[],
): void {
  const limit = addresses?.limit
  if (limit === undefined || limit.pods >= pods) return
  if (limit.name === 'EC2 network interfaces') {
    const now = `${addresses?.usable} addresses`
    if (awsNode?.prefixDelegation === false) {
      settings.prefixDelegation = true
      const why = `${node.instanceType} has no more single addresses`
      changes.push({ what: 'prefix delegation of aws-node', now: `off, ${now}`, needed: 'on', why })
    } else impossible.push(`${node.instanceType} has ${now} for pods: take a larger instance type`)
    return
  }
  const block = nodeBlock(pods - load.hostNetwork)
  if (block === undefined) {
    impossible.push(`no IPv4 block has ${pods} addresses`)
    return
  }
  settings.block = block
  changes.push({
    what: limit.name === 'pod CIDR' ? 'pod CIDR of the node' : 'Cilium block of the node',
    now: `${addresses?.cidrs.map((cidr) => cidr.replace(/^.*\//, '/')).join(' and ')}: ${addresses?.usable} addresses`,
    needed: block.least === block.comfortable ? `/${block.least}` : `/${block.comfortable}, at least /${block.least}`,
    why: 'each pod takes an address; twice as many let those of deleted pods rest',
  })
}

function changeReservation(
  pods: number,
  { node, kubelet }: NodeReport,
  settings: TargetSettings,
  changes: Change[],
  impossible: string[],
): void {
  const { capacity, allocatable } = node
  const wanted = recommendedReservation(pods, capacity.cpuMillis)
  const keptMebibytes = Math.floor((capacity.memoryBytes - allocatable.memoryBytes) / MEBIBYTE)
  if (keptMebibytes >= wanted.memoryMebibytes) return
  const left = Math.floor(capacity.memoryBytes / MEBIBYTE) - wanted.memoryMebibytes
  if (left <= 0) {
    const has = Math.floor(capacity.memoryBytes / MEBIBYTE / 1024)
    const needs = Math.ceil(wanted.memoryMebibytes / 1024)
    impossible.push(
      `the machine has ${has}Gi of memory, and ${pods} pods need ${needs}Gi for kubelet and runtime alone`,
    )
    return
  }
  settings.kubeReserved = wanted
  const named = kubelet?.settings.kubeReserved?.memory
  changes.push({
    what: 'kubeReserved memory',
    now: named ?? `${keptMebibytes}Mi kept from pods`,
    needed: `${wanted.memoryMebibytes}Mi`,
    why: `11Mi a pod and 255Mi, as EKS reckons; about ${Math.round(left / 1024)}Gi stay for pods`,
  })
}

function changePids(pods: number, { kubelet, tasks }: NodeReport, settings: TargetSettings, changes: Change[]): void {
  const now = kubelet?.settings.podPidsLimit
  const each = now === undefined || now <= 0 ? USUAL_PIDS : now
  if (now === undefined || now <= 0) {
    settings.podPidsLimit = each
    changes.push({
      what: 'kubelet podPidsLimit',
      now: now === undefined ? 'not known' : 'none',
      needed: String(each),
      why: 'one pod must not take the process numbers of all',
    })
  }
  const needed = pidMaxFor(pods, each)
  if (tasks !== undefined && tasks.max >= needed) return
  settings.pidMax = needed
  const least = tasks?.max ?? SMALL_PID_MAX
  changes.push({
    what: 'kernel.pid_max, kernel.threads-max',
    now: tasks === undefined ? 'not known (sysctl kernel.pid_max)' : `${tasks.max}, the smaller`,
    needed: `${needed} each`,
    why: `${pods} pods of ${each} processes; with ${least} each pod could have ${podPidsLimitFor(pods, least) ?? 'none'}`,
  })
}

function changeImagePulls({ kubelet }: NodeReport, settings: TargetSettings, changes: Change[]): void {
  const { serializeImagePulls } = kubelet?.settings ?? {}
  if (serializeImagePulls === false) return
  settings.parallelPulls = PARALLEL_PULLS
  changes.push({
    what: 'kubelet serializeImagePulls',
    now: serializeImagePulls === undefined ? 'true by default' : 'true',
    needed: `false, maxParallelImagePulls ${PARALLEL_PULLS}`,
    why: 'one image after the other makes a full node start slowly',
  })
}

/** Each pod of a node has its status written by the kubelet. */
function changeApiRate({ kubelet }: NodeReport, settings: TargetSettings, changes: Change[]): void {
  const { kubeAPIQPS: qps, kubeAPIBurst: burst } = kubelet?.settings ?? {}
  if (qps === undefined || qps >= API_RATE.qps) return
  settings.apiRate = API_RATE
  changes.push({
    what: 'kubelet kubeAPIQPS',
    now: `${qps}, kubeAPIBurst ${burst ?? 'not known'}`,
    needed: `${API_RATE.qps}, kubeAPIBurst ${API_RATE.burst}`,
    why: 'the kubelet writes the status of each pod to the API server, no faster than that',
  })
}
