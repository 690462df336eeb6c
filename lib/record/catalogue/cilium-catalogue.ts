import { bytes, count, faultCount, latency, type MetricDefinition, rate } from './metric-definition.ts'

const share = (description: string): MetricDefinition => ({
  unit: 'ratio',
  threshold: 'value',
  description,
  better: 'lower',
})
const perSecond = (description: string): MetricDefinition => ({ ...rate(description), threshold: 'value' })

/** The metrics of `cilium maps`: one value for each node and map. */
export const ciliumCatalogue = {
  bpf_map_pressure: share(
    'Entries of an eBPF map as a share of its size; above 1: so many are wanted; source=below: no more than this',
  ),
  bpf_map_entries: count('Entries of an eBPF map, or wanted in it where it is full'),
  bpf_map_capacity: count('Entries that an eBPF map holds at most'),
  bpf_map_memory: { ...bytes('Kernel memory of an eBPF map'), better: 'lower' },
  bpf_maps_memory: { ...bytes('Kernel memory of all eBPF maps of a node, as its agent tells it'), better: 'lower' },
  bpf_map_operations: count('Operations of the agent on an eBPF map since it started, by kind and outcome'),
  bpf_map_operation_rate: perSecond('The same between two reads'),
  conntrack_entries: count('Entries of the connection tracking tables at the last garbage collection, by status'),
  conntrack_gc_runs: count('Garbage collections of connection tracking since the agent started, by status'),
  conntrack_gc_duration: { ...latency('A garbage collection of connection tracking, the mean'), threshold: 'value' },
  conntrack_gc_interval: {
    unit: 's',
    threshold: 'value',
    description: 'Time between garbage collections of connection tracking',
  },
  nat_source_port_usage: share('Source ports used by the busiest egress address and remote end, of all there are'),
  dropped_packets: faultCount('Packets that Cilium dropped since the agent started, by reason'),
  dropped_packet_rate: { ...perSecond('The same between two reads'), better: 'lower' },
  node_memory: bytes('Memory of a node, by state: total or available'),
  cilium_headroom_used: count('Entries that the objects of the API make necessary, by what they are'),
  cilium_headroom_share: share('The same as a share of what there can be'),
} as const satisfies Record<string, MetricDefinition>
