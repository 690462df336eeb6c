import { expect, test } from 'vitest'
import { firstIpFamily } from '../../../../lib/netperf/facts/first-ip-family.ts'
import type { NodeObject } from '../../../../lib/workload/nodes/node-objects.ts'

function node(...addresses: [type: string, address: string][]): NodeObject {
  return {
    metadata: { name: 'node-a' },
    status: { addresses: addresses.map(([type, address]) => ({ type, address })) },
  }
}

test('the first internal address of a node tells', () => {
  expect(firstIpFamily([node(['Hostname', 'fd00::1'], ['InternalIP', '10.0.0.1'], ['InternalIP', 'fd00::2'])])).toBe(4)
  expect(
    firstIpFamily([node(['ExternalIP', '10.0.0.1']), node(['InternalIP', 'fd00::2'], ['InternalIP', '10.0.0.1'])]),
  ).toBe(6)
})

test('4 where nothing tells', () => {
  expect(firstIpFamily(undefined)).toBe(4)
  expect(firstIpFamily([])).toBe(4)
  expect(firstIpFamily([{ metadata: { name: 'node-a' } }])).toBe(4)
})
