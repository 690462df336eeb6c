import type { FlowReading } from '../../reading.ts'
import type { ClientRequest } from '../engine.ts'
import { isOf } from './iperf3-direction.ts'
import type { Iperf3Output, Iperf3Stream } from './iperf3-output.ts'

type Datagrams = NonNullable<Iperf3Stream['udp']>

/** As long as the way of a datagram may take, with a receiver that waits for a core. */
const UNDER_WAY_SECONDS = 0.5

/**
 * One direction of a UDP test. What is lost is what the receiver knows to have been sent (it numbers datagrams) less the
 * bytes it got, and not iperf3's own count: that holds the losses of the warm-up before 3.14, and is 0 for a client from
 * 3.13 on whose server is older (esnet/iperf issues 1984 and 2055). Only of the end it knows nothing (`numberedDatagrams`).
 * undefined: the output lacks a part.
 */
export function readIperf3Datagrams(
  { start, end }: Iperf3Output,
  { test }: ClientRequest,
  direction: FlowReading['direction'],
): FlowReading | undefined {
  const isSecond = test.direction === 'bidirectional' && direction === 'reverse'
  const streams = end.streams.flatMap(({ udp }) =>
    udp !== undefined && isOf(direction, udp.sender, test) ? [udp] : [],
  )
  const messageBytes = start.test_start.blksize
  if (streams.length === 0 || !(messageBytes > 0)) return undefined
  const received = isSecond ? end.sum_received_bidir_reverse : end.sum_received
  if (received === undefined)
    return fromStreams(streams, end.sum?.seconds, messageBytes, start.test_start.omit, direction)
  const sent = isSecond ? end.sum_sent_bidir_reverse : end.sum_sent
  if (sent === undefined || received.packets === undefined || received.jitter_ms === undefined) return undefined
  const numbered = numberedDatagrams(received.packets, sent)
  return {
    direction,
    seconds: received.seconds,
    receivedBitsPerSecond: (received.bytes * 8) / received.seconds,
    sentBitsPerSecond: (sent.bytes * 8) / sent.seconds,
    datagrams: {
      sent: numbered,
      lost: Math.max(0, numbered - Math.round(received.bytes / messageBytes)),
      jitterSeconds: received.jitter_ms / 1000,
      ...reordered(streams, direction),
    },
  }
}

/**
 * Of datagrams that come after the last one that arrived the receiver knows nothing. Some are always on their way, or in
 * its socket, when the time is over; of more than those none has arrived.
 */
function numberedDatagrams(numbered: number, { packets = 0, seconds }: NonNullable<Iperf3Output['end']['sum_sent']>) {
  return packets - numbered > (packets / seconds) * UNDER_WAY_SECONDS ? packets : numbered
}

/** iperf3 before 3.10 says only what was sent and how many of those were lost; with a warm-up that is no figure. */
function fromStreams(
  streams: readonly Datagrams[],
  seconds: number | undefined,
  messageBytes: number,
  warmupSeconds: number,
  direction: FlowReading['direction'],
): FlowReading | undefined {
  if (warmupSeconds > 0 || seconds === undefined) return undefined
  const sum = (pick: (stream: Datagrams) => number): number => streams.reduce((total, of) => total + pick(of), 0)
  const sent = sum((of) => of.packets)
  // The jitter is exactly 0 where no two datagrams arrived: then none is numbered, and none is counted as lost.
  const lost = streams.every((of) => of.jitter_ms === 0) ? sent : sum((of) => of.lost_packets)
  return {
    direction,
    seconds,
    receivedBitsPerSecond: ((sent - lost) * messageBytes * 8) / seconds,
    sentBitsPerSecond: sum((of) => (of.bytes * 8) / of.seconds),
    datagrams: {
      sent,
      lost,
      jitterSeconds: sum((of) => of.jitter_ms) / streams.length / 1000,
      ...reordered(streams, direction),
    },
  }
}

/** Servers do not tell their clients what came out of order: the 0 that iperf3 prints for it is no measurement. */
function reordered(streams: readonly Datagrams[], direction: FlowReading['direction']): { outOfOrder?: number } {
  const counts = streams.flatMap(({ out_of_order: count }) => count ?? [])
  if (direction === 'forward' || counts.length === 0) return {}
  return { outOfOrder: counts.reduce((total, count) => total + count, 0) }
}
