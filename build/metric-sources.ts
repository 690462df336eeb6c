import type { MetricName } from '../lib/record/catalogue/metric-catalogue.ts'

// Where each figure comes from and how fine it can be, for docs/metrics.md. What it means and its unit are in the catalogue.

export interface MetricGroup {
  /** The commands that have these metrics. */
  readonly heading: string
  readonly sources: Readonly<Partial<Record<MetricName, string>>>
}

const WATCH = '`watch`: 1 ms, or how late this program got to its events where that is more'
const WATCH_OR_STATUS = `${WATCH}; \`status\`: 1 s`
const WATCH_OR_EVENTS = `${WATCH}; \`events\`: 10 ms; \`status\`: 1 s`
const CLIENT = '`client`: 1 µs'
const COUNTED = '`client`: exact'
const SEEN = '`watch`: exact'
const HISTOGRAM = "`apiserver-metrics`: a bucket of the server's histogram (`interpolated` has its bounds)"
const COUNTER = '`apiserver-metrics`: exact'
const PER_WINDOW = '`apiserver-metrics`: one in the window'
const SCHEDULER = '`scheduler-metrics`: a bucket of its histogram'
const TOOL = 'the tool at the receiving end'
const SENDER = 'the tool at the sending end'
const REQUESTS = 'the client: 10 µs, or the bucket of its histogram'
const ACROSS = 'one value for each pair, from its samples'
const TOTAL = 'the sum over all pairs, sample by sample'
const AGENT = '`cilium-agent`: exact, as old as its last look (HOW-OLD in `-o wide`)'
const API = '`api`: exact'
const WATCHED = '`watch`: exact; `simulation` where the cluster keeps no slices'
const MODEL = '`model`: worked out, the formula is beside it in `-o wide`'
const PROBE = '`probe`: 1 ms or the interval of its tries, whichever is more'

