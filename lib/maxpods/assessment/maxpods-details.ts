import type { MaxPodsDetails, NodeDetail } from '../../record/details/maxpods-details.ts'
import { INSTANCE_TABLE_DATE } from '../ec2/instance-table.ts'
import type { Fit } from '../sizing/fit.ts'
import { explainPending } from './explain-pending.ts'
import type { MaxPodsResult } from './maxpods-result.ts'
import type { ClusterTotals, NodeReport } from './node-report.ts'

/** `details` of the record. */
export function maxPodsDetailsOf(result: MaxPodsResult): MaxPodsDetails {
  const { reports, allReports, totals, pending, missing, fit, target, verification, readAtMs } = result
  const usesTable = reports.some(({ limits }) => limits.some(({ name }) => name === 'EC2 network interfaces'))
  return {
    nodes: reports.map(nodeDetail),
    cluster: clusterDetail(totals),
    pending: [...pending]
      .map(([reason, group]) => ({
        reason,
        count: group.count,
        oldest: group.oldest,
        oldestSeconds: Math.max(0, Math.round((readAtMs - group.oldestMs) / 1000)) || 0,
        explanation: explainPending(reason, group, allReports),
      }))
      .sort((a, b) => b.count - a.count),
    missing: missing.map((fact) => ({ ...fact })),
    ...(fit === undefined ? {} : { fit: fitDetail(fit) }),
    ...(target === undefined ? {} : { target: structuredClone(target) as NonNullable<MaxPodsDetails['target']> }),
    ...(verification === undefined ? {} : { verification }),
    ...(usesTable ? { instanceTableDate: INSTANCE_TABLE_DATE } : {}),
  }
}

function nodeDetail(report: NodeReport): NodeDetail {
  const { node, load, limits, limitedBy, free, kubelet, kubeletUnknown, unappliedPods, volumes } = report
  const { state, capacity, allocatable } = node
  return {
    node: node.name,
    state: { ...state, taints: [...state.taints], pressures: [...state.pressures] },
    os: node.os,
    ...given('provider', node.provider),
    ...given('instanceType', node.instanceType),
    ...given('capacityPods', capacity.pods),
    ...given('allocatablePods', allocatable.pods),
    running: load.running,
    terminating: load.terminating,
    mirror: load.mirror,
    daemonSet: load.daemonSet,
    hostNetwork: load.hostNetwork,
    refused: load.refused,
    ...given('maximum', limitedBy?.pods),
    ...given('limitedBy', limitedBy?.name),
    ...given('free', free),
    limits: limits.map((limit) => ({ ...limit })),
    cpu: { requested: load.cpuMillis / 1000, allocatable: allocatable.cpuMillis / 1000 },
    memory: { requested: load.memoryBytes, allocatable: allocatable.memoryBytes },
    ...(kubelet === undefined ? {} : { kubelet: { source: kubelet.source, settings: { ...kubelet.settings } } }),
    ...given('kubeletUnknown', kubeletUnknown),
    ...given('unappliedPods', unappliedPods),
    ...given('addresses', addressDetail(report)),
    volumes: volumes.map((volume) => ({ ...volume })),
  }
}

function addressDetail({ addresses, load }: NodeReport): NodeDetail['addresses'] {
  if (addresses === undefined) return undefined
  const { ipam, cidrs, usable, note } = addresses
  const used = load.running - load.hostNetwork
  return {
    ipam,
    cidrs: [...cidrs],
    used,
    ...(usable === undefined ? {} : { usable, free: usable - used }),
    ...given('note', note),
  }
}

function clusterDetail({ cpu, memory, ...pods }: ClusterTotals): MaxPodsDetails['cluster'] {
  return { ...pods, cpu: { requested: cpu.requested / 1000, allocatable: cpu.allocatable / 1000 }, memory }
}

function fitDetail({ wanted, most, fits, nodes, onTaintedNodes }: Fit): NonNullable<MaxPodsDetails['fit']> {
  return {
    count: wanted.count,
    cpu: wanted.cpuMillis / 1000,
    memory: wanted.memoryBytes,
    most,
    fits,
    onTaintedNodes,
    nodes: nodes.map((node) => ({ ...node })),
  }
}

function given<Name extends string, Value>(name: Name, value: Value): Partial<Record<Name, Exclude<Value, undefined>>> {
  return (value === undefined ? {} : { [name]: value }) as Partial<Record<Name, Exclude<Value, undefined>>>
}
