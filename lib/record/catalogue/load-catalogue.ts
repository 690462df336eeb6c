import { count, type MetricDefinition } from './metric-definition.ts'

/** The metrics of `cilium maps --load`. */
export const loadCatalogue = {
  load_connections: count('Connections of the load by state: opened, failed, answered (held ones, at the end)'),
  load_map_pressure: {
    unit: 'ratio',
    threshold: 'max',
    description: 'Entries of an eBPF map as a share of its size while the load lasts, read by read',
  },
  load_map_entries: { ...count('Entries of an eBPF map while the load lasts, read by read'), threshold: 'max' },
  load_map_growth: count('Entries that 1,000 connections of the load add to an eBPF map'),
} as const satisfies Record<string, MetricDefinition>
