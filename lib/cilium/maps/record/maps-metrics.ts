import type { MetricName } from '../../../record/catalogue/metric-catalogue.ts'
import type { AgentReading } from '../../../record/cilium-figures.ts'
import type { Headroom } from '../../../record/details/cilium-maps-details.ts'
import type { Metric } from '../../../record/run-record.ts'
import { valueMetric } from '../../../stats/metric.ts'

type Labels = Record<string, string>

/** The metrics of the agents: a figure that is not known has no series, never 0. */
export function mapsMetrics(agents: readonly AgentReading[]): Metric[] {
  return agents.flatMap((agent) => [...mapMetrics(agent), ...conntrackMetrics(agent), ...nodeMetrics(agent)])
}

function mapMetrics({ agent: { node }, maps }: AgentReading): Metric[] {
  return maps.flatMap(({ map, basis, pressure, pressureAtMost, used, capacity, memory, operations }) => {
    const labels = { node, map }
    return [
      ...figure('bpf_map_pressure', pressure, labels, basis),
      ...bound(pressureAtMost, labels),
      ...figure('bpf_map_entries', used, labels, basis),
      ...figure('bpf_map_capacity', capacity, labels, 'cilium-agent'),
      ...figure('bpf_map_memory', memory?.bytes, labels, memory?.source ?? ''),
      ...operations.flatMap(({ operation, outcome, count, perSecond }) => [
        ...figure('bpf_map_operations', count, { ...labels, operation, outcome }, 'cilium-agent'),
        ...figure('bpf_map_operation_rate', perSecond, { ...labels, operation, outcome }, 'cilium-agent'),
      ]),
    ]
  })
}

function conntrackMetrics({ agent: { node }, conntrack }: AgentReading): Metric[] {
  const source = 'cilium-agent'
  return [
    ...conntrack.entries.flatMap(({ family, protocol, status, count }) =>
      figure('conntrack_entries', count, { node, family, protocol, status }, source),
    ),
    ...conntrack.collections.flatMap(({ family, protocol, completed, uncompleted, meanSeconds }) => [
      ...figure('conntrack_gc_runs', completed, { node, family, protocol, status: 'completed' }, source),
      ...figure('conntrack_gc_runs', uncompleted, { node, family, protocol, status: 'uncompleted' }, source),
      ...figure('conntrack_gc_duration', meanSeconds, { node, family, protocol }, source),
    ]),
    ...figure('conntrack_gc_interval', conntrack.intervalSeconds, { node }, conntrack.intervalSource),
  ]
}

function nodeMetrics(reading: AgentReading): Metric[] {
  const { node } = reading.agent
  const source = 'cilium-agent'
  return [
    ...figure('bpf_maps_memory', reading.mapMemoryBytes, { node }, source),
    ...figure('node_memory', reading.memoryTotalBytes, { node, state: 'total' }, 'node'),
    ...figure('node_memory', reading.memoryAvailableBytes, { node, state: 'available' }, 'node'),
    ...reading.sourcePorts.flatMap(({ family, share }) =>
      figure('nat_source_port_usage', share, { node, family }, source),
    ),
    ...reading.drops.flatMap(({ reason, direction, packets, perSecond }) => [
      ...figure('dropped_packets', packets, { node, reason, direction }, source),
      ...figure('dropped_packet_rate', perSecond, { node, reason, direction }, source),
    ]),
  ]
}

/** A pressure of which only that it is no higher is known stands at its bound, so that a limit above it holds. */
function bound(pressure: number | undefined, labels: Labels): Metric[] {
  return pressure === undefined
    ? []
    : [valueMetric('bpf_map_pressure', pressure, { labels, source: 'below', resolution: pressure })]
}

/** Of what the objects of the API make necessary. */
export function headroomMetrics(headroom: readonly Headroom[]): Metric[] {
  return headroom.flatMap(({ what, used, share }) => [
    ...figure('cilium_headroom_used', used, { what }, 'api-objects'),
    ...figure('cilium_headroom_share', share, { what }, 'api-objects'),
  ])
}

function figure(name: MetricName, value: number | undefined, labels: Labels, source: string): Metric[] {
  return value === undefined ? [] : [valueMetric(name, value, { labels, source })]
}
