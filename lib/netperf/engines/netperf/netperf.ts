import type { TestCase } from '../../test-case.ts'
import type { ClientRequest, Engine } from '../engine.ts'
import { netperfSelectors, readNetperf } from './netperf-reading.ts'

/**
 * netperf's omni tests: TCP streams, and transactions with (crr) or without (rr) a new connection for each. The data
 * connection has a port of its own, fixed so that Services and firewalls can let it through; two clients of one server
 * would both want it.
 */
export const netperf: Engine = {
  name: 'netperf',
  hasShell: true,
  isServerShared: false,
  refuses: refusesNetperf,
  serverCommand: (port, ipFamily) => ['netserver', '-D', '-p', String(port), `-${ipFamily}`],
  passes: () => ['measure'],
  clientCommand: netperfClient,
  read: readNetperf,
}

function refusesNetperf(test: TestCase): string | undefined {
  const { protocol, mode, direction, streams, path, bitsPerSecond } = test
  if (protocol !== 'tcp' && protocol !== 'udp') return 'netperf measures TCP and UDP only'
  // The client says at which port the server is to listen, and connects to the same.
  if (path === 'nodeport') return 'netperf tells its server the port to listen at, and a node port has another number'
  if (protocol === 'udp' && mode === 'stream') return 'netperf can neither limit the rate of UDP nor tell its jitter'
  if (protocol === 'udp' && mode === 'crr') return 'UDP has no connections to open'
  if (streams > 1) return 'netperf has one stream for each process'
  if (bitsPerSecond !== undefined) return 'netperf cannot limit the rate'
  if (direction === 'bidirectional') return 'netperf sends in one direction at a time'
  if (mode !== 'stream' && direction !== 'forward') return 'requests go from client to server only'
  return undefined
}

function netperfClient({ test, target, timing }: ClientRequest): readonly string[] {
  const { mode, mssBytes, messageBytes } = test
  const message = messageBytes === undefined ? [] : [mode === 'stream' ? '-m' : '-r', messageSizes(mode, messageBytes)]
  return [
    'netperf',
    '-H',
    target.address,
    '-p',
    String(target.port),
    `-${test.ipFamily}`,
    // Bare seconds: any letter after them multiplies.
    '-l',
    String(Math.ceil(timing.durationSeconds)),
    '-t',
    omniTest(test),
    '--',
    '-P',
    `0,${target.secondPort}`,
    ...message,
    ...(mssBytes === undefined ? [] : ['-G', String(mssBytes)]),
    '-o',
    netperfSelectors(mode).join(','),
  ]
}

function omniTest({ protocol, mode, direction }: TestCase): string {
  if (mode !== 'stream') return `${protocol}_${mode}`.toUpperCase()
  return direction === 'reverse' ? 'TCP_MAERTS' : 'TCP_STREAM'
}

function messageSizes(mode: TestCase['mode'], bytes: number): string {
  return mode === 'stream' ? String(bytes) : `${bytes},${bytes}`
}
