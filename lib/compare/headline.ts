import type { Observations } from './observations.ts'

type Figure = Pick<Observations, 'metric' | 'labels'>

/** By which a run of each command is judged when the user names no metric: few, so that chance has few occasions. */
const HEADLINES: ReadonlyMap<string, (figure: Figure) => boolean> = new Map(
  Object.entries<(figure: Figure) => boolean>({
    density: ({ metric, labels }) =>
      ['pod_ready_latency', 'pod_create_throughput', 'scheduling_throughput', 'pod_deleted_latency'].includes(metric)
        ? isWhole({ labels })
        : metric === 'api_request_latency' && labels.verb === 'create' && labels.resource === 'pods',
    // One row each; the figures of single pairs are their parts.
    netperf: ({ metric }) =>
      /^total_\w+_(throughput|rate)$|^(http_request|grpc_request|rr)_latency$|^pair_udp_loss$/.test(metric),
    'cilium-maps': ({ metric }) => metric === 'bpf_map_pressure',
    'ces-compare': ({ metric }) => metric === 'propagation_latency',
    'control-plane': ({ metric }) => ['apiserver_request_latency', 'etcd_request_latency'].includes(metric),
  }),
)

/** Does the figure gate a comparison of runs of this command by itself? */
export function isHeadline(kind: string, figure: Figure): boolean {
  return HEADLINES.get(kind)?.(figure) ?? false
}

/** The overall figure, not a part of it by node, job or namespace. */
export function isWhole({ labels }: Pick<Figure, 'labels'>): boolean {
  return Object.keys(labels).length === 0
}
