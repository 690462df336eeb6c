/** One figure of an agent's metrics. */
export interface AgentMetric {
  /** With the prefix: `cilium_bpf_map_pressure`. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/**
 * The metrics that are read, as `metrics list -p` takes them: a Go regular expression over the name (from 1.17 on over name
 * and labels). Without quotes, which 1.17 would take for its own.
 */
export const AGENT_METRICS_PATTERN =
  '^cilium_(bpf_map|datapath_conntrack|datapath_nat_gc|nat_endpoint|drop_count|process_start_time)'

export const MAP_PRESSURE = 'cilium_bpf_map_pressure'
export const MAP_CAPACITY = 'cilium_bpf_map_capacity'
export const MAP_OPERATIONS = 'cilium_bpf_map_ops_total'
export const MAPS_MEMORY = 'cilium_bpf_maps_virtual_memory_max_bytes'
export const GC_ENTRIES = 'cilium_datapath_conntrack_gc_entries'
export const GC_RUNS = 'cilium_datapath_conntrack_gc_runs_total'
export const GC_DURATION = 'cilium_datapath_conntrack_gc_duration_seconds'
export const GC_INTERVAL = 'cilium_datapath_conntrack_gc_interval_seconds'
export const DUMP_RESETS = 'cilium_datapath_conntrack_dump_resets_total'
export const NAT_GC_ENTRIES = 'cilium_datapath_nat_gc_entries'
export const SOURCE_PORTS = 'cilium_nat_endpoint_max_connection'
export const DROPS = 'cilium_drop_count_total'
export const PROCESS_START = 'cilium_process_start_time_seconds'

/** The same by name, for whoever reads the agent's Prometheus port. */
export const AGENT_METRICS: ReadonlySet<string> = new Set([
  MAP_PRESSURE,
  MAP_CAPACITY,
  MAP_OPERATIONS,
  MAPS_MEMORY,
  GC_ENTRIES,
  GC_RUNS,
  GC_DURATION,
  GC_INTERVAL,
  DUMP_RESETS,
  NAT_GC_ENTRIES,
  SOURCE_PORTS,
  DROPS,
  PROCESS_START,
])
