import type { Verdict } from '../../../record/details/netperf-details.ts'
import { bitRateText, digits, percentText, secondsText } from '../figures/figure-text.ts'
import type { EndEvidence, FlowEvidence } from './flow-evidence.ts'

/** A process that uses so much of each of its cores does nothing but that. */
const FULL_CORE = 0.95
/** A node without idle CPU is to blame only where the traffic takes part in filling it. */
const LEAST_CORES_OF_BUSY_NODE = 0.1
const LEAST_CORES_OF_BUSY_CORE = 0.3
/** Of what a link carries at most: then nothing but the link is the limit. Above the second nobody has such a link. */
const LINE_RATE = 0.95
export const BEYOND_LINE_RATE = 1.1
/** A limit by annotation is kept with a burst, and counts headers. */
const LIMIT_REACHED = [0.85, 1.15] as const
/** Of an offered rate: then it was offered, and arrived. */
const OFFER_KEPT = 0.95
/** Samples that differ by less come from something that lets through a fixed rate. */
const FLAT = 0.01
const UNSTEADY = 0.02
/** With less loss, and queues that may be full, the drops are how TCP finds its rate and not what limits it. */
const TELLING_LOSS = 0.001
const FEWEST_LOSSES = 10
/** BBR does not slow down for less (Cardwell et al. 2016, figure 8). */
const BBR_LOSS = 0.15
/** A round trip so much longer than without load has waited in queues. */
const QUEUED = 1.5
const THROTTLED_SHARE = 0.01
const MORE_STREAMS = '--streams 4'
const NEWER_TOOL = 'an --image with iperf3 3.16 or newer, which has a thread for each stream'

interface Limit {
  limit: Verdict['limit']
  text: string
  isFloor?: true
  advice?: string
}

/**
 * What kept a flow from being faster, with the evidence. What is certain comes first: limits that somebody has set, then
 * cores that are full, then what TCP shows of loss and window; what shows none of this is limited by the network between.
 * @param sampleCount how many samples the evidence is of
 */
export function judgeFlow(evidence: FlowEvidence, sampleCount: number): Verdict {
  const found =
    bandwidthLimit(evidence) ??
    throttling([evidence.sender, evidence.receiver], sampleCount) ??
    lineRate(evidence) ??
    offeredRate(evidence) ??
    lossOfOffer(evidence) ??
    fullCores(evidence) ??
    busyNode(evidence) ??
    window(evidence) ??
    loss(evidence)
  return { ...(found ?? { limit: 'network', text: 'network' }), evidence: describeFlow(evidence) }
}

function bandwidthLimit({ limitBitsPerSecond, bitsPerSecond }: FlowEvidence): Limit | undefined {
  if (limitBitsPerSecond === undefined) return undefined
  const share = bitsPerSecond / limitBitsPerSecond
  if (share < LIMIT_REACHED[0] || share > LIMIT_REACHED[1]) return undefined
  return { limit: 'bandwidth-limit', text: `bandwidth annotation (${bitRateText(limitBitsPerSecond)})` }
}

/** A pod that its CPU limit holds back in half of the samples or more. */
export function throttling(ends: readonly EndEvidence[], sampleCount: number): Limit | undefined {
  const held = ends.filter(
    ({ throttledSamples, throttledShare }) => throttledSamples * 2 >= sampleCount && throttledShare >= THROTTLED_SHARE,
  )
  const [worst] = held.toSorted((a, b) => b.throttledShare - a.throttledShare)
  if (worst === undefined) return undefined
  const text = `CPU limit of the ${worst.side} (throttled ${percentText(worst.throttledShare)} of the time)`
  return { limit: 'cpu-throttling', text, isFloor: true }
}

function lineRate({ link }: FlowEvidence): Limit | undefined {
  if (link === undefined || link.share < LINE_RATE || link.share > BEYOND_LINE_RATE) return undefined
  const text = `line rate (${percentText(link.share)} of what ${bitRateText(link.bitsPerSecond)} can carry)`
  return { limit: 'line-rate', text }
}

function offeredRate({ test, bitsPerSecond, lossShare = 0 }: FlowEvidence): Limit | undefined {
  const offered = test.bitsPerSecond
  if (typeof offered !== 'number' || bitsPerSecond < OFFER_KEPT * offered) return undefined
  // Nobody sends datagrams again: what is lost is the news, although nearly all of the rate arrives.
  if (test.protocol === 'udp' && lossShare >= TELLING_LOSS) return undefined
  return { limit: 'offered-rate', text: `offered rate (${bitRateText(offered)})` }
}

/** Datagrams that were all sent, and not all of which arrived: no lack of CPU kept their sender, however busy its node is. */
function lossOfOffer(evidence: FlowEvidence): Limit | undefined {
  const { test, sentBitsPerSecond = 0 } = evidence
  const isSent = typeof test.bitsPerSecond === 'number' && sentBitsPerSecond >= OFFER_KEPT * test.bitsPerSecond
  return test.protocol === 'udp' && isSent ? loss(evidence) : undefined
}

