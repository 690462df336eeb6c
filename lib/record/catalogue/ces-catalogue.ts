import { bytes, count, latency, type MetricDefinition } from './metric-definition.ts'

/**
 * The metrics of ces-compare. Labels: kind=cep is a CiliumEndpoint, ces a CiliumEndpointSlice; basis says whether a figure was
 * measured, simulated (what an operator would have written) or modelled (worked out for so many nodes).
 */
export const cesCatalogue = {
  watch_events: count('Events that one watcher got, by kind and type'),
  watch_event_rate: {
    unit: '1/s',
    threshold: 'max',
    description: 'Events that one watcher got in each second, idle ones included',
  },
  watch_bytes: bytes('Bytes of the events that one watcher got, as JSON on the wire'),
  watch_event_size: bytes('Mean size of an event'),
  list_bytes: bytes('Size of a list of all objects of a kind'),
  list_latency: { ...latency('List of all objects of a kind sent to response complete'), threshold: 'value' },
  objects: count('Objects of a kind in the cluster, when they were listed'),
  slice_endpoints: { unit: 'count', threshold: 'p50', description: 'Endpoints in each slice, when they were listed' },
  propagation_latency: latency('Change of an endpoint seen to the slice seen that carries it'),
  folded_changes: {
    unit: 'count',
    threshold: 'mean',
    description: 'Changes of endpoints that each event of a slice brought',
  },
  unsettled_changes: count('Changes of endpoints that no slice carried in the end'),
  saved_share: {
    unit: 'ratio',
    threshold: 'value',
    description: 'What slices save of events, bytes, relist and objects, each for itself; below 0 they cost more',
  },
  fan_out_events: count('Events to all watchers of a cluster with so many nodes, with and without slices'),
  fan_out_bytes: bytes('Bytes to all watchers of a cluster with so many nodes, with and without slices'),
  relist_bytes: bytes('Bytes that all agents of so many nodes read when they start, with and without slices'),
  apiserver_watch_events: count('Events that one API server sent to all its watchers, by kind'),
} as const satisfies Record<string, MetricDefinition>
