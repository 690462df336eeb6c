import type {
  Datagrams,
  FlowRow,
  Goodput,
  HostShare,
  PairFlow,
  Verdict,
} from '../../../record/details/netperf-details.ts'
import { meanInterval, pairedDifference } from '../../../stats/mean-interval.ts'
import type { FlowDirection } from '../../matrix/test-labels.ts'
import type { NetperfRun } from '../../netperf-run.ts'
import type { DatagramReading, FlowReading, Spread } from '../../reading.ts'
import type { AssessmentOptions } from '../assessment.ts'
import { figuresOf, flowOf, pairFigure, totals } from '../figures/figures.ts'
import { compareWithHost } from '../figures/host-share.ts'
import { idleRtt } from '../figures/idle-rtt.ts'
import { busiest, factsOf, type LinkLoad, type LinkLoads, linkLoads } from '../figures/link-load.ts'
import type { MeasuredPair, MeasuredTest } from '../measured-tests.ts'
import { flowEvidence } from '../verdict/flow-evidence.ts'
import { judgeFlow } from '../verdict/verdict.ts'
import { acrossPairs, commonVerdict, worstPair } from './pair-comparison.ts'

/** One direction of a test that streams, all its pairs and samples. */
export function flowRow(
  run: NetperfRun,
  tests: readonly MeasuredTest[],
  measured: MeasuredTest,
  direction: FlowDirection,
  options: AssessmentOptions,
): FlowRow {
  const [figure] = figuresOf(measured.test)
  const loads = linkLoads(run, measured, options)
  const link = busiest(measured.pairs.flatMap(({ pair }) => loads(pair, direction) ?? []))
  const goodput = link && goodputOf(link)
  const values = measured.pairs.flatMap((pair) => {
    const value = pairFigure(pair, figure, direction)
    return value === undefined ? [] : [{ pair: pair.pair, value }]
  })
  const pairs = measured.pairs.map((pair) => pairFlow(run, tests, measured, pair, direction, loads))
  const total = meanInterval([...totals(measured, figure, direction).values()])
  const across = acrossPairs(values.map(({ value }) => value))
  const worst = worstPair(values)
  const hostShare = hostShareOf(tests, measured, direction)
  const all = flowFigures(measured.pairs, direction)
  return {
    direction,
    ...(total && { total }),
    ...(across && { acrossPairs: across }),
    ...(worst && { worstPair: worst }),
    ...all,
    ...(goodput && { goodput }),
    ...(hostShare && { hostShare }),
    verdict: commonVerdict(
      pairs.map(({ pair, verdict }) => ({ verdict, value: values.find((each) => each.pair.index === pair)?.value })),
    ),
    pairs,
  }
}

function pairFlow(
  run: NetperfRun,
  tests: readonly MeasuredTest[],
  { test }: MeasuredTest,
  measured: MeasuredPair,
  direction: FlowDirection,
  loads: LinkLoads,
): PairFlow {
  const { client, server, index } = measured.pair
  const [sender, receiver] = direction === 'forward' ? [client, server] : [server, client]
  const load = loads(measured.pair, direction)
  const goodput = load && goodputOf(load)
  const evidence = flowEvidence(test, measured, direction, {
    senderFacts: factsOf(run, sender),
    receiverFacts: factsOf(run, receiver),
    idleRttSeconds: idleRtt(tests, measured.pair, test),
    link: goodput && { bitsPerSecond: goodput.linkBitsPerSecond, share: goodput.share.mean },
  })
  const verdict: Verdict =
    evidence === undefined
      ? { limit: 'unknown', text: 'unknown', evidence: [] }
      : judgeFlow(evidence, measured.samples.length)
  const { sentBitsPerSecond, congestionWindowBytes, sender: from, receiver: to } = evidence ?? {}
  return {
    pair: index,
    ...flowFigures([measured], direction),
    ...(sentBitsPerSecond === undefined ? {} : { sentBitsPerSecond }),
    ...(from?.cores === undefined ? {} : { senderCores: from.cores }),
    ...(to?.cores === undefined ? {} : { receiverCores: to.cores }),
    ...(congestionWindowBytes === undefined ? {} : { congestionWindowBytes }),
    verdict,
  }
}

type FlowFigures = Pick<FlowRow, 'throughput' | 'retransmitsPerSecond' | 'retransmitShare' | 'rtt' | 'datagrams'>

