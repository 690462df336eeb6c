import { type NetperfDetails, type NetperfRow, netperfDetailsOf } from '../../record/details/netperf-details.ts'
import type { Metric, RunRecord } from '../../record/run-record.ts'
import { quantile } from '../../stats/quantile.ts'
import { sortSamples } from '../../stats/sorted-samples.ts'
import type { ReportFile } from '../report-file.ts'
import { type DataItem, type PerfData, perfdashFile } from './perf-data.ts'

type Buckets = { Value: number } | { Perc05: number; Perc50: number; Perc95: number }

interface Measured {
  readonly metric: string
  readonly label: string
  readonly unit: string
  /** Of the record's base unit. */
  readonly factor: number
}

/** ClusterLoader2's metrics by protocol, in its order; its kilobytes have 1,024 bytes. */
const MEASURED: Readonly<Record<string, readonly Measured[]>> = {
  tcp: [{ metric: 'pair_tcp_throughput', label: 'Throughput', unit: 'kbytes/sec', factor: 1 / 8 / 1024 }],
  udp: [
    { metric: 'pair_udp_packet_rate', label: 'Packet_Per_Second', unit: 'pps', factor: 1 },
    { metric: 'pair_udp_jitter', label: 'Jitter', unit: 'ms', factor: 1000 },
    { metric: 'pair_udp_latency', label: 'Latency', unit: 'ms', factor: 1000 },
    { metric: 'pair_udp_loss', label: 'Lost_Packets', unit: 'percentage', factor: 100 },
  ],
  http: [{ metric: 'pair_http_request_latency', label: 'Response_Time', unit: 'seconds', factor: 1 }],
}

/** What a row is like that ClusterLoader2 could have measured: its items carry no label but the metric's. */
const USUAL: Readonly<Record<string, readonly string[]>> = {
  engine: ['iperf3', 'fortio'],
  path: ['pod'],
  placement: ['other-node'],
  direction: ['forward'],
  ip_family: ['4'],
  streams: ['1'],
  bandwidth: ['100000000'],
  connections: ['8'],
}

/**
 * `NetworkPerformanceMetrics_RATIO_PROTOCOL_P2P_network_performance_PROTOCOL-CLIENTS-SERVERS_TIME.json`, one for each
 * protocol and number of pairs: PerfData version v1 with ClusterLoader2's labels and units. One pair has a `Value`, several
 * the percentiles over the pairs by nearest rank; each pair counts with its median (loss: its mean) over the samples.
 * ClusterLoader2 has a colon in the ratio, which Windows and many artifact stores refuse: here it is a dash. A row that
 * ClusterLoader2 cannot measure has labels that tell what it is. What was not measured has no item.
 */
export function networkPerformanceFiles(record: RunRecord): ReportFile[] {
  const details = netperfDetailsOf(record)
  if (details === undefined) return []
  const rows = details.rows.flatMap((row) => {
    const measured = row.parameters.mode === 'stream' ? MEASURED[row.parameters.protocol] : undefined
    const dataItems = (measured ?? []).flatMap((each) => items(record, row, each))
    return dataItems.length === 0 ? [] : [{ name: fileName(row, details), dataItems }]
  })
  return [...Map.groupBy(rows, ({ name }) => `${name.prefix} ${name.test}`).values()].flatMap((ofFile) => {
    const [first] = ofFile
    if (first === undefined) return []
    const content: PerfData<Buckets> = { version: 'v1', dataItems: ofFile.flatMap(({ dataItems }) => dataItems) }
    return [perfdashFile(record, first.name.prefix, content, first.name.test)]
  })
}

function fileName({ parameters, pairs }: NetperfRow, details: NetperfDetails): { prefix: string; test: string } {
  const podsOf = (side: 'client' | 'server') =>
    new Set(pairs.map((index) => `${details.pairs[index]?.[side].namespace}/${details.pairs[index]?.[side].pod}`)).size
  const [clients, servers] = [podsOf('client'), podsOf('server')]
  const ratio = pairs.length === 1 ? '1-1' : servers === 1 ? 'N-1' : 'N-M'
  return {
    prefix: `NetworkPerformanceMetrics_${ratio}_${parameters.protocol.toUpperCase()}_P2P`,
    test: `network_performance_${parameters.protocol}-${clients}-${servers}`,
  }
}

function items(
  { metrics }: RunRecord,
  row: NetperfRow,
  { metric, label, unit, factor }: Measured,
): DataItem<Buckets>[] {
  return metrics
    .filter(({ name, labels }) => name === metric && isOfRow(labels, row))
    .flatMap(({ labels, samples = [] }) => {
      const values = sortSamples(samples.map((value) => Number((value * factor).toPrecision(12))))
      const [only] = values
      if (only === undefined) return []
      const data: Buckets =
        row.pairs.length === 1
          ? { Value: only }
          : { Perc05: quantile(values, 0.05), Perc50: quantile(values, 0.5), Perc95: quantile(values, 0.95) }
      return [{ data, unit, labels: { Metric: label, ...unusualLabels(labels) } }]
    })
}

/** Each flow of a bidirectional row has series of its own. */
function isOfRow(labels: Metric['labels'], row: NetperfRow): boolean {
  const names = new Set([...Object.keys(labels), ...Object.keys(row.labels)])
  return [...names].every((name) => {
    const value = row.labels[name] ?? ''
    return labels[name] === value || (name === 'direction' && (labels[name] ?? '').startsWith(`${value}-`))
  })
}

function unusualLabels(labels: Metric['labels']): Record<string, string> {
  const unusual = Object.entries(labels).filter(
    ([name, value]) => name !== 'protocol' && USUAL[name]?.includes(value) !== true,
  )
  return Object.fromEntries(unusual.map(([name, value]) => [capitalized(name), value]))
}

/** As ClusterLoader2 writes its labels: `ip_family` is `Ip_Family`. */
function capitalized(name: string): string {
  return name
    .split('_')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('_')
}
