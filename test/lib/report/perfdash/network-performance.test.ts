import { expect, test } from 'vitest'
import type { NetperfDetails, NetperfRow } from '../../../../lib/record/details/netperf-details.ts'
import type { Metric, RunRecord } from '../../../../lib/record/run-record.ts'
import { networkPerformanceFiles } from '../../../../lib/report/perfdash/network-performance.ts'
import { reportFiles } from '../../../../lib/report/report-files.ts'
import { sampledMetric } from '../../../../lib/stats/metric.ts'
import { densityRecord } from '../density-record.ts'

type Name = Parameters<typeof sampledMetric>[0]

const LABELS = {
  engine: 'iperf3',
  protocol: 'tcp',
  path: 'pod',
  placement: 'other-node',
  direction: 'forward',
  ip_family: '4',
  streams: '1',
}

function metric(name: Name, samples: readonly number[], labels: Record<string, string> = {}): Metric {
  return sampledMetric(name, samples, { labels: { ...LABELS, ...labels }, source: 'iperf3' })
}

function row(pairs: number, labels: Record<string, string> = {}): NetperfRow {
  const all = { ...LABELS, ...labels }
  return {
    parameters: {
      engine: all.engine,
      protocol: all.protocol,
      mode: 'stream',
      path: all.path,
      placement: all.placement,
      direction: all.direction,
      ipFamily: 4,
      streams: 1,
      isBaseline: false,
    },
    labels: all,
    pairs: Array.from({ length: pairs }, (_, index) => index),
    samples: { measured: pairs, expected: pairs },
    tools: [],
    flows: [],
    failures: [],
    searches: [],
    throttling: [],
  }
}

function record(rows: readonly NetperfRow[], metrics: Metric[], servers = Number.POSITIVE_INFINITY): RunRecord {
  const pairs = Math.max(0, ...rows.map((each) => each.pairs.length))
  const end = (pod: string) => ({
    namespace: 'perf',
    pod,
    node: 'n',
    hostNetwork: false,
    addresses: [],
    nodeAddresses: [],
  })
  const details: NetperfDetails = {
    rows: [...rows],
    pairs: Array.from({ length: pairs }, (_, index) => ({
      client: end(`client-${index}`),
      server: end(`server-${Math.min(index, servers - 1)}`),
      ports: [],
    })),
    pathMtus: [],
    slow: [],
    cluster: {},
  }
  return densityRecord({ kind: 'netperf', details: { ...details }, metrics })
}

const parsed = (made: RunRecord) =>
  networkPerformanceFiles(made).map(({ name, text }) => ({ name, content: JSON.parse(text) as unknown }))

test('one TCP pair: its throughput in kilobytes of 1,024 bytes per second', () => {
  // 21.749672 Gbit/s is what ClusterLoader2 would call 2,654,989 kbytes/sec.
  const made = record([row(1)], [metric('pair_tcp_throughput', [2_654_989 * 8 * 1024])])
  expect(parsed(made)).toEqual([
    {
      name: 'NetworkPerformanceMetrics_1-1_TCP_P2P_network_performance_tcp-1-1_2026-11-20T10-00-00Z.json',
      content: {
        version: 'v1',
        dataItems: [{ data: { Value: 2_654_989 }, unit: 'kbytes/sec', labels: { Metric: 'Throughput' } }],
      },
    },
  ])
  expect(reportFiles(made).filter(({ kind }) => kind === 'perfdash')).toHaveLength(1)
})

test('50 UDP pairs: percentiles over the pairs by nearest rank, in the order of ClusterLoader2', () => {
  const labels = { protocol: 'udp', bandwidth: '100000000' }
  const values = Array.from({ length: 50 }, (_, index) => index + 1)
  const of = (name: Name, factor: number) =>
    metric(
      name,
      values.map((value) => value * factor),
      labels,
    )
  const made = record(
    [row(50, labels)],
    [
      of('pair_udp_loss', 0.0001),
      of('pair_udp_jitter', 0.0001),
      of('pair_udp_packet_rate', 100),
      of('pair_udp_latency', 0.001),
      of('pair_udp_throughput', 1e6),
    ],
  )
  const item = (factor: number, unit: string, Metric: string) => ({
    data: { Perc05: 3 * factor, Perc50: 25 * factor, Perc95: 48 * factor },
    unit,
    labels: { Metric },
  })
  expect(parsed(made)).toEqual([
    {
      name: 'NetworkPerformanceMetrics_N-M_UDP_P2P_network_performance_udp-50-50_2026-11-20T10-00-00Z.json',
      content: {
        version: 'v1',
        dataItems: [
          item(100, 'pps', 'Packet_Per_Second'),
          item(0.1, 'ms', 'Jitter'),
          item(1, 'ms', 'Latency'),
          item(0.01, 'percentage', 'Lost_Packets'),
        ].map((each) => ({ ...each, data: expect.objectContaining(closeTo(each.data)) as unknown })),
      },
    },
  ])
})

function closeTo(data: Record<string, number>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, expect.closeTo(value, 9)]))
}

test('HTTP: seconds; one server for all clients is N:1', () => {
  const labels = { protocol: 'http', engine: 'fortio', connections: '8' }
  const made = record([row(4, labels)], [metric('pair_http_request_latency', [0.0012, 0.004, 0.002, 0.003], labels)], 1)
  expect(parsed(made)).toEqual([
    {
      name: 'NetworkPerformanceMetrics_N-1_HTTP_P2P_network_performance_http-4-1_2026-11-20T10-00-00Z.json',
      content: {
        version: 'v1',
        dataItems: [
          {
            data: { Perc05: 0.0012, Perc50: 0.002, Perc95: 0.004 },
            unit: 'seconds',
            labels: { Metric: 'Response_Time' },
          },
        ],
      },
    },
  ])
})

test('rows that ClusterLoader2 has not are told apart by labels, both flows of a bidirectional one too', () => {
  const service = { path: 'service', streams: '4' }
  const both = { direction: 'bidirectional' }
  const made = record(
    [row(1), row(1, service), row(1, both)],
    [
      metric('pair_tcp_throughput', [8192]),
      metric('pair_tcp_throughput', [16_384], service),
      metric('pair_tcp_throughput', [24_576], { direction: 'bidirectional-forward' }),
      metric('pair_tcp_throughput', [32_768], { direction: 'bidirectional-reverse' }),
    ],
  )
  const item = (Value: number, labels: Record<string, string>) => ({
    data: { Value },
    unit: 'kbytes/sec',
    labels: { Metric: 'Throughput', ...labels },
  })
  expect(parsed(made)).toMatchObject([
    {
      content: {
        dataItems: [
          item(1, {}),
          item(2, { Path: 'service', Streams: '4' }),
          item(3, { Direction: 'bidirectional-forward' }),
          item(4, { Direction: 'bidirectional-reverse' }),
        ],
      },
    },
  ])
})

test('what was not measured has no item, and without any there is no file', () => {
  expect(parsed(record([row(1)], []))).toEqual([])
  expect(networkPerformanceFiles(densityRecord())).toEqual([])
})