function fullCores({ test, tool, sender, receiver }: FlowEvidence): Limit | undefined {
  const threads = threadsOf(tool, test.streams, test.direction === 'bidirectional')
  const fullness = (end: EndEvidence) => (end.cores ?? 0) / threads + (end.waitShare ?? 0)
  const roles = [
    { end: receiver, name: 'receiver', limit: 'receiver-cpu' as const },
    { end: sender, name: 'sender', limit: 'sender-cpu' as const },
  ]
  const [fullest] = roles
    .filter(({ end }) => end.cores !== undefined && fullness(end) >= FULL_CORE)
    .toSorted((a, b) => fullness(b.end) - fullness(a.end))
  if (fullest === undefined) return undefined
  const { end, name, limit } = fullest
  const cores = end.cores ?? 0
  const used = threads === 1 ? `${percentText(cores)} of one core` : `${digits(cores)} cores for ${threads} streams`
  const waited =
    cores / threads >= FULL_CORE ? '' : `, and waited for one ${percentText(end.waitShare ?? 0)} of the time`
  // A core that others take part of is not won back by more streams.
  const advice = threads > 1 || waited !== '' ? {} : { advice: test.streams === 1 ? MORE_STREAMS : NEWER_TOOL }
  return { limit, text: `${name} CPU (${used}${waited})`, isFloor: true, ...advice }
}

/** How many cores a tool can use: iperf3 has a thread for each stream from 3.16 on, the others always. */
function threadsOf(tool: string, streams: number, isBidirectional: boolean): number {
  const [, major, minor] = /^iperf3? (\d+)\.(\d+)/.exec(tool) ?? []
  if (major === '3' && Number(minor) < 16) return 1
  return streams * (isBidirectional && major === '3' ? 2 : 1)
}

/**
 * Much of a packet's way is done by the kernel outside the tool's process: a node or a core that has no idle time while
 * the rate is unsteady limits it, although the process itself is not always running.
 */
function busyNode({ sender, receiver, cv = UNSTEADY }: FlowEvidence): Limit | undefined {
  if (cv < UNSTEADY) return undefined
  const roles = [
    { end: receiver, name: 'receiver', limit: 'receiver-cpu' as const },
    { end: sender, name: 'sender', limit: 'sender-cpu' as const },
  ]
  const byCores = roles.toSorted((a, b) => (b.end.cores ?? 0) - (a.end.cores ?? 0))
  for (const { end, name, limit } of byCores) {
    const { cores = 0, nodeBusy = 0, busiestCore = 0 } = end
    if (nodeBusy >= FULL_CORE && cores >= LEAST_CORES_OF_BUSY_NODE) {
      const text = `${name} CPU (its node is ${percentText(nodeBusy)} busy)`
      return {
        limit,
        text,
        isFloor: true,
        advice: 'measure when the node has idle CPU, or choose another: --client-node, --server-node',
      }
    }
    if (busiestCore >= FULL_CORE && cores >= LEAST_CORES_OF_BUSY_CORE) {
      return { limit, text: `${name} CPU (a core of its node is ${percentText(busiestCore)} busy)`, isFloor: true }
    }
  }
  return undefined
}

/** TCP ≤ window/RTT: all of the window is on its way all the time, no queue is filled by it, and no loss keeps it small. */
function window({ test, bitsPerSecond, congestionWindowBytes, rttSeconds, idleRttSeconds, lostPackets }: FlowEvidence) {
  if (test.protocol !== 'tcp' || lostPackets === undefined || lostPackets >= FEWEST_LOSSES) return undefined
  if (congestionWindowBytes === undefined || rttSeconds === undefined || idleRttSeconds === undefined) return undefined
  if (rttSeconds > QUEUED * idleRttSeconds) return undefined
  const inFlightBytes = (bitsPerSecond / test.streams / 8) * rttSeconds
  const share = inFlightBytes / congestionWindowBytes
  if (share < 0.5 || share > 1.2) return undefined
  const text = `window (${digits(inFlightBytes / 1024)} KiB in flight for ${secondsText(rttSeconds)})`
  return { limit: 'window' as const, text, advice: `${MORE_STREAMS}, or larger net.ipv4.tcp_rmem and tcp_wmem` }
}

/**
 * Drops limit a flow only where they explain its rate. Of UDP: what was sent and did not arrive. Of TCP: no more than
 * (MSS/RTT)·√(3/2)/√p (Mathis, Semke, Mahdavi & Ott 1997) is possible with a loss of p. A flow at the rate of a full queue
 * obeys the formula, too, with the round trip through that queue; so there must be more loss than such a flow makes, or a
 * round trip known to be free of queues, and the rate must not be flat. A flow much faster than the formula says has lost
 * its segments in few bursts, each of which counts once.
 */
