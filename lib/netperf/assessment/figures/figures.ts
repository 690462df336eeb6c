import type { MetricName } from '../../../record/catalogue/metric-catalogue.ts'
import { quantile } from '../../../stats/quantile.ts'
import { sortSamples } from '../../../stats/sorted-samples.ts'
import type { FlowDirection } from '../../matrix/test-labels.ts'
import type { FlowReading, Reading } from '../../reading.ts'
import type { TestCase } from '../../test-case.ts'
import { isOfRequests, type MeasuredPair, type MeasuredTest } from '../measured-tests.ts'

/** A figure that each sample of a pair gives one value of. */
export interface Figure {
  /** A value for each sample of one pair; absent: there is a better metric of it. */
  readonly metric?: MetricName
  /** A value for each pair. */
  readonly pairMetric?: MetricName
  /** A value for each sample, of all pairs together. */
  readonly totalMetric?: MetricName
  /** What a pair's samples come to: the median, or of events that a sample may well have none of the mean. */
  readonly ofPair: 'median' | 'mean'
  /** Undefined: this reading does not tell. Of requests the direction means nothing. */
  readonly read: (reading: Reading, direction: FlowDirection) => number | undefined
}

const ofFlow =
  (read: (flow: FlowReading) => number | undefined): Figure['read'] =>
  (reading, direction) => {
    const flow = flowOf(reading, direction)
    return flow === undefined ? undefined : read(flow)
  }

const CPU: readonly Figure[] = [
  { metric: 'sender_cpu', ofPair: 'median', read: (reading, direction) => coresOf(reading, direction).sender },
  { metric: 'receiver_cpu', ofPair: 'median', read: (reading, direction) => coresOf(reading, direction).receiver },
]

const TCP: readonly [Figure, ...Figure[]] = [
  {
    metric: 'tcp_throughput',
    pairMetric: 'pair_tcp_throughput',
    totalMetric: 'total_tcp_throughput',
    ofPair: 'median',
    read: ofFlow(({ receivedBitsPerSecond }) => receivedBitsPerSecond),
  },
  {
    metric: 'tcp_retransmits',
    pairMetric: 'pair_tcp_retransmits',
    ofPair: 'mean',
    read: ofFlow(({ retransmits, seconds }) => (retransmits === undefined ? undefined : retransmits / seconds)),
  },
  { metric: 'tcp_rtt', pairMetric: 'pair_tcp_rtt', ofPair: 'median', read: ofFlow(({ rtt }) => rtt?.meanSeconds) },
  ...CPU,
]

const UDP: readonly [Figure, ...Figure[]] = [
  {
    metric: 'udp_throughput',
    pairMetric: 'pair_udp_throughput',
    totalMetric: 'total_udp_throughput',
    ofPair: 'median',
    read: ofFlow(({ receivedBitsPerSecond }) => receivedBitsPerSecond),
  },
  {
    metric: 'udp_packet_rate',
    pairMetric: 'pair_udp_packet_rate',
    totalMetric: 'total_udp_packet_rate',
    ofPair: 'median',
    read: ofFlow(({ datagrams, seconds }) =>
      datagrams === undefined ? undefined : (datagrams.sent - datagrams.lost) / seconds,
    ),
  },
  {
    metric: 'udp_jitter',
    pairMetric: 'pair_udp_jitter',
    ofPair: 'median',
    read: ofFlow(({ datagrams }) => datagrams?.jitterSeconds),
  },
  {
    metric: 'udp_loss',
    pairMetric: 'pair_udp_loss',
    ofPair: 'mean',
    read: ofFlow(({ datagrams }) => shareOfSent(datagrams?.lost, datagrams?.sent)),
  },
  {
    metric: 'udp_out_of_order',
    pairMetric: 'pair_udp_out_of_order',
    ofPair: 'mean',
    read: ofFlow(({ datagrams }) => shareOfSent(datagrams?.outOfOrder, datagrams?.sent)),
  },
  {
    metric: 'udp_latency',
    pairMetric: 'pair_udp_latency',
    ofPair: 'median',
    read: ofFlow(({ datagrams }) => datagrams?.oneWayLatency?.meanSeconds),
  },
  ...CPU,
]

