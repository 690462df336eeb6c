import type { TestCase } from '../../test-case.ts'
import { datagramBufferBytes } from '../datagram-buffer.ts'
import type { ClientRequest, Engine } from '../engine.ts'
import { wantedRate } from '../wanted-rate.ts'
import { readIperf2, warmupRows } from './iperf2-reading.ts'

/** Warm-up can be told from the rest only where a row ends. */
const rowSeconds = 1
/** Fits every path down to an MTU of 1400 with IPv6; its own default of 1470 is fragmented by most overlays. */
const defaultDatagramBytes = 1_352
const largestDatagramBytes = 65_507
const defaultTransactionBytes = 100

/**
 * iperf2 from 2.1 on: streams, and one request and response after the other (its bounce-back). One server process serves
 * many clients; it speaks either TCP or UDP, so there are two of them on the same port.
 */
export const iperf2: Engine = {
  name: 'iperf2',
  hasShell: true,
  isServerShared: true,
  refuses: refusesIperf2,
  serverCommand: (port, ipFamily) => {
    const server = `iperf -s -p ${port}${ipFamily === 6 ? ' -V' : ''}`
    // With -e the report that it sends back has latencies.
    return ['sh', '-c', `${server} -u -e -w ${datagramBufferBytes} & exec ${server}`]
  },
  passes: () => ['measure'],
  clientCommand: iperf2Client,
  read: readIperf2,
}

function refusesIperf2({ protocol, mode, direction, streams, mssBytes, messageBytes }: TestCase): string | undefined {
  if (protocol !== 'tcp' && protocol !== 'udp') return 'iperf2 measures TCP and UDP only'
  if (mode === 'crr') return 'iperf2 keeps its connection: it has no crr'
  if (mode === 'rr' && protocol === 'udp') return 'iperf2 bounces requests back over TCP only'
  if (mode === 'rr') return direction === 'forward' ? undefined : 'requests go from client to server only'
  if (protocol === 'tcp') return undefined
  if (mssBytes !== undefined) return 'UDP has no segments, so no segment size'
  if (streams > 1) return 'iperf2 loses the reports of parallel UDP streams'
  if (direction === 'bidirectional') return 'iperf2 does not say what the server received of UDP in both directions'
  if (messageBytes !== undefined && messageBytes > largestDatagramBytes) {
    return `a datagram holds up to ${largestDatagramBytes} bytes`
  }
  return undefined
}

/** iperf2 has no warm-up: a TCP stream runs longer by as much, and its first rows are left out (`warmupRows`). */
function iperf2Client(request: ClientRequest): readonly string[] {
  const { test, target, timing } = request
  // -f b is not in its help, but gives every version's figures to the byte.
  const base = ['iperf', '-c', target.address, '-p', String(target.port), '-e', '-f', 'b']
  const family = test.ipFamily === 6 ? ['-V'] : []
  const seconds = Math.ceil(timing.durationSeconds)
  if (test.mode === 'rr') {
    return [
      ...base,
      ...family,
      '--bounceback',
      // One after the other: by default it sends ten a second.
      '--bounceback-period',
      '0',
      '-l',
      String(test.messageBytes ?? defaultTransactionBytes),
      '-t',
      String(seconds),
    ]
  }
  const isUdp = test.protocol === 'udp'
  const rate = wantedRate(request)
  const messageBytes = test.messageBytes ?? (isUdp ? defaultDatagramBytes : undefined)
  return [
    ...base,
    ...family,
    '-i',
    String(rowSeconds),
    '-t',
    String(seconds + (isUdp ? 0 : warmupRows(timing) * rowSeconds)),
    ...(isUdp ? ['-u', '-w', String(datagramBufferBytes)] : []),
    ...(rate === undefined ? [] : ['-b', String(Math.floor(rate / test.streams))]),
    ...(test.streams > 1 ? ['-P', String(test.streams)] : []),
    ...(test.direction === 'reverse' ? ['-R'] : []),
    ...(test.direction === 'bidirectional' ? ['--full-duplex'] : []),
    ...(test.mssBytes === undefined ? [] : ['-M', String(test.mssBytes)]),
    ...(messageBytes === undefined ? [] : ['-l', String(messageBytes)]),
  ]
}
