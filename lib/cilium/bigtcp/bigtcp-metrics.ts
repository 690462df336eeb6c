import type { BigTcpFamily, BigTcpNode, IpFamily } from '../../record/details/bigtcp-details.ts'
import type { Metric } from '../../record/run-record.ts'
import { valueMetric } from '../../stats/metric.ts'

const STATES: readonly BigTcpFamily['state'][] = ['on', 'partly-on', 'no-gain', 'off', 'unknown']
const SOURCE = { agent: 'cilium-agent', link: 'ip-link' } as const

/** The figures of all nodes; what was not told has none. */
export function bigTcpMetrics(nodes: readonly BigTcpNode[]): Metric[] {
  return [...nodes.flatMap(nodeMetrics), ...stateMetrics(nodes)]
}

function nodeMetrics({ node, devices, families }: BigTcpNode): Metric[] {
  return [
    ...families.flatMap(({ ipFamily, agent, pods }): Metric[] => {
      const labels = { node, ip_family: String(ipFamily) }
      return [
        ...(agent === undefined
          ? []
          : offloads(agent).map(([offload, bytes]) =>
              valueMetric('big_tcp_agent_size', bytes, { labels: { ...labels, offload }, source: SOURCE.agent }),
            )),
        ...Object.entries(pods ?? {}).map(([size, count]) =>
          valueMetric('big_tcp_pod_interfaces', count, { labels: { ...labels, size }, source: SOURCE.link }),
        ),
      ]
    }),
    ...devices.flatMap(({ name: device, tsoMaxBytes, ipv4, ipv6 }): Metric[] => {
      const labels = { node, device }
      const sizes = [[4, ipv4] as const, [6, ipv6] as const].flatMap(([family, size]) =>
        offloads(size).map(([offload, bytes]) =>
          valueMetric('big_tcp_device_size', bytes, {
            labels: { ...labels, ip_family: String(family satisfies IpFamily), offload },
            source: SOURCE.link,
          }),
        ),
      )
      if (tsoMaxBytes === undefined) return sizes
      return [valueMetric('big_tcp_device_tso_max', tsoMaxBytes, { labels, source: SOURCE.link }), ...sizes]
    }),
  ]
}

/** Of each family that there is; a state that no node is in has 0, so that a threshold can ask for that. */
function stateMetrics(nodes: readonly BigTcpNode[]): Metric[] {
  const byFamily = Map.groupBy(
    nodes.flatMap(({ families }) => families),
    ({ ipFamily }) => ipFamily,
  )
  return [...byFamily].flatMap(([ipFamily, families]) =>
    STATES.map((state) =>
      valueMetric('big_tcp_nodes', families.filter((family) => family.state === state).length, {
        labels: { ip_family: String(ipFamily), state },
        source: SOURCE.agent,
      }),
    ),
  )
}

function offloads({ gsoBytes, groBytes }: { gsoBytes?: number; groBytes?: number }): [string, number][] {
  return [
    ...(gsoBytes === undefined ? [] : [['gso', gsoBytes] satisfies [string, number]]),
    ...(groBytes === undefined ? [] : [['gro', groBytes] satisfies [string, number]]),
  ]
}