const REQUESTS: Readonly<Record<'http' | 'grpc' | 'rr', readonly [Figure, ...Figure[]]>> = {
  http: requestFigures({
    metric: 'http_request_rate',
    pairMetric: 'pair_http_request_rate',
    totalMetric: 'total_http_request_rate',
    latency: 'pair_http_request_latency',
  }),
  grpc: requestFigures({
    metric: 'grpc_request_rate',
    pairMetric: 'pair_grpc_request_rate',
    totalMetric: 'total_grpc_request_rate',
    latency: 'pair_grpc_request_latency',
  }),
  rr: requestFigures({
    metric: 'rr_rate',
    pairMetric: 'pair_rr_rate',
    totalMetric: 'total_rr_rate',
    latency: 'pair_rr_latency',
  }),
}

function requestFigures({
  latency,
  ...rate
}: Required<Pick<Figure, 'metric' | 'pairMetric' | 'totalMetric'>> & { latency: MetricName }): readonly [
  Figure,
  ...Figure[],
] {
  return [
    {
      ...rate,
      ofPair: 'median',
      read: ({ requests }) => (requests === undefined ? undefined : requests.completed / requests.seconds),
    },
    { pairMetric: latency, ofPair: 'median', read: ({ requests }) => requests?.latency?.meanSeconds },
    ...CPU,
  ]
}

/** What a test gives figures of; the first is what it is about: its throughput, or its rate of requests. */
export function figuresOf(test: TestCase): readonly [Figure, ...Figure[]] {
  if (isOfRequests(test)) return REQUESTS[requestKind(test)]
  return test.protocol === 'udp' ? UDP : TCP
}

/** What the names of a test's metrics of requests begin with. */
export function requestKind({ protocol }: TestCase): 'http' | 'grpc' | 'rr' {
  return protocol === 'http' || protocol === 'grpc' ? protocol : 'rr'
}

/** The flow of one direction; undefined where a run has none. */
export function flowOf({ flows }: Reading, direction: FlowDirection): FlowReading | undefined {
  return flows.find((flow) => flow.direction === direction)
}

/** CPU of both ends by what they do in this direction. */
export function coresOf(
  { clientCores, serverCores }: Reading,
  direction: FlowDirection,
): { sender: number | undefined; receiver: number | undefined } {
  return direction === 'forward'
    ? { sender: clientCores, receiver: serverCores }
    : { sender: serverCores, receiver: clientCores }
}

/** The values of a pair, one for each sample that tells of it. */
export function pairValues({ samples }: MeasuredPair, { read }: Figure, direction: FlowDirection): number[] {
  return samples.flatMap(({ reading }) => read(reading, direction) ?? [])
}

/** What a pair's samples come to; undefined without any. */
export function pairFigure(pair: MeasuredPair, figure: Figure, direction: FlowDirection): number | undefined {
  const values = pairValues(pair, figure, direction)
  if (values.length === 0) return undefined
  if (figure.ofPair === 'median') return quantile(sortSamples(values), 0.5)
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** What all pairs have got at once, by sample. The pairs of a mesh take turns: they have no total. */
export function totals(measured: MeasuredTest, figure: Figure, direction: FlowDirection): Map<number, number> {
  return measured.test.placement === 'mesh' ? new Map() : sums(measured, figure, direction)
}

/** All pairs by sample; only samples in which no pair is missing, or the sum would be of something else. */
export function sums({ pairs }: MeasuredTest, { read }: Figure, direction: FlowDirection): Map<number, number> {
  const parts = Map.groupBy(
    pairs.flatMap(({ samples }) =>
      samples.flatMap(({ sample, reading }) => {
        const value = read(reading, direction)
        return value === undefined ? [] : [{ sample, value }]
      }),
    ),
    ({ sample }) => sample,
  )
  return new Map(
    [...parts]
      .filter(([, { length }]) => length === pairs.length)
      .map(([sample, values]) => [sample, values.reduce((sum, { value }) => sum + value, 0)] as const)
      .sort(([a], [b]) => a - b),
  )
}

function shareOfSent(part: number | undefined, sent: number | undefined): number | undefined {
  return part === undefined || sent === undefined || sent === 0 ? undefined : part / sent
}
