import { meanInterval } from '../../../stats/mean-interval.ts'
import { quantile } from '../../../stats/quantile.ts'
import { sortSamples } from '../../../stats/sorted-samples.ts'
import type { EndpointFacts } from '../../facts/path-facts.ts'
import type { FlowDirection } from '../../matrix/test-labels.ts'
import type { TestCase } from '../../test-case.ts'
import { coresOf, flowOf } from '../figures/figures.ts'
import type { MeasuredPair, MeasuredSample } from '../measured-tests.ts'

/** What the limit of a flow is judged by: medians over the samples of one pair. Absent: not known. */
export interface FlowEvidence {
  readonly test: TestCase
  readonly tool: string
  readonly bitsPerSecond: number
  /** Coefficient of variation over the samples. */
  readonly cv?: number
  readonly sentBitsPerSecond?: number
  readonly sender: EndEvidence
  readonly receiver: EndEvidence
  /** Of all segments that were sent; of UDP of all datagrams. */
  readonly lossShare?: number
  readonly lostPackets?: number
  readonly mssBytes?: number
  readonly congestionControl?: string
  readonly congestionWindowBytes?: number
  readonly rttSeconds?: number
  /** Of the same two nodes without load, where the run has measured it. */
  readonly idleRttSeconds?: number
  /** The lower of what annotations allow the sender to send and the receiver to receive. */
  readonly limitBitsPerSecond?: number
  readonly link?: { readonly bitsPerSecond: number; readonly share: number }
}

export interface EndEvidence {
  readonly side: 'client' | 'server'
  /** Of the tool's process. */
  readonly cores?: number
  /** Share of the time that the pod waited for a core. */
  readonly waitShare?: number
  readonly nodeBusy?: number
  readonly busiestCore?: number
  /** UDP datagrams that arrived and found the socket full, of all samples. */
  readonly socketDrops?: number
  /** Samples in which the pod's CPU limit held it back, and for how long at most, as a share of the measured time. */
  readonly throttledSamples: number
  readonly throttledShare: number
}

export interface Surroundings {
  readonly senderFacts?: EndpointFacts | undefined
  readonly receiverFacts?: EndpointFacts | undefined
  readonly idleRttSeconds?: number | undefined
  readonly link?: FlowEvidence['link'] | undefined
}

/** Undefined where no sample has such a flow. */
export function flowEvidence(
  test: TestCase,
  { samples }: MeasuredPair,
  direction: FlowDirection,
  { senderFacts, receiverFacts, idleRttSeconds, link }: Surroundings,
): FlowEvidence | undefined {
  const flows = samples.flatMap(({ reading }) => flowOf(reading, direction) ?? [])
  const bitsPerSecond = median(flows.map(({ receivedBitsPerSecond }) => receivedBitsPerSecond))
  const [first] = samples
  if (first === undefined || bitsPerSecond === undefined) return undefined
  const [senderSide, receiverSide] =
    direction === 'forward' ? (['client', 'server'] as const) : (['server', 'client'] as const)
  const control =
    direction === 'forward' ? first.reading.clientCongestionControl : first.reading.serverCongestionControl
  const mssBytes = median(samples.map(({ reading }) => reading.mssBytes))
  const lost = flows.map(({ datagrams, retransmits }) => datagrams?.lost ?? retransmits)
  const packets = flows.map(({ datagrams, receivedBitsPerSecond, sentBitsPerSecond, seconds }) =>
    datagrams === undefined
      ? mssBytes && ((sentBitsPerSecond ?? receivedBitsPerSecond) * seconds) / 8 / mssBytes
      : datagrams.sent,
  )
  const lostPackets = total(lost)
  const allPackets = total(packets)
  return defined({
    test,
    tool: first.reading.tool,
    bitsPerSecond,
    cv: meanInterval(flows.map(({ receivedBitsPerSecond }) => receivedBitsPerSecond))?.cv,
    sentBitsPerSecond: median(flows.map((flow) => flow.sentBitsPerSecond)),
    sender: endEvidence(samples, senderSide, median(samples.map(({ reading }) => coresOf(reading, direction).sender))),
    receiver: endEvidence(
      samples,
      receiverSide,
      median(samples.map(({ reading }) => coresOf(reading, direction).receiver)),
    ),
    lostPackets,
    lossShare: lostPackets === undefined || !allPackets ? undefined : lostPackets / allPackets,
    mssBytes,
    congestionControl: control,
    congestionWindowBytes: median(flows.map((flow) => flow.congestionWindowBytes)),
    rttSeconds: median(flows.map(({ rtt }) => rtt?.meanSeconds)),
    idleRttSeconds,
    limitBitsPerSecond: lowest([senderFacts?.egressLimitBitsPerSecond, receiverFacts?.ingressLimitBitsPerSecond]),
    link,
  })
}

/** What limits one end of a flow could be seen by, over all samples. */
export function endEvidence(
  samples: readonly MeasuredSample[],
  side: 'client' | 'server',
  cores: number | undefined,
): EndEvidence {
  const loads = samples.flatMap(({ clientCpu, serverCpu }) => (side === 'client' ? clientCpu : serverCpu) ?? [])
  const throttled = samples.flatMap((sample) => {
    const throttling = side === 'client' ? sample.clientThrottling : sample.serverThrottling
    return throttling === undefined || throttling.periods === 0 ? [] : [throttling.seconds / measuredSeconds(sample)]
  })
  return defined({
    side,
    cores,
    waitShare: median(loads.map(({ podWaitSeconds, seconds }) => podWaitSeconds && podWaitSeconds / seconds)),
    nodeBusy: median(loads.map(({ nodeBusy }) => nodeBusy)),
    busiestCore: median(loads.map(({ busiestCore }) => busiestCore)),
    socketDrops: loads.length === 0 ? undefined : total(loads.map(({ socketDrops }) => socketDrops)),
    throttledSamples: throttled.length,
    throttledShare: Math.max(0, ...throttled),
  })
}

function measuredSeconds({ reading: { flows, requests } }: MeasuredSample): number {
  return flows[0]?.seconds ?? requests?.seconds ?? Number.POSITIVE_INFINITY
}

/** Of those that are known, by nearest rank. */
function median(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : quantile(sortSamples(known), 0.5)
}

/** Undefined unless all are known: part of a sum is no sum. */
function total(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length < values.length ? undefined : known.reduce((sum, value) => sum + value, 0)
}

function lowest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

type Defined<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K]
}

/** Without the keys that have no value. */
function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
}
