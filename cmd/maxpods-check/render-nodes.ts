import type { MaxPodsDetails, NodeDetail } from '../../lib/record/details/maxpods-details.ts'
import { NO_DATA } from '../../lib/report/scale.ts'
import { type Column, renderTable, right } from '../../lib/report/table.ts'
import type { RenderOptions } from '../render-record.ts'

const COLUMNS: readonly Column[] = [
  { title: 'NODE' },
  { title: 'STATE', optional: true },
  { ...right('ALLOCATABLE'), dispensable: 1 },
  { ...right('RUNNING'), dispensable: 0 },
  right('FREE'),
  { ...right('CPU-REQ'), dispensable: 2 },
  { ...right('MEM-REQ'), dispensable: 3 },
  right('MAXIMUM'),
  { title: 'LIMITED-BY' },
]

const WIDE_COLUMNS: readonly Column[] = [
  right('DAEMONSET'),
  right('MIRROR'),
  right('TERMINATING'),
  right('HOST-NETWORK'),
  right('ADDRESSES'),
  { title: 'IPAM' },
  { title: 'KUBELET' },
  { title: 'PROVIDER', optional: true },
  { title: 'INSTANCE-TYPE', optional: true },
]

/** A row for each node, below that of the whole cluster. */
export function renderNodes(details: MaxPodsDetails, { wide, headers, columns: width }: RenderOptions): string {
  const { cluster, nodes } = details
  const rows = nodes.map((node) => [...nodeRow(node), ...(wide ? wideCells(node) : [])])
  // Of a cluster of one node it would say the same twice.
  const whole = cluster.nodes > 1 ? [clusterRow(details, wide)] : []
  return renderTable(wide ? [...COLUMNS, ...WIDE_COLUMNS] : COLUMNS, [...whole, ...rows], headers, width)
}

function clusterRow({ cluster }: MaxPodsDetails, wide: boolean): string[] {
  return [
    '*',
    '',
    String(cluster.allocatable),
    String(cluster.running),
    String(cluster.free),
    share(cluster.cpu),
    share(cluster.memory),
    String(cluster.maximum),
    '',
    ...(wide ? WIDE_COLUMNS.map(() => '') : []),
  ]
}

function nodeRow(node: NodeDetail): string[] {
  return [
    node.node,
    describeState(node),
    figure(node.allocatablePods),
    String(node.running),
    figure(node.free),
    share(node.cpu),
    share(node.memory),
    figure(node.maximum),
    node.limitedBy ?? NO_DATA,
  ]
}

function wideCells({ daemonSet, mirror, terminating, hostNetwork, ...node }: NodeDetail): string[] {
  return [
    String(daemonSet),
    String(mirror),
    String(terminating),
    String(hostNetwork),
    describeAddresses(node.addresses),
    node.addresses?.ipam ?? NO_DATA,
    describeSource(node),
    node.provider ?? '',
    node.instanceType ?? '',
  ]
}

/** As kubectl's STATUS, nothing for a node that takes any pod. */
export function describeState({ state }: Pick<NodeDetail, 'state'>): string {
  const words = [
    ...(state.ready ? [] : ['NotReady']),
    ...(state.cordoned ? ['SchedulingDisabled'] : []),
    ...(state.ready && state.taints.length > 0 ? ['Tainted'] : []),
    ...state.pressures,
  ]
  return words.join(',')
}

/** Used of those that there are for pods: `18/253`. */
export function describeAddresses(addresses: NodeDetail['addresses']): string {
  if (addresses === undefined) return NO_DATA
  const { used, usable } = addresses
  return usable === undefined ? `${used}/?` : `${used}/${usable < 1e6 ? usable : scaleUp(usable)}`
}

/** Of IPv6 blocks, which hold more than one can read. */
function scaleUp(addresses: number): string {
  return `2^${Math.round(Math.log2(addresses))}`
}

export function describeSource({ kubelet, kubeletUnknown }: Pick<NodeDetail, 'kubelet' | 'kubeletUnknown'>): string {
  if (kubelet?.source === 'configz') return 'configz'
  if (kubelet !== undefined) return 'cluster default'
  return kubeletUnknown === undefined ? NO_DATA : 'unknown'
}

export function share({ requested, allocatable }: { requested: number; allocatable: number }): string {
  return allocatable === 0 ? NO_DATA : `${Math.round((requested / allocatable) * 100)}%`
}

function figure(value: number | undefined): string {
  return value === undefined ? NO_DATA : String(value)
}
