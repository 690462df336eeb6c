import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isPodInterface, readLinks, sizesOf, smallestOf } from '../../../../lib/cilium/bigtcp/links.ts'

// As ip of iproute2 6.1 (which does not know the sizes of IPv4) and 6.8 print it.
const OLD_IP = `[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP"],"mtu":65536,"gso_max_size":65536,"gso_max_segs":65535,"tso_max_size":524280,"tso_max_segs":65535,"gro_max_size":65536},{"ifindex":2,"link_index":5,"ifname":"eth0","mtu":1500,"linkinfo":{"info_kind":"veth"},"gso_max_size":196608,"tso_max_size":524280,"gro_max_size":196608,"link_netnsid":0}]`
const NEW_IP = `[{"ifname":"ens5","mtu":9001,"gso_max_size":65536,"tso_max_size":262144,"gro_max_size":65536,"gso_ipv4_max_size":65536,"gro_ipv4_max_size":65536,"parentbus":"pci"},{"ifname":"lxc1a2b3c4d5e6f","linkinfo":{"info_kind":"netkit"},"gso_max_size":196608,"gro_max_size":65536,"gso_ipv4_max_size":196608,"gro_ipv4_max_size":131072}]`

test('sizes of either family, as far as ip tells them', () => {
  expect(readLinks(OLD_IP)).toEqual([
    { name: 'lo', tsoMaxBytes: 524280, ipv4: {}, ipv6: { gsoBytes: 65536, groBytes: 65536 } },
    { name: 'eth0', kind: 'veth', tsoMaxBytes: 524280, ipv4: {}, ipv6: { gsoBytes: 196608, groBytes: 196608 } },
  ])
  const [device, pod] = readLinks(NEW_IP) ?? []
  if (device === undefined || pod === undefined) throw new Error('two interfaces')
  expect(smallestOf(sizesOf(device, 4))).toBe(65536)
  expect(smallestOf(sizesOf(pod, 4))).toBe(131072)
  expect(smallestOf(sizesOf(pod, 6))).toBe(65536)
  expect(pod.kind).toBe('netkit')
  expect(smallestOf({ gsoBytes: 1 })).toBeUndefined()
})

test('which interfaces are those of pods', () => {
  const names = ['lxc1a2b3c4d5e6f', 'lxc_health', 'eth0', 'cilium_host', 'lxcxyz', 'cilium_vxlan']
  expect(names.filter((name) => isPodInterface({ name }))).toEqual(['lxc1a2b3c4d5e6f'])
})

test('what ip of this machine says of lo', () => {
  const lo = readLinks(execFileSync('ip', ['-d', '-j', 'link'], { encoding: 'utf8' }))?.find(
    ({ name }) => name === 'lo',
  )
  const shown = execFileSync('ip', ['-d', 'link', 'show', 'lo'], { encoding: 'utf8' })
  expect(lo?.ipv6.gsoBytes).toBe(Number(/gso_max_size (\d+)/.exec(shown)?.[1]))
})

test('anything else is no such output, and no part of it is taken for a size', () => {
  expect(readLinks('Cannot find device')).toBeUndefined()
  expect(readLinks('{}')).toBeUndefined()
  expect(readLinks('[null, 3, {}, {"ifname": "a", "gso_max_size": "big", "gro_max_size": -1}]')).toEqual([
    { name: 'a', ipv4: {}, ipv6: {} },
  ])
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      for (const link of readLinks(text) ?? []) expect(typeof link.name).toBe('string')
    }),
  )
})
