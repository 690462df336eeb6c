import { isIPv6 } from 'node:net'
import type { TestCase } from '../../test-case.ts'
import type { ClientRequest, Engine } from '../engine.ts'
import { fortio } from '../fortio/fortio.ts'
import { readSiege } from './siege-reading.ts'

const defaultConnections = 8
/** Above it siege takes fewer, and says so only in its log. */
const mostConnections = 255

/**
 * siege: HTTP/1.1 with all connections busy. It has no percentiles, and times to 10 ms: fortio is better at all it does.
 * It needs a home folder that it may write to. What it asks is fortio's server.
 */
export const siege: Engine = {
  name: 'siege',
  hasShell: true,
  isServerShared: true,
  refuses: refusesSiege,
  serverCommand: (port, ipFamily) => fortio.serverCommand(port, ipFamily),
  passes: () => ['measure'],
  clientCommand: ({ test, target, timing }: ClientRequest) => [
    'siege',
    // Its file of settings may say otherwise, and differs by version: JSON, and no settings.
    '-j',
    '-R',
    '/dev/null',
    // Without the pause between requests.
    '-b',
    '-c',
    String(test.connections ?? defaultConnections),
    '-t',
    // It ends with a second of the clock, up to one early.
    `${Math.ceil(timing.durationSeconds) + 1}S`,
    `http://${isIPv6(target.address) ? `[${target.address}]` : target.address}:${target.port}/`,
  ],
  read: readSiege,
}

function refusesSiege(test: TestCase): string | undefined {
  const { protocol, mode, direction, mssBytes, messageBytes, connections, requestsPerSecond } = test
  if (protocol !== 'http') return 'siege measures HTTP only'
  if (mode !== 'stream') return 'siege has no rr and crr: its requests are HTTP'
  if (direction !== 'forward') return 'requests go from client to server only'
  if (mssBytes !== undefined) return 'siege cannot set the segment size'
  if (messageBytes !== undefined) return 'siege asks for the page as it is: no message size'
  if (requestsPerSecond !== undefined) return 'siege cannot keep to a rate'
  if (connections !== undefined && connections > mostConnections) {
    return `siege opens up to ${mostConnections} connections`
  }
  return undefined
}
