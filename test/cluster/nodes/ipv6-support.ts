import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PerfError } from '../../../lib/errors/perf-error.ts'

/** @throws PerfError where the kernel has no IPv6: no node can have an address of it then. */
export function requireIpv6(proc = '/proc'): void {
  const interfaces = join(proc, 'net/if_inet6')
  if (existsSync(interfaces)) return
  throw new PerfError(`Nodes cannot have IPv6 here: this machine's kernel has none (${interfaces} is missing)`, {
    advice: [
      'Load its module (modprobe ipv6), or boot without ipv6.disable=1',
      'Without --dual-stack, nodes have IPv4 alone',
    ],
  })
}
