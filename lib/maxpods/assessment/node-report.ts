import type { ClusterFacts } from '../facts/gather-facts.ts'
import { KUBELET_DEFAULT_MAX_PODS, type KubeletSettings } from '../facts/kubelet-settings.ts'
import type { NodeFacts } from '../facts/node-facts.ts'
import { emptyLoad, type NodeLoad } from '../facts/scan-pods.ts'
import type { TaskLimit } from '../facts/task-limit.ts'
import type { VolumeLimit } from '../facts/volume-limits.ts'
import { type AddressPool, addressPool } from '../limits/address-limit.ts'
import { kubeletLimit, unappliedCapacity } from '../limits/kubelet-limit.ts'
import type { Limit } from '../limits/limit.ts'
import { providerLimits } from '../limits/provider-limit.ts'

/** Where the kubelet's settings come from: itself, or the default that kubeadm gives to all kubelets of the cluster. */
export type SettingsSource = 'configz' | 'kubelet-config'

/** A node, its pods, and everything that limits them. */
export interface NodeReport {
  readonly node: NodeFacts
  readonly load: NodeLoad
  /** All that is known, the smallest first. */
  readonly limits: readonly Limit[]
  /** The smallest of those that bind; undefined: the node does not say how many pods it takes. */
  readonly limitedBy: Limit | undefined
  /** Less than 0 where more pods run than the limit allows, as after a change of the kubelet; undefined likewise. */
  readonly free: number | undefined
  readonly kubelet?: { readonly source: SettingsSource; readonly settings: KubeletSettings }
  /** Undefined: not asked for, or not told. */
  readonly tasks?: TaskLimit
  /** Why the kubelet was not heard. */
  readonly kubeletUnknown?: string
  readonly addresses?: AddressPool
  readonly volumes: readonly VolumeLimit[]
  /** What the kubelet's configuration would allow, where the node reports something else. */
  readonly unappliedPods?: number
}

/** What limits a node, which of that comes first, and how many pods still fit. */
export function reportNode(node: NodeFacts, facts: Omit<ClusterFacts, 'nodes' | 'missing'>): NodeReport {
  const load = facts.scan.byNode.get(node.name) ?? emptyLoad()
  const own = facts.kubelets?.settings.get(node.name)
  const defaults = node.hasKubelet ? facts.config.kubeletDefaults : undefined
  const addresses = addressPool(node, load, facts)
  const kubelet = kubeletLimit(node, own ?? defaults)
  const limits = [
    ...(kubelet === undefined ? [] : [kubelet]),
    ...(addresses?.limit === undefined ? [] : [addresses.limit]),
    ...providerLimits(node, facts.awsNode),
  ].sort((a, b) => a.pods - b.pods)
  // Without the word of the node itself the scheduler puts no pod there.
  const limitedBy = kubelet === undefined ? undefined : limits.find(({ binding }) => binding)
  const unapplied = unappliedCapacity(node, own)
  const why = facts.kubelets?.unknown.get(node.name)
  const settings = settingsOf(own, defaults)
  const tasks = facts.kubelets?.tasks.get(node.name)
  return {
    node,
    load,
    limits,
    limitedBy,
    free: limitedBy === undefined ? undefined : limitedBy.pods - load.running,
    ...(settings === undefined ? {} : { kubelet: settings }),
    ...(tasks === undefined ? {} : { tasks }),
    ...(why === undefined ? {} : { kubeletUnknown: why }),
    ...(addresses === undefined ? {} : { addresses }),
    volumes: facts.volumeLimits.get(node.name) ?? [],
    ...(unapplied === undefined ? {} : { unappliedPods: unapplied }),
  }
}

function settingsOf(
  own: KubeletSettings | undefined,
  defaults: KubeletSettings | undefined,
): NonNullable<NodeReport['kubelet']> | undefined {
  if (own !== undefined) return { source: 'configz', settings: own }
  if (defaults === undefined) return undefined
  // kubeadm writes only what was asked for: the rest are the kubelet's own defaults.
  const settings = { maxPods: KUBELET_DEFAULT_MAX_PODS, podsPerCore: 0, podPidsLimit: -1, ...defaults }
  return { source: 'kubelet-config', settings }
}

/** What a cluster comes to: all its nodes together. */
export interface ClusterTotals {
  nodes: number
  /** Allocatable pods, by the nodes' own word. */
  allocatable: number
  /** What the smallest limit of each node allows. */
  maximum: number
  running: number
  /** Pods that still fit on nodes that are ready and not cordoned. */
  free: number
  /** Of these, on nodes with taints: only pods that tolerate them. */
  freeOnTainted: number
  /** Pods for which there would be room on the other nodes. */
  freeElsewhere: number
  cpu: { requested: number; allocatable: number }
  memory: { requested: number; allocatable: number }
}

/** @param takesPods is the node ready and not cordoned? */
export function clusterTotals(reports: readonly NodeReport[], takesPods: (node: NodeFacts) => boolean): ClusterTotals {
  const sum = (figure: (report: NodeReport) => number) => reports.reduce((total, report) => total + figure(report), 0)
  const room = ({ free = 0 }: NodeReport) => Math.max(0, free)
  return {
    nodes: reports.length,
    allocatable: sum(({ node }) => node.allocatable.pods ?? 0),
    maximum: sum(({ limitedBy }) => limitedBy?.pods ?? 0),
    running: sum(({ load }) => load.running),
    free: sum((report) => (takesPods(report.node) ? room(report) : 0)),
    freeOnTainted: sum((report) => (takesPods(report.node) && report.node.state.taints.length > 0 ? room(report) : 0)),
    freeElsewhere: sum((report) => (takesPods(report.node) ? 0 : room(report))),
    cpu: { requested: sum(({ load }) => load.cpuMillis), allocatable: sum(({ node }) => node.allocatable.cpuMillis) },
    memory: {
      requested: sum(({ load }) => load.memoryBytes),
      allocatable: sum(({ node }) => node.allocatable.memoryBytes),
    },
  }
}
