import type { TestCase } from '../../test-case.ts'
import { datagramBufferBytes } from '../datagram-buffer.ts'
import type { ClientRequest, Engine } from '../engine.ts'
import { messageBytesOf } from '../message-bytes.ts'
import { wantedRate } from '../wanted-rate.ts'
import { pacingMicroseconds } from './iperf3-pacing.ts'
import { readIperf3 } from './iperf3-reading.ts'

const connectTimeoutMs = 5_000
const largestMssBytes = 9_216
const mostStreams = 128
const largestBlockBytes = 1_048_576
const largestDatagramBytes = 65_507
const smallestDatagramBytes = 16

/** iperf3 from 3.7 on: streams of TCP and UDP. One test at a time for each server process. */
export const iperf3: Engine = {
  name: 'iperf3',
  hasShell: true,
  isServerShared: false,
  refuses: refusesIperf3,
  serverCommand: (port, ipFamily) => ['iperf3', '-s', '-p', String(port), `-${ipFamily}`],
  passes: () => ['measure'],
  clientCommand: iperf3Client,
  read: readIperf3,
}

function refusesIperf3(test: TestCase): string | undefined {
  const { protocol, mode, streams, mssBytes, messageBytes } = test
  if (protocol !== 'tcp' && protocol !== 'udp') return 'iperf3 measures TCP and UDP only'
  if (mode !== 'stream') return 'iperf3 measures streams, not requests and responses'
  if (streams > mostStreams) return `iperf3 takes up to ${mostStreams} streams`
  if (mssBytes !== undefined && protocol === 'udp') return 'UDP has no segments, so no segment size'
  if (mssBytes !== undefined && mssBytes > largestMssBytes) {
    return `iperf3 takes segment sizes up to ${largestMssBytes} bytes`
  }
  if (messageBytes === undefined) return undefined
  if (protocol === 'tcp' && messageBytes > largestBlockBytes) {
    return `iperf3 takes messages up to ${largestBlockBytes} bytes`
  }
  if (protocol === 'udp' && (messageBytes > largestDatagramBytes || messageBytes < smallestDatagramBytes)) {
    return `iperf3 sends datagrams of ${smallestDatagramBytes} to ${largestDatagramBytes} bytes`
  }
  return undefined
}

/**
 * Seconds are whole ones: iperf3 cuts fractions off. UDP gets no warm-up: it has no slow start, its handshake has
 * resolved the addresses, and iperf3 before 3.14 counts what a warm-up has lost into the result.
 */
function iperf3Client(request: ClientRequest): readonly string[] {
  const { test, target, timing } = request
  const rate = wantedRate(request)
  const isUdp = test.protocol === 'udp'
  return [
    'iperf3',
    '-c',
    target.address,
    '-p',
    String(target.port),
    `-${test.ipFamily}`,
    '-J',
    '--connect-timeout',
    String(connectTimeoutMs),
    '-t',
    String(Math.ceil(timing.durationSeconds)),
    ...(!isUdp && timing.warmupSeconds > 0 ? ['-O', String(Math.ceil(timing.warmupSeconds))] : []),
    ...(isUdp ? ['-u', '-w', String(datagramBufferBytes)] : []),
    ...(rate === undefined ? [] : rateLimit(rate, test)),
    ...(test.streams > 1 ? ['-P', String(test.streams)] : []),
    ...(test.direction === 'reverse' ? ['-R'] : []),
    ...(test.direction === 'bidirectional' ? ['--bidir'] : []),
    ...(test.mssBytes === undefined ? [] : ['-M', String(test.mssBytes)]),
    ...(test.messageBytes === undefined ? [] : ['-l', String(test.messageBytes)]),
  ]
}

/** Each stream has its own limit. */
function rateLimit(bitsPerSecond: number, test: TestCase): readonly string[] {
  const ofStream = Math.floor(bitsPerSecond / test.streams)
  const pacing = pacingMicroseconds(ofStream, messageBytesOf(test))
  return ['-b', String(ofStream), ...(pacing === undefined ? [] : ['--pacing-timer', String(pacing)])]
}
