import { expect, test } from 'vitest'
import { renderInterfaces } from '../../../cmd/netperf/render-nodes.ts'
import type { NetperfDetails } from '../../../lib/record/details/netperf-details.ts'
import { details } from './netperf-record.ts'

type PathMtu = NetperfDetails['pathMtus'][number]

const mtu = (ipFamily: 4 | 6, bytes: number): PathMtu => ({
  pair: 0,
  clientNode: 'node-a',
  serverNode: 'node-b',
  bytes,
  interfaceBytes: 1500,
  ipFamily,
})

test.each([
  [[mtu(4, 1500)], '1500 B'],
  [[mtu(4, 1500), mtu(6, 1500)], '1500 B'],
  [[mtu(6, 1400)], '1400 B'],
  [[mtu(4, 1500), mtu(6, 1400)], '1500 B (IPv4), 1400 B (IPv6)'],
])('%# the path MTU once, or of each IP family where they differ', (pathMtus, expected) => {
  const printed = renderInterfaces(details([], { pathMtus }), { headers: false, wide: true, color: false })
  expect(printed.split('\n')[0]?.split(/ {3,}/).at(-1)).toBe(expected)
})
