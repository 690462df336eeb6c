import { Value } from '@sinclair/typebox/value'
import { isObject, parseJson } from '../../../record/json.ts'
import { sum } from '../../../stats/sum.ts'
import type { FlowReading, Reading, Spread } from '../../reading.ts'
import { checkInterval } from '../check-interval.ts'
import type { ClientRequest, ToolOutput } from '../engine.ts'
import { checkStarted, toolFault, unreadable } from '../tool-fault.ts'
import { readIperf3Datagrams } from './iperf3-datagrams.ts'
import { isOf } from './iperf3-direction.ts'
import { segmentBytes } from './iperf3-mss.ts'
import { type Iperf3Output, Iperf3OutputSchema, type Iperf3Stream } from './iperf3-output.ts'

/**
 * Reads `iperf3 -J`. What counts is what the receiver got. iperf3 before 3.14 ends with exit code 0 whatever happened,
 * and from 3.19 on also when it was terminated, so the words in its output decide.
 *
 * @throws MeasurementFault
 */
export function readIperf3(request: ClientRequest, output: ToolOutput): Reading {
  checkStarted('iperf3', output)
  const { test, target, timing } = request
  const printed = parseJson(output.stdout)
  if (!isObject(printed)) throw unreadable('iperf3', output, target)
  const tool = isObject(printed.start) && typeof printed.start.version === 'string' ? printed.start.version : 'iperf3'
  if (typeof printed.error === 'string') throw toolFault(tool, printed.error, target)
  if (/control message: Bad file descriptor/.test(output.stderr)) {
    throw toolFault(tool, 'could not connect (before 3.10 iperf3 does not say why)', target)
  }
  if (output.exitCode !== 0 || !Value.Check(Iperf3OutputSchema, printed)) throw unreadable(tool, output, target)

  const askedSeconds = Math.ceil(timing.durationSeconds)
  const directions =
    test.direction === 'bidirectional' ? (['forward', 'reverse'] as const) : ([test.direction] as const)
  const flows = directions.map((direction): FlowReading => {
    const flow =
      test.protocol === 'udp'
        ? readIperf3Datagrams(printed, request, direction)
        : segmentFlow(printed, request, direction)
    if (flow === undefined) throw unreadable(tool, output, target)
    checkInterval(tool, flow.seconds, askedSeconds, flow.receivedBitsPerSecond)
    return flow
  })
  return { tool, flows, ...processor(printed), ...(test.protocol === 'tcp' ? connection(printed, request) : {}) }
}

/**
 * One direction of a TCP test, summed over its streams: for both directions iperf3 before 3.10 prints two sums of the
 * same name, of which JSON keeps the last. The seconds are the sum's: those of a stream's receiver are the sender's.
 */
function segmentFlow(
  { end }: Iperf3Output,
  { test }: ClientRequest,
  direction: FlowReading['direction'],
): FlowReading | undefined {
  const isSecond = test.direction === 'bidirectional' && direction === 'reverse'
  const seconds = ((isSecond ? end.sum_received_bidir_reverse : undefined) ?? end.sum_received)?.seconds
  const streams = end.streams.flatMap(({ sender, receiver }) =>
    sender !== undefined && receiver !== undefined && isOf(direction, sender.sender, test)
      ? [{ sender, receiver }]
      : [],
  )
  const [first] = streams
  if (seconds === undefined || first === undefined) return undefined
  const retransmits = streams.flatMap(({ sender }) => sender.retransmits ?? [])
  return {
    direction,
    seconds,
    receivedBitsPerSecond: (sum(streams.map(({ receiver }) => receiver.bytes)) * 8) / seconds,
    sentBitsPerSecond: (sum(streams.map(({ sender }) => sender.bytes)) * 8) / first.sender.seconds,
    ...(retransmits.length === 0 ? {} : { retransmits: sum(retransmits) }),
    // Of what the server sends iperf3 knows neither: it prints 0, or the first few microseconds.
    ...(direction === 'forward' ? senderState(streams.map(({ sender }) => sender)) : {}),
  }
}

type Sender = NonNullable<Iperf3Stream['sender']>

function senderState(senders: readonly Sender[]): Pick<FlowReading, 'rtt' | 'congestionWindowBytes'> {
  const windows = senders.flatMap(({ max_snd_cwnd: bytes = 0 }) => (bytes > 0 ? [bytes] : []))
  const measured = senders.filter(({ mean_rtt: mean = 0 }) => mean > 0)
  const micros = (pick: (sender: Sender) => number | undefined): number[] =>
    measured.flatMap((sender) => pick(sender) ?? [])
  const [min, means, max] = [micros((of) => of.min_rtt), micros((of) => of.mean_rtt), micros((of) => of.max_rtt)]
  const rtt: Spread = {
    ...(min.length > 0 ? { minSeconds: Math.min(...min) / 1e6 } : {}),
    meanSeconds: sum(means) / means.length / 1e6,
    ...(max.length > 0 ? { maxSeconds: Math.max(...max) / 1e6 } : {}),
  }
  return {
    ...(measured.length > 0 ? { rtt } : {}),
    ...(windows.length > 0 ? { congestionWindowBytes: Math.max(...windows) } : {}),
  }
}

/** iperf3 says percent of one core, of its whole process: it goes beyond 100 with several threads. */
function processor({ end }: Iperf3Output): Pick<Reading, 'clientCores' | 'serverCores'> {
  const { host_total: client, remote_total: server } = end.cpu_utilization_percent ?? {}
  return {
    ...(client === undefined ? {} : { clientCores: client / 100 }),
    ...(server === undefined ? {} : { serverCores: server / 100 }),
  }
}

function connection(
  printed: Iperf3Output,
  { test }: ClientRequest,
): Pick<Reading, 'mssBytes' | 'clientCongestionControl' | 'serverCongestionControl'> {
  const { sender_tcp_congestion: sender, receiver_tcp_congestion: receiver } = printed.end
  const [client, server] = test.direction === 'reverse' ? [receiver, sender] : [sender, receiver]
  const mssBytes = segmentBytes(printed, test.ipFamily)
  return {
    ...(mssBytes === undefined ? {} : { mssBytes }),
    ...(client === undefined ? {} : { clientCongestionControl: client }),
    ...(server === undefined ? {} : { serverCongestionControl: server }),
  }
}
