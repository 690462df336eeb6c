import type { SeriesQuery } from '../../prometheus/server/read-series.ts'

/** Of a large cluster the busiest nodes say most. */
const MOST_NODES = 20

// cadvisor looks every 10 s, later where little happens, and its samples carry the time when it did.
const CADVISOR_SECONDS = 15

/** What the nodes used during a run: by the kubelets' cadvisor or, where that is not scraped, by node_exporter. */
export const nodeUsageSeries: readonly SeriesQuery[] = [
  {
    metric: 'node_cpu_usage',
    unit: 'cores',
    top: MOST_NODES,
    sources: [
      {
        metric: 'container_cpu_usage_seconds_total',
        measuresEverySeconds: CADVISOR_SECONDS,
        expression: (range) => `sum by (node, instance) (rate(container_cpu_usage_seconds_total{id="/"}${range}))`,
      },
      {
        metric: 'node_cpu_seconds_total',
        expression: (range) =>
          `sum by (node, instance) (rate(node_cpu_seconds_total{mode!~"idle|iowait|steal"}${range}))`,
      },
    ],
  },
  {
    metric: 'node_memory_usage',
    unit: 'B',
    top: MOST_NODES,
    sources: [
      {
        metric: 'container_memory_working_set_bytes',
        measuresEverySeconds: CADVISOR_SECONDS,
        // A figure that is older than that says nothing of this moment.
        expression: (range) =>
          `sum by (node, instance) (last_over_time(container_memory_working_set_bytes{id="/"}${range}))`,
      },
      {
        metric: 'node_memory_MemAvailable_bytes',
        expression: () => 'sum by (node, instance) (node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes)',
      },
    ],
  },
]

// A byte that a pod sends passes its own end of a pair, a bridge or tunnel, and the network card: only the last one counts, and once: bonds and VLANs are on top of others.
const NO_CARDS =
  'lo|veth.*|cali.*|lxc.*|cilium.*|docker.*|cni.*|br-.*|flannel.*|vxlan.*|tunl.*|nodelocaldns|kube-ipvs.*|dummy.*|bond.*|.*[.].*'

/** What went through the nodes' network cards during a run. */
export const nodeNetworkSeries: readonly SeriesQuery[] = (['receive', 'transmit'] as const).map((direction) => ({
  metric: `node_network_${direction}_rate`,
  unit: 'B/s',
  top: MOST_NODES,
  sources: [
    {
      metric: `node_network_${direction}_bytes_total`,
      expression: (range) =>
        `sum by (node, instance) (rate(node_network_${direction}_bytes_total{device!~"${NO_CARDS}"}${range}))`,
    },
    {
      metric: `container_network_${direction}_bytes_total`,
      measuresEverySeconds: CADVISOR_SECONDS,
      expression: (range) =>
        `sum by (node, instance) (rate(container_network_${direction}_bytes_total{id="/",interface!~"${NO_CARDS}"}${range}))`,
    },
  ],
}))
