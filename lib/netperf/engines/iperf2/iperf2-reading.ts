import { sum } from '../../../stats/sum.ts'
import { MeasurementFault } from '../../measurement-fault.ts'
import type { DatagramReading, FlowReading, Reading } from '../../reading.ts'
import { checkInterval } from '../check-interval.ts'
import type { ClientRequest, Timing, ToolOutput } from '../engine.ts'
import { checkStarted, toolFault, unreadable } from '../tool-fault.ts'
import { readBounceback } from './iperf2-bounceback.ts'
import { type Iperf2Row, iperf2Rows, rowsBetween } from './iperf2-rows.ts'

/** It does not print its version with what it measures. */
const tool = 'iperf2'
const complaint = /failed|failure|error|unrecognized option|invalid option|unable to|refused|no route|reset by/i

/**
 * Reads the text of `iperf -c -e -f b`. iperf2 ends with exit code 0 whatever happened, prints rows of what it sent to
 * nobody, and goes on after options that it does not know: so what it says on stderr decides, and of UDP the report that
 * the server sends back.
 *
 * @throws MeasurementFault
 */
export function readIperf2(request: ClientRequest, output: ToolOutput): Reading {
  checkStarted(tool, output)
  const { test, target, timing } = request
  // Next to an error of the connection, the option that it does not know is the reason.
  const complaints = output.stderr.split('\n').filter((line) => complaint.test(line))
  const [said] = [...complaints.filter((line) => line.includes('option')), ...complaints]
  if (said !== undefined) throw toolFault(tool, said, target)
  if (output.exitCode !== 0) throw unreadable(tool, output, target)

  const seconds = Math.ceil(timing.durationSeconds)
  const mss = mssOf(output.stdout)
  const known = { tool, ...(mss === undefined || test.protocol === 'udp' ? {} : { mssBytes: mss }) }
  if (test.mode === 'rr') {
    const requests = readBounceback(output.stdout)
    if (requests === undefined) throw unreadable(tool, output, target)
    checkInterval(tool, requests.seconds, seconds, requests.completed)
    return { ...known, flows: [], requests }
  }

  const rows = iperf2Rows(output.stdout)
  const directions = test.direction === 'bidirectional' ? (['forward', 'reverse'] as const) : [test.direction]
  const flows = directions.map((direction): FlowReading => {
    const flow = test.protocol === 'udp' ? datagramFlow(rows, direction, output) : streamFlow(rows, request, direction)
    if (flow === undefined) throw unreadable(tool, output, target)
    checkInterval(tool, flow.seconds, seconds, flow.receivedBitsPerSecond)
    return flow
  })
  return { ...known, flows }
}

/**
 * How many rows of a second are warm-up, also where none is asked for: the client knows what it has written, not what
 * arrived, and in the first one that is what fills the buffers. Where nothing comes through it is all there is.
 */
export function warmupRows({ warmupSeconds }: Timing): number {
  return Math.max(1, Math.ceil(warmupSeconds))
}

/** TCP over the rows after the warm-up: what is written into full buffers has left them at the other end. */
function streamFlow(
  rows: readonly Iperf2Row[],
  { test, timing }: ClientRequest,
  direction: 'forward' | 'reverse',
): FlowReading | undefined {
  const startSeconds = warmupRows(timing)
  const endSeconds = startSeconds + Math.ceil(timing.durationSeconds)
  const measured = rowsBetween(rows, direction === 'reverse', startSeconds, endSeconds)
  const streams = new Set(measured.map(({ stream }) => stream))
  if (streams.size !== test.streams) return undefined
  const seconds = sum(measured.map(({ start, end }) => end - start)) / test.streams
  const bitsPerSecond = (sum(measured.map(({ bytes }) => bytes)) * 8) / seconds
  const flow = { direction, seconds, receivedBitsPerSecond: bitsPerSecond }
  if (direction === 'reverse') return flow

  const states = measured.flatMap(({ rest }) => senderState(rest) ?? [])
  // A row says 0 where nothing has been acknowledged in it.
  const rtts = states.flatMap(({ rttMicros }) => (rttMicros > 0 ? [rttMicros / 1e6] : []))
  const window = Math.max(0, ...states.map(({ windowBytes }) => windowBytes))
  return {
    ...flow,
    sentBitsPerSecond: bitsPerSecond,
    ...(states.length === measured.length ? { retransmits: sum(states.map(({ retransmits }) => retransmits)) } : {}),
    ...(rtts.length === 0
      ? {}
      : {
          rtt: {
            minSeconds: Math.min(...rtts),
            meanSeconds: sum(rtts) / rtts.length,
            maxSeconds: Math.max(...rtts),
          },
        }),
    ...(window === 0 ? {} : { congestionWindowBytes: window }),
  }
}