/** In the order of the commands. */
export const METRIC_GROUPS: readonly MetricGroup[] = [
  {
    heading: 'density',
    sources: {
      pods_created: COUNTED,
      pods_measured: SEEN,
      pods_not_ready: SEEN,
      api_request_latency: CLIENT,
      api_requests: COUNTED,
      api_throttled_requests: COUNTED,
      api_retries: COUNTED,
      pod_scheduled_latency: WATCH_OR_STATUS,
      pod_sandbox_ready_latency: WATCH_OR_EVENTS,
      pod_image_pull_latency: '`events`: 1 ms, as the kubelet writes it',
      pod_image_pull_wait: '`events`: 1 ms, as the kubelet writes it',
      pod_volumes_attached_latency: '`events`: 10 ms',
      pod_initialized_latency: WATCH_OR_STATUS,
      pod_started_latency: WATCH_OR_EVENTS,
      pod_containers_ready_latency: WATCH,
      pod_ready_latency: WATCH_OR_STATUS,
      pod_connection_latency: '`apiserver-proxy`: the interval of its tries',
      pod_deleted_latency: WATCH,
      pod_create_throughput: '`client`',
      pod_ready_throughput: '`watch`',
      pod_delete_throughput: '`watch`',
      scheduling_throughput: '`watch`: whole pods in whole seconds',
      apiserver_request_latency: HISTOGRAM,
      apiserver_requests: COUNTER,
      apiserver_rejected_requests: COUNTER,
      apiserver_queue_latency: HISTOGRAM,
      apiserver_inflight_requests: COUNTER,
      etcd_request_latency: HISTOGRAM,
      stored_objects: '`apiserver-metrics`: exact, counted once a minute',
      scheduler_attempt_latency: SCHEDULER,
      scheduler_pod_latency: SCHEDULER,
      scheduler_pending_pods: '`scheduler-metrics`: exact',
      node_cpu_usage:
        '`kubelet`: an average over 10 to 15 s; `metrics-api`: over the time between two of its measurements, mostly 15 s',
      node_memory_usage: '`kubelet`: 1 B; `metrics-api`: 1 KiB',
    },
  },
  {
    heading: 'control-plane',
    sources: {
      apiserver_request_rate: PER_WINDOW,
      apiserver_watchers: COUNTER,
      apiserver_inflight_limit: COUNTER,
      apiserver_seat_limit: COUNTER,
      apiserver_seats_in_use: COUNTER,
      apiserver_seat_use: COUNTER,
      apiserver_queued_requests: COUNTER,
      apiserver_watch_event_rate: PER_WINDOW,
      etcd_database_size: '`apiserver-metrics`: 1 B',
      workqueue_depth: "the component's metrics: exact",
      workqueue_add_rate: "the component's metrics: one in the window",
      workqueue_latency: "the component's metrics: a bucket of its histogram",
      workqueue_work_latency: "the component's metrics: a bucket of its histogram",
    },
  },
  {
    heading: 'netperf',
    sources: {
      tcp_throughput: TOOL,
      tcp_retransmits: "the sender's kernel",
      tcp_rtt: "the sender's kernel, looked at once an interval",
      udp_throughput: TOOL,
      udp_packet_rate: TOOL,
      udp_jitter: TOOL,
      udp_loss: `${TOOL}: one datagram of those that were sent`,
      udp_out_of_order: TOOL,
      udp_latency: 'iperf2 at the receiving end, between pods of one node, which have one clock',
      http_request_latency: REQUESTS,
      http_request_rate: SENDER,
      http_errors: `${SENDER}: exact`,
      grpc_request_latency: REQUESTS,
      grpc_request_rate: SENDER,
      grpc_errors: `${SENDER}: exact`,
      rr_latency: REQUESTS,
      rr_rate: SENDER,
      rr_errors: `${SENDER}: exact`,
      start_spread: '`client`: how late the word of a start can be stands beside it',
      sender_cpu: '`getrusage` at that end',
      receiver_cpu: '`getrusage` at that end',
      path_mtu: '`probe`: 1 B, tried between the nodes of each pair',
      goodput_share: 'throughput, by the speed of the link and the MTU',
      host_share: 'sample by sample, by the same test over the host network',
      pair_tcp_throughput: ACROSS,
      pair_tcp_retransmits: ACROSS,
      pair_tcp_rtt: ACROSS,
      pair_udp_throughput: ACROSS,
      pair_udp_packet_rate: ACROSS,
      pair_udp_jitter: ACROSS,
      pair_udp_loss: ACROSS,
      pair_udp_out_of_order: ACROSS,
      pair_udp_latency: ACROSS,
      pair_http_request_latency: ACROSS,
      pair_http_request_rate: ACROSS,
      pair_grpc_request_latency: ACROSS,
      pair_grpc_request_rate: ACROSS,
      pair_rr_latency: ACROSS,
      pair_rr_rate: ACROSS,
      total_tcp_throughput: TOTAL,
      total_udp_throughput: TOTAL,
      total_udp_packet_rate: TOTAL,
      total_http_request_rate: TOTAL,
      total_grpc_request_rate: TOTAL,
      total_rr_rate: TOTAL,
      pair_fairness: "the pairs' means",
    },
  },
  {
    heading: 'cilium maps',
    sources: {
      bpf_map_pressure: '`cilium-agent`, with `--deep` `kernel`; `below`: no more than this',
      bpf_map_entries: '`cilium-agent`, with `--deep` `kernel`: exact',
      bpf_map_capacity: '`cilium-agent`, with `--deep` `kernel`: exact',
      bpf_map_memory: '`kernel`: 1 B; `computed` from the size of its entries',
      bpf_maps_memory: AGENT,
      bpf_map_operations: AGENT,
      bpf_map_operation_rate: AGENT,
      conntrack_entries: AGENT,
      conntrack_gc_runs: AGENT,
      conntrack_gc_duration: AGENT,
      conntrack_gc_interval: AGENT,
      nat_source_port_usage: AGENT,
      dropped_packets: AGENT,
      dropped_packet_rate: AGENT,
      node_memory: '`cilium-agent`: 1 KiB',
      cilium_headroom_used: API,
      cilium_headroom_share: API,
      load_connections: '`load`: exact',
      load_map_pressure: '`load`: each read of `--interval`',
      load_map_entries: '`load`: each read of `--interval`',
      load_map_growth: '`load`: a line through the reads',
    },
  },
  {
    heading: 'cilium bigtcp',
    sources: {
      big_tcp_agent_size: '`cilium-agent`: 1 B',
      big_tcp_device_size: '`ip-link`: 1 B',
      big_tcp_device_tso_max: '`ip-link`: 1 B',
      big_tcp_pod_interfaces: '`ip-link`: exact',
      big_tcp_nodes: '`cilium-agent`: exact',
    },
  },
  {
    heading: 'ces-compare',
    sources: {
      watch_events: WATCHED,
      watch_event_rate: WATCHED,
      watch_bytes: WATCHED,
      watch_event_size: WATCHED,
      list_bytes: '`client`: 1 B; `simulation`',
      list_latency: CLIENT,
      objects: '`client`: exact; `simulation`',
      slice_endpoints: '`client`: exact; `simulation`',
      propagation_latency: '`watch`: 1 ms; `simulation`',
      folded_changes: WATCHED,
      unsettled_changes: WATCHED,
      saved_share: WATCHED,
      fan_out_events: MODEL,
      fan_out_bytes: MODEL,
      relist_bytes: MODEL,
      apiserver_watch_events: COUNTER,
    },
  },
  {
    heading: 'maxpods-check',
    sources: {
      node_allocatable_pods: API,
      node_running_pods: API,
      node_free_pods: API,
      node_max_pods: API,
      cluster_allocatable_pods: API,
      cluster_running_pods: API,
      cluster_free_pods: API,
      pending_pods: API,
      fitting_pods: '`estimate`: by resources, without affinity, spread and volumes',
      verified_pods: SEEN,
    },
  },
  {
    heading: 'accept',
    sources: {
      service_reachable_latency: PROBE,
      service_unreachable: PROBE,
      dns_lookup_latency: '`probe`: 1 µs',
      dns_lookup_errors: '`probe`: exact',
      load_balancer_assigned_latency: WATCH,
      load_balancer_reachable_latency: PROBE,
      network_policy_enforcement_latency: PROBE,
      network_policy_first_connection_latency: PROBE,
      network_policy_without_effect: '`probe`: exact',
      network_policy_failed_regenerations: '`cilium-agent`: exact',
    },
  },
]

/** Metrics of the catalogue that no group has. */
export function undocumentedMetrics(names: readonly MetricName[]): readonly MetricName[] {
  const documented = new Set(METRIC_GROUPS.flatMap(({ sources }) => Object.keys(sources)))
  return names.filter((name) => !documented.has(name))
}
