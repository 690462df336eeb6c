import { isIPv6 } from 'node:net'
import type { NodeObject } from '../../workload/nodes/node-objects.ts'
import type { IpFamily } from '../test-case.ts'

/** The IP version that comes first at the nodes: pods of such a cluster have it. 4 where nodes cannot be looked at. */
export function firstIpFamily(nodes: readonly NodeObject[] | undefined): IpFamily {
  const address = nodes
    ?.flatMap(({ status }) => status?.addresses ?? [])
    .find(({ type }) => type === 'InternalIP')?.address
  return address !== undefined && isIPv6(address) ? 6 : 4
}