/** `Write/Err Rtry Cwnd/RTT(var)`, from 2.2 on `Write/Err Rtry InF(pkts)/Cwnd(pkts)/RTT(var)`. */
function senderState(rest: string): { retransmits: number; windowBytes: number; rttMicros: number } | undefined {
  const [, retransmits, window, rtt] =
    /^ +\d+\/\d+(?:\/\d+)? +(\d+) +(?:\d+K\(\d+\)\/)?(\d+)K(?:\(\d+\))?\/(\d+)(?:\(\d+\))? us/.exec(rest) ?? []
  if (retransmits === undefined) return undefined
  return { retransmits: Number(retransmits), windowBytes: Number(window) * 1024, rttMicros: Number(rtt) }
}

/** UDP as the receiver saw it: the server's report, or in reverse the last row. */
function datagramFlow(
  rows: readonly Iperf2Row[],
  direction: FlowReading['direction'],
  { stdout, stderr }: ToolOutput,
): FlowReading | undefined {
  const row = rows.findLast(
    ({ isReverse, isServerReport }) => isReverse === (direction === 'reverse') && (isReverse || isServerReport),
  )
  if (row === undefined) {
    if (rows.length === 0) return undefined
    const said = /WARNING: did not receive .*/.exec(`${stderr}\n${stdout}`)?.[0] ?? 'there is no report of the server'
    throw new MeasurementFault(
      'NothingReceived',
      `${tool} has sent datagrams, but does not know of any that arrived: ${said}`,
    )
  }
  const [, jitter, lost, sent] = /^ +(\d+\.\d+) ms +(-?\d+)\/(\d+) \(/.exec(row.rest) ?? []
  if (jitter === undefined) return undefined
  const seconds = row.end - row.start
  const outOfOrder = new RegExp(
    `^\\[ *${row.stream.replace('*', '\\*')}\\] .* (\\d+) datagrams received out-of-order`,
    'm',
  ).exec(stdout)?.[1]
  return {
    direction,
    seconds,
    receivedBitsPerSecond: (row.bytes * 8) / seconds,
    datagrams: {
      sent: Number(sent),
      lost: Math.max(0, Number(lost)),
      outOfOrder: Number(outOfOrder ?? 0),
      jitterSeconds: Number(jitter) / 1000,
      ...oneWayLatency(row.rest),
    },
  }
}

/** `Latency avg/min/max/stdev`, from the time that stands in a datagram to when it was read. */
function oneWayLatency(rest: string): Pick<DatagramReading, 'oneWayLatency'> {
  const [, mean, min, max] = /\) (-?[\d.]+)\/(-?[\d.]+)\/(-?[\d.]+)\/[\d.]+ ms /.exec(rest) ?? []
  if (max === undefined) return {}
  const [meanSeconds = 0, minSeconds = 0, maxSeconds = 0] = [mean, min, max].map((ms) => Number(ms) / 1000)
  return { oneWayLatency: { minSeconds, meanSeconds, maxSeconds } }
}

/** Of the line that says what was connected: `(icwnd/mss/irtt=14/1448/25)`. */
function mssOf(text: string): number | undefined {
  const mss = /icwnd\/mss\/irtt=\d+\/(\d+)\//.exec(text)?.[1]
  return mss === undefined ? undefined : Number(mss)
}
