import { describe, expect, test } from 'vitest'
import { bandwidthLimits, readPodFacts } from '../../../../lib/netperf/facts/pod-facts.ts'

// As a pod's container prints it: an IPv4 default route, a wider one, one host; IPv6; `ip` of iproute2 6.1.
const OUTPUT = `kernel 6.1.0-18-amd64
interface eth0 1450 10000 
interface eth1 9000 25000 device
interface lo 65536 - 
interface net1 1500 -1 device
route4 Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT
route4 eth0 00000000 0101F40A 0003 0 0 0 00000000 0 0 0
route4 eth1 0000A8C0 00000000 0001 0 0 100 0000FFFF 0 0 0
route4 net1 0000A8C0 00000000 0001 0 0 50 0000FFFF 0 0 0
route4 eth0 0702A8C0 00000000 0005 0 0 0 FFFFFFFF 0 0 0
route6 fd000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth1
route6 00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0
route6 00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200 lo
link 2: eth0@if7: <BROADCAST> mtu 1450 qdisc noqueue state UP qlen 1000\\ link/ether 0a:58 promiscuity 0 veth numtxqueues 1 gso_max_size 65536 gso_max_segs 65535 gro_max_size 65536
link 3: eth1: <BROADCAST> mtu 9000 qdisc mq state UP qlen 1000\\ link/ether 0a:59 promiscuity 0 gso_max_size 185000 gso_max_segs 65535 gro_max_size 185000
`

describe('the interface of the route', () => {
  test.each([
    ['10.244.3.7', 'eth0'],
    ['192.168.1.9', 'net1'],
    ['192.168.2.7', 'eth0'],
    ['fd00::7', 'eth1'],
    ['2001:db8::1', 'eth0'],
    ['not an address', undefined],
    [undefined, undefined],
  ])('to %s', (address, expected) => {
    expect(readPodFacts(OUTPUT, address).interfaceName).toBe(expected)
  })
})

test('facts of a veth: its speed is nobody’s, its sizes count', () => {
  expect(readPodFacts(OUTPUT, '10.244.3.7')).toEqual({
    kernel: '6.1.0-18-amd64',
    interfaceName: 'eth0',
    mtuBytes: 1450,
    gsoMaxBytes: 65_536,
    groMaxBytes: 65_536,
  })
})

test('facts of a device: its speed is believed', () => {
  expect(readPodFacts(OUTPUT, 'fd00::1')).toEqual({
    kernel: '6.1.0-18-amd64',
    interfaceName: 'eth1',
    mtuBytes: 9000,
    gsoMaxBytes: 185_000,
    groMaxBytes: 185_000,
    linkBitsPerSecond: 25e9,
  })
})

test('a device that is down has no speed, and what nobody prints is not known', () => {
  expect(readPodFacts(OUTPUT, '192.168.1.9')).toEqual({
    kernel: '6.1.0-18-amd64',
    interfaceName: 'net1',
    mtuBytes: 1500,
  })
  expect(readPodFacts('', '10.0.0.1')).toEqual({})
})

test('limits that annotations set; what is no quantity is left out', () => {
  const pod = (annotations: Record<string, string>) => ({ metadata: { name: 'p', annotations } })
  expect(
    bandwidthLimits(pod({ 'kubernetes.io/ingress-bandwidth': '10M', 'kubernetes.io/egress-bandwidth': '1G' })),
  ).toEqual({
    ingressLimitBitsPerSecond: 10e6,
    egressLimitBitsPerSecond: 1e9,
  })
  expect(bandwidthLimits(pod({ 'kubernetes.io/egress-bandwidth': 'fast' }))).toEqual({})
  expect(bandwidthLimits({ metadata: { name: 'p' } })).toEqual({})
})
