import { faultCount, faultShare, latency, type MetricDefinition } from './metric-definition.ts'

/** What is measured for the acceptance checklist alone. */
export const acceptanceCatalogue = {
  service_reachable_latency: latency(
    'A Service created, or its first endpoint ready, to the first connection of a pod through it, by path and node',
  ),
  service_unreachable: faultCount('New Services to which a pod got no connection within the limit, by path and node'),
  dns_lookup_latency: latency("A pod's C library looking a name up, by how the name is written, and node"),
  dns_lookup_errors: faultShare('Look-ups of a name that failed, by how the name is written, and node'),
  load_balancer_assigned_latency: latency('A Service of type LoadBalancer created to its address being in its status'),
  load_balancer_reachable_latency: latency(
    'A Service of type LoadBalancer created to the first connection of a pod to its address, by node',
  ),
  network_policy_enforcement_latency: latency(
    'A NetworkPolicy created or deleted to its effect: no connection any more (deny), or the first one (allow)',
  ),
  network_policy_without_effect: faultCount('Changes of a NetworkPolicy without effect within the limit'),
  network_policy_first_connection_latency: latency(
    'A pod that a NetworkPolicy lets through, from its creation or its start to its first connection',
  ),
  network_policy_failed_regenerations: faultShare(
    "Endpoint regenerations of Cilium's agents that failed while NetworkPolicies changed",
  ),
} as const satisfies Record<string, MetricDefinition>