/** Of all samples of these pairs, each a value of its own. */
function flowFigures(pairs: readonly MeasuredPair[], direction: FlowDirection): FlowFigures {
  const measured = pairs.flatMap(({ samples }) =>
    samples.flatMap(({ reading }) => {
      const flow = flowOf(reading, direction)
      return flow === undefined ? [] : [{ flow, mssBytes: reading.mssBytes }]
    }),
  )
  const flows = measured.map(({ flow }) => flow)
  const throughput = meanInterval(flows.map(({ receivedBitsPerSecond }) => receivedBitsPerSecond))
  const retransmits = meanInterval(
    flows.flatMap((flow) => (flow.retransmits === undefined ? [] : [flow.retransmits / flow.seconds])),
  )
  const retransmitShare = shareOfSegments(measured)
  const rtt = mergeSpreads(flows.flatMap((flow) => flow.rtt ?? []))
  const datagrams = datagramsOf(flows)
  return {
    ...(throughput && { throughput }),
    ...(retransmits && { retransmitsPerSecond: retransmits }),
    ...(retransmitShare === undefined ? {} : { retransmitShare }),
    ...(rtt && { rtt }),
    ...(datagrams && { datagrams }),
  }
}

function shareOfSegments(measured: readonly { flow: FlowReading; mssBytes: number | undefined }[]): number | undefined {
  let again = 0
  let segments = 0
  for (const { flow, mssBytes } of measured) {
    if (flow.retransmits === undefined || mssBytes === undefined) return undefined
    again += flow.retransmits
    segments += ((flow.sentBitsPerSecond ?? flow.receivedBitsPerSecond) * flow.seconds) / 8 / mssBytes
  }
  return segments === 0 ? undefined : again / segments
}

function mergeSpreads(spreads: readonly Spread[]): FlowRow['rtt'] {
  if (spreads.length === 0) return undefined
  const minima = spreads.flatMap(({ minSeconds }) => minSeconds ?? [])
  const maxima = spreads.flatMap(({ maxSeconds }) => maxSeconds ?? [])
  const mean = meanInterval(spreads.flatMap(({ meanSeconds }) => meanSeconds ?? []))?.mean
  return {
    ...(minima.length === 0 ? {} : { minSeconds: Math.min(...minima) }),
    ...(mean === undefined ? {} : { meanSeconds: mean }),
    ...(maxima.length === 0 ? {} : { maxSeconds: Math.max(...maxima) }),
  }
}

function datagramsOf(flows: readonly FlowReading[]): Datagrams | undefined {
  const readings = flows.flatMap(({ datagrams, seconds }) => (datagrams === undefined ? [] : [{ datagrams, seconds }]))
  const count = (of: (reading: DatagramReading) => number) =>
    readings.reduce((sum, { datagrams }) => sum + of(datagrams), 0)
  const sent = count((reading) => reading.sent)
  const lost = count((reading) => reading.lost)
  const packets = meanInterval(readings.map(({ datagrams, seconds }) => (datagrams.sent - datagrams.lost) / seconds))
  const jitter = meanInterval(readings.map(({ datagrams }) => datagrams.jitterSeconds))
  const latency = meanInterval(readings.flatMap(({ datagrams }) => datagrams.oneWayLatency?.meanSeconds ?? []))
  if (packets === undefined || jitter === undefined || sent === 0) return undefined
  const isOrderKnown = readings.every(({ datagrams }) => datagrams.outOfOrder !== undefined)
  return {
    sent,
    lost,
    ...(isOrderKnown ? { outOfOrder: count(({ outOfOrder = 0 }) => outOfOrder) } : {}),
    loss: lost / sent,
    packetsPerSecond: packets,
    jitterSeconds: jitter,
    ...(latency && { oneWayLatencySeconds: latency }),
  }
}

function goodputOf(link: LinkLoad): Goodput | undefined {
  const { node, linkBitsPerSecond, linkSource, mtuBytes, possibleShare, shares } = link
  const share = meanInterval([...shares.values()])
  if (share === undefined) return undefined
  const possibleBitsPerSecond = linkBitsPerSecond * possibleShare
  return { linkBitsPerSecond, linkSource, mtuBytes, possibleShare, possibleBitsPerSecond, node, share }
}

/** Of the throughput, or of the rate of requests. */
export function hostShareOf(
  tests: readonly MeasuredTest[],
  measured: MeasuredTest,
  direction: FlowDirection,
): HostShare | undefined {
  const comparison = compareWithHost(tests, measured, direction)
  if (comparison === undefined) return undefined
  const { baseline, own, host } = comparison
  const share = meanInterval(own.map((value, index) => value / (host[index] ?? Number.NaN)))
  const difference = pairedDifference(host, own)
  return share && difference && { row: baseline, share, difference }
}