function loss(evidence: FlowEvidence): Limit | undefined {
  const { test, lossShare, lostPackets = 0, cv = 1, rttSeconds, idleRttSeconds, congestionControl } = evidence
  if (lossShare === undefined || lostPackets < FEWEST_LOSSES) return undefined
  if (test.protocol === 'udp') return lossShare < TELLING_LOSS ? undefined : lossOfDatagrams(evidence, lossShare)
  const text = `retransmits (${percentText(lossShare)} of segments)`
  if (congestionControl?.startsWith('bbr')) return lossShare < BBR_LOSS ? undefined : { limit: 'loss', text }
  const possible = possibleWithLoss(evidence)
  const isQueueEmpty = rttSeconds !== undefined && idleRttSeconds !== undefined && rttSeconds <= QUEUED * idleRttSeconds
  if (cv < FLAT || possible === undefined || (lossShare < TELLING_LOSS && !isQueueEmpty)) return undefined
  const share = evidence.bitsPerSecond / possible
  // From 1 % on TCP waits for timeouts, which the formula does not know: then any rate below it is explained.
  return share > 2 || (share < 0.5 && lossShare < 0.01) ? undefined : { limit: 'loss', text }
}

/** On the way, or at its end: a receiver that does not read in time lets its socket run full. */
function lossOfDatagrams({ receiver, lostPackets = 0 }: FlowEvidence, lossShare: number): Limit {
  const dropped = Math.min(receiver.socketDrops ?? 0, lostPackets)
  if (dropped * 2 <= lostPackets) return { limit: 'loss', text: `loss (${percentText(lossShare)} of datagrams)` }
  return {
    limit: 'receiver-buffer',
    text: `receiver socket buffer (${percentText((lossShare * dropped) / lostPackets)} of datagrams)`,
    isFloor: true,
    advice:
      'a receiver with idle CPU (--server-node), a lower --bandwidth, or a larger net.core.rmem_default on its node',
  }
}

/** In bits per second, all streams together. */
function possibleWithLoss({
  test,
  mssBytes,
  rttSeconds,
  idleRttSeconds,
  lossShare = 0,
}: FlowEvidence): number | undefined {
  const roundTrip = idleRttSeconds ?? rttSeconds
  if (mssBytes === undefined || roundTrip === undefined || lossShare === 0) return undefined
  return (test.streams * 8 * mssBytes * Math.sqrt(3 / 2)) / (roundTrip * Math.sqrt(lossShare))
}

function describeFlow(evidence: FlowEvidence): string[] {
  const { sender, receiver, lossShare, lostPackets, rttSeconds, idleRttSeconds, congestionControl, link, cv } = evidence
  const possible = evidence.test.protocol === 'tcp' ? possibleWithLoss(evidence) : undefined
  const lossName = evidence.test.protocol === 'udp' ? 'datagrams lost' : 'segments sent again'
  return [
    ...describeEnd('sender', sender),
    ...describeEnd('receiver', receiver),
    ...(evidence.test.protocol !== 'udp' || receiver.socketDrops === undefined
      ? []
      : [`datagrams that found the receiver's socket full: ${receiver.socketDrops}`]),
    ...(lossShare === undefined
      ? []
      : [
          `${lossName}: ${lostPackets} (${percentText(lossShare)})${
            possible === undefined
              ? ''
              : `, which allow at most ${bitRateText(possible)} where each is a drop of its own`
          }`,
        ]),
    ...(rttSeconds === undefined
      ? []
      : [
          `round trip under load ${secondsText(rttSeconds)}${
            idleRttSeconds === undefined ? '' : `, without load ${secondsText(idleRttSeconds)}`
          }`,
        ]),
    ...(congestionControl === undefined ? [] : [`congestion control ${congestionControl}`]),
    ...(cv === undefined ? [] : [`samples differ by ${percentText(cv)} (coefficient of variation)`]),
    ...(link === undefined
      ? []
      : [`${percentText(link.share)} of what a link of ${bitRateText(link.bitsPerSecond)} can carry as payload`]),
  ]
}

/** One end in a few words: its CPU, and what it waited for. */
export function describeEnd(
  name: string,
  { cores, waitShare, nodeBusy, throttledSamples, throttledShare }: EndEvidence,
) {
  return [
    ...(cores === undefined ? [] : [`${name} used ${digits(cores)} cores`]),
    ...(waitShare === undefined ? [] : [`${name} waited for a core ${percentText(waitShare)} of the time`]),
    ...(nodeBusy === undefined ? [] : [`the ${name}'s node was ${percentText(nodeBusy)} busy`]),
    ...(throttledSamples === 0
      ? []
      : [`${name} was throttled in ${throttledSamples} samples, up to ${percentText(throttledShare)} of the time`]),
  ]
}
