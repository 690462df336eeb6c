import { bytes, count, type MetricDefinition } from './metric-definition.ts'

/** The metrics of `cilium bigtcp`. */
export const bigTcpCatalogue = {
  big_tcp_agent_size: bytes('Largest packet that an agent says it has set, by node, IP family and offload (gso, gro)'),
  big_tcp_device_size: bytes('Largest packet that a device of a node handles as one, by IP family and offload'),
  big_tcp_device_tso_max: bytes('Largest packet that the driver of a device takes'),
  big_tcp_pod_interfaces: count("Interfaces of a node's pods by IP family and size: big, small, unknown"),
  big_tcp_nodes: count('Nodes by IP family and state of BIG TCP: on, partly-on, no-gain, off, unknown'),
} as const satisfies Record<string, MetricDefinition>
