import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Cidr, parseCidr } from '../../../../lib/maxpods/ipam/cidr.ts'
import { ciliumAddresses, hostLocalAddresses, smallestFamily } from '../../../../lib/maxpods/ipam/usable-addresses.ts'

const cidr = (text: string) => parseCidr(text) as Cidr

test('host-local keeps the network, the gateway and the IPv4 broadcast address', () => {
  expect(hostLocalAddresses(cidr('10.244.1.0/24'))).toBe(253)
  expect(hostLocalAddresses(cidr('10.244.1.0/28'))).toBe(13)
  expect(hostLocalAddresses(cidr('10.244.1.0/30'))).toBe(1)
  expect(hostLocalAddresses(cidr('fd00::/120'))).toBe(254)
})

test('a block too small for host-local gives nothing', () => {
  expect(
    ['10.0.0.0/31', '10.0.0.0/32', 'fd00::/127', 'fd00::/128'].map((text) => hostLocalAddresses(cidr(text))),
  ).toEqual([0, 0, 0, 0])
})

// The plugin itself, as the nodes of the test cluster run it, until it has no more.
test.each(['10.9.0.0/28', '10.9.0.0/29', '10.9.0.0/30', 'fd00:9::/124'])(
  'the real plugin gives as many addresses of %s',
  async (subnet) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'host-local-'))
    try {
      const ipam = { type: 'host-local', ranges: [[{ subnet }]], dataDir }
      const config = JSON.stringify({ cniVersion: '0.4.0', name: 'test', ipam })
      let given = 0
      while (await allocate(config, `container-${given}`)) given += 1
      expect(hostLocalAddresses(cidr(subnet))).toBe(given)
    } finally {
      await rm(dataDir, { recursive: true })
    }
  },
)

function allocate(config: string, container: string): Promise<boolean> {
  const env = {
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: container,
    CNI_NETNS: '/none',
    CNI_IFNAME: 'eth0',
    CNI_PATH: '/usr/lib/cni',
  }
  return new Promise((resolve, reject) => {
    const child = execFile('/usr/lib/cni/host-local', { env }, (error, stdout) => {
      if (error === null) resolve(true)
      else if (stdout.includes('no IP addresses available')) resolve(false)
      else reject(new Error(`${error.message} ${stdout}`))
    })
    child.stdin?.end(config)
  })
}

// Cilium's docs show `IPAM: IPv4: 2/254 allocated from 10.0.0.0/24` of a node without pods.
test("Cilium's allocator keeps the first and the last address", () => {
  expect(ciliumAddresses(cidr('10.0.0.0/24'))).toBe(254)
  expect(ciliumAddresses(cidr('10.0.0.0/27'))).toBe(30)
  expect(ciliumAddresses(cidr('fd00::/112'))).toBe(65_534)
  expect(ciliumAddresses(cidr('fd00::/64'))).toBe(65_534)
  expect(['10.0.0.0/31', '10.0.0.0/32', 'fd00::/128'].map((text) => ciliumAddresses(cidr(text)))).toEqual([0, 0, 0])
})

test('of two families the one with fewer addresses decides; blocks of one family add up', () => {
  expect(smallestFamily([cidr('10.0.0.0/24'), cidr('fd00::/120')], hostLocalAddresses)).toBe(253)
  expect(smallestFamily([cidr('10.0.0.0/22'), cidr('fd00::/120')], hostLocalAddresses)).toBe(254)
  expect(smallestFamily([cidr('10.0.0.0/24'), cidr('10.0.1.0/24')], ciliumAddresses)).toBe(508)
  expect(smallestFamily([cidr('fd00::/64')], hostLocalAddresses)).toBe(2 ** 64 - 2)
  expect(smallestFamily([cidr('10.0.0.0/24')], ciliumAddresses, () => 2)).toBe(252)
  expect(smallestFamily([cidr('10.0.0.0/30')], ciliumAddresses, () => 3)).toBe(0)
  expect(smallestFamily([], hostLocalAddresses)).toBeUndefined()
})
