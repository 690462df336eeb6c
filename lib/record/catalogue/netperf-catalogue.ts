import { faultCount, faultShare, latency, type MetricDefinition, rate, workRate } from './metric-definition.ts'

const throughput = (description: string): MetricDefinition => ({
  unit: 'bit/s',
  threshold: 'p50',
  description,
  better: 'higher',
})
/** Of what is wanted. */
const portion = (description: string): MetricDefinition => ({
  unit: 'ratio',
  threshold: 'p50',
  description,
  better: 'higher',
})
const cores = (description: string): MetricDefinition => ({ unit: 'cores', threshold: 'max', description })

/**
 * The metrics of netperf. Without a prefix: of one pair, a value for each sample; `pair_`: one value for each pair, so that
 * quantiles compare pairs; `total_`: all pairs together, a value for each sample.
 */
export const netperfCatalogue = {
  tcp_throughput: throughput('TCP payload that arrived'),
  tcp_retransmits: { ...rate('TCP segments sent again'), threshold: 'max', better: 'lower' },
  tcp_rtt: latency('Mean round trip of TCP segments while data flowed, as the sender saw it'),
  udp_throughput: throughput('UDP payload that arrived'),
  udp_packet_rate: workRate('UDP datagrams that arrived'),
  udp_jitter: { ...latency('Jitter of UDP datagrams as RFC 3550 has it'), threshold: 'max' },
  udp_loss: faultShare('UDP datagrams that were sent and did not arrive'),
  udp_out_of_order: faultShare('UDP datagrams that arrived after later ones'),
  udp_latency: latency("Mean way of UDP datagrams from the sender's clock to the receiver's"),
  http_request_latency: latency('HTTP request sent to response complete, all samples together'),
  http_request_rate: workRate('HTTP requests answered'),
  http_errors: { ...faultCount('HTTP requests that failed, by status code or fault'), threshold: 'max' },
  grpc_request_latency: latency('gRPC request sent to response complete, all samples together'),
  grpc_request_rate: workRate('gRPC requests answered'),
  grpc_errors: { ...faultCount('gRPC requests that failed, by status code or fault'), threshold: 'max' },
  rr_latency: latency('One request and its response, all samples together; mode=crr with a connection of its own'),
  rr_rate: workRate('Transactions of one request and its response'),
  rr_errors: { ...faultCount('Transactions that failed'), threshold: 'max' },
  start_spread: { ...latency('First to last real start of the clients released together'), threshold: 'max' },
  sender_cpu: cores("CPU of the sending tool's process while it measured"),
  receiver_cpu: cores("CPU of the receiving tool's process while it measured"),
  path_mtu: { unit: 'B', threshold: 'value', description: 'Largest IP packet that arrives unfragmented' },
  goodput_share: portion(
    'Throughput of the busiest link as a share of the payload that it carries at most with its MTU',
  ),
  host_share: portion('Throughput or rate as a share of the same over the host network, sample by sample'),
  pair_tcp_throughput: throughput("Each pair's median TCP throughput"),
  pair_tcp_retransmits: {
    ...rate("Each pair's mean rate of TCP segments sent again"),
    threshold: 'max',
    better: 'lower',
  },
  pair_tcp_rtt: latency("Each pair's median of tcp_rtt"),
  pair_udp_throughput: throughput("Each pair's median UDP throughput"),
  pair_udp_packet_rate: workRate("Each pair's median rate of UDP datagrams"),
  pair_udp_jitter: { ...latency("Each pair's median jitter"), threshold: 'max' },
  pair_udp_loss: faultShare("Each pair's mean loss"),
  pair_udp_out_of_order: faultShare("Each pair's mean share of datagrams out of order"),
  pair_udp_latency: latency("Each pair's median of udp_latency"),
  pair_http_request_latency: latency("Each pair's mean HTTP latency (median over the samples)"),
  pair_http_request_rate: workRate("Each pair's median rate of HTTP requests"),
  pair_grpc_request_latency: latency("Each pair's mean gRPC latency (median over the samples)"),
  pair_grpc_request_rate: workRate("Each pair's median rate of gRPC requests"),
  pair_rr_latency: latency("Each pair's mean latency of a transaction (median over the samples)"),
  pair_rr_rate: workRate("Each pair's median rate of transactions"),
  total_tcp_throughput: throughput('TCP throughput of all pairs together'),
  total_udp_throughput: throughput('UDP throughput of all pairs together'),
  total_udp_packet_rate: workRate('UDP datagrams of all pairs together'),
  total_http_request_rate: workRate('HTTP requests of all pairs together'),
  total_grpc_request_rate: workRate('gRPC requests of all pairs together'),
  total_rr_rate: workRate('Transactions of all pairs together'),
  pair_fairness: {
    unit: 'ratio',
    threshold: 'value',
    better: 'higher',
    description: "Jain's index of the throughput or rate of the pairs: 1 when all get the same",
  },
} as const satisfies Record<string, MetricDefinition>
