import { expect, test } from 'vitest'
import { clusterAddresses, slotCount } from './addresses.ts'

/** First and last address of a range, as numbers. */
function bounds(cidr: string): [number, number] {
  const [address = '', bits] = cidr.split('/')
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
  const size = 2 ** (32 - Number(bits))
  expect(first % size).toBe(0)
  return [first, first + size - 1]
}

const all = Array.from({ length: slotCount }, (_, slot) => clusterAddresses(slot))

test('no two clusters share a port, and none uses those of outgoing connections or NodePorts', () => {
  const ports = all.flatMap((addresses) => Object.values(addresses.ports))
  expect(new Set(ports).size).toBe(ports.length)
  expect(Math.min(...ports)).toBe(21_000)
  expect(Math.max(...ports)).toBeLessThan(30_000)
})

test('the ranges of the other family have all 16 networks of a slot to themselves', () => {
  expect(all.map(({ ipv6 }) => ipv6.cidr)).toEqual(
    Array.from({ length: slotCount }, (_, slot) => `fd4b:7065:7266:${(slot * 16).toString(16)}::/60`),
  )
  const { ipv6 } = clusterAddresses(31)
  expect([ipv6.hostAddress, ipv6.serviceCidr]).toEqual(['fd4b:7065:7266:1f0::1', 'fd4b:7065:7266:1f8::/112'])
  expect(ipv6.nodes[6]).toEqual({ address: 'fd4b:7065:7266:1f0::17', podCidr: 'fd4b:7065:7266:1f7::/64' })
})

test('load balancers take no address that a node has', () => {
  for (const { loadBalancerAddresses, nodes, hostAddress } of all) {
    expect(loadBalancerAddresses).toHaveLength(126)
    const others = [hostAddress, ...nodes.map(({ address }) => address)]
    expect(loadBalancerAddresses.filter((address) => others.includes(address))).toEqual([])
  }
})

test('no two ranges overlap', () => {
  const ranges = all.flatMap(({ serviceCidr, fakePodCidr }) => [serviceCidr, fakePodCidr])
  const sorted = ranges.map(bounds).sort(([a], [b]) => a - b)
  for (const [index, [first]] of sorted.entries()) {
    expect(first).toBeGreaterThan(sorted[index - 1]?.[1] ?? -1)
  }
  expect(clusterAddresses(0).serviceCidr).toBe('198.19.0.0/21')
  expect(clusterAddresses(31).serviceCidr).toBe('198.19.248.0/21')
  expect(clusterAddresses(0).fakePodCidr).toBe('240.0.0.0/12')
  expect(clusterAddresses(31).fakePodCidr).toBe('241.240.0.0/12')
})
