import { isIPv6 } from 'node:net'
import type { TestCase } from '../../test-case.ts'
import type { ClientRequest, Engine } from '../engine.ts'
import { readFortio } from './fortio-reading.ts'

/** Buckets of 10 µs at first: finer ones end too early, coarser ones hold a whole LAN in one (fortio issue 1080). */
const resolutionSeconds = '0.00001'
/** Of the rate that was found possible: a system at its limit has no latency, only a queue. */
const latencyShare = 0.7
const defaultConnections = 8
/** The server refuses larger ones. */
const largestMessageBytes = 262_144

/**
 * fortio: requests over HTTP/1.1 and gRPC. How many go through is found with all connections busy (closed loop); latency
 * is measured at a rate below that, the connections spread evenly over it (open loop). It warms up with one request on
 * each connection.
 */
export const fortio: Engine = {
  name: 'fortio',
  hasShell: false,
  isServerShared: true,
  refuses: refusesFortio,
  serverCommand: (port) => [
    'fortio',
    'server',
    '-http-port',
    String(port),
    '-grpc-port',
    String(port + 1),
    // Everything else that it would listen on: several servers share a node's ports.
    ...['-tcp-port', '-udp-port', '-redirect-port'].flatMap((listener) => [listener, 'disabled']),
    '-ui-path',
    '',
    '-echo-debug-path',
    '',
  ],
  passes: (test) => (test.requestsPerSecond === undefined ? ['rate', 'latency'] : ['latency']),
  clientCommand: fortioClient,
  read: readFortio,
}

function refusesFortio({ protocol, mode, direction, mssBytes, messageBytes }: TestCase): string | undefined {
  if (protocol !== 'http' && protocol !== 'grpc') return 'fortio measures HTTP and gRPC only'
  if (mode !== 'stream') return 'fortio has no rr and crr: its requests are HTTP or gRPC'
  if (direction !== 'forward') return 'requests go from client to server only'
  if (mssBytes !== undefined) return 'fortio cannot set the segment size'
  if (messageBytes !== undefined && messageBytes > largestMessageBytes) {
    return `fortio takes messages up to ${largestMessageBytes} bytes`
  }
  return undefined
}

function fortioClient(request: ClientRequest): readonly string[] {
  const { test, target, timing, pass } = request
  const host = isIPv6(target.address) ? `[${target.address}]` : target.address
  return [
    'fortio',
    'load',
    '-json',
    '-',
    // The least at which it still says why a connection failed.
    '-loglevel',
    'Warning',
    '-log-errors=false',
    '-t',
    `${timing.durationSeconds}s`,
    '-r',
    resolutionSeconds,
    '-c',
    String(test.connections ?? defaultConnections),
    '-qps',
    ...(pass === 'latency' ? [String(latencyRate(request)), '-uniform'] : ['0']),
    ...(test.messageBytes === undefined ? [] : ['-payload-size', String(test.messageBytes)]),
    '-resolve-ip-type',
    `ip${test.ipFamily}`,
    ...(test.protocol === 'grpc'
      ? ['-grpc', '-ping', `${host}:${target.secondPort}`]
      : [`http://${host}:${target.port}/`]),
  ]
}

function latencyRate({ test, earlier }: ClientRequest): number {
  if (test.requestsPerSecond !== undefined) return test.requestsPerSecond
  const found = earlier.get('rate')?.requests
  if (found === undefined) throw new RangeError('latency is measured at a share of the rate, which nobody has found')
  // At least one: 0 would be as fast as it goes.
  return Math.max(1, Math.round((found.completed / found.seconds) * latencyShare))
}
