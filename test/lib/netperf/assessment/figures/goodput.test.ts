import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encapsulationBytes, payloadShare } from '../../../../../lib/netperf/assessment/figures/goodput.ts'

const tcp = { protocol: 'tcp', ipFamily: 4 } as const
const udp = { protocol: 'udp', ipFamily: 4 } as const

// Goodput of TCP on Ethernet with timestamps: 9.41 of 10 Gbit/s with 1,500 bytes, 39.6 of 40 with 9,000.
test.each([
  ['1500', { ...tcp, mtuBytes: 1500 }, 1448 / 1538, 0.9415],
  ['9000', { ...tcp, mtuBytes: 9000 }, 8948 / 9038, 0.99],
  ['1500 through VXLAN', { ...tcp, mtuBytes: 1450, encapsulationBytes: 50 }, 1398 / 1538, 0.909],
  ['9000 through VXLAN', { ...tcp, mtuBytes: 8950, encapsulationBytes: 50 }, 8898 / 9038, 0.9845],
  ['1500 through WireGuard over IPv6', { ...tcp, mtuBytes: 1420, encapsulationBytes: 80 }, 1368 / 1538, 0.8895],
  ['1500, IPv6', { ...tcp, ipFamily: 6 as const, mtuBytes: 1500 }, 1428 / 1538, 0.9285],
  ['a smaller segment', { ...tcp, mtuBytes: 9000, mssBytes: 1448 }, 1448 / 1538, 0.9415],
  ['a larger segment than fits', { ...tcp, mtuBytes: 1500, mssBytes: 8948 }, 1448 / 1538, 0.9415],
  ['UDP', { ...udp, mtuBytes: 1500 }, 1472 / 1538, 0.957],
  ['UDP, IPv6', { ...udp, ipFamily: 6 as const, mtuBytes: 1500 }, 1452 / 1538, 0.944],
  ['UDP, 1000 B', { ...udp, mtuBytes: 1500, messageBytes: 1000 }, 1000 / 1066, 0.938],
  ['UDP, 18 B: the least that Ethernet sends', { ...udp, mtuBytes: 1500, messageBytes: 18 }, 18 / 84, 0.2143],
  ['UDP, 1 B: padded to the least', { ...udp, mtuBytes: 1500, messageBytes: 1 }, 1 / 84, 0.0119],
  ['UDP, 8192 B in six fragments', { ...udp, mtuBytes: 1500, messageBytes: 8192 }, 8192 / (8200 + 6 * 58), 0.958],
])('%s', (_, packets, exact, published) => {
  expect(payloadShare(packets)).toBeCloseTo(exact, 12)
  expect(payloadShare(packets)).toBeCloseTo(published, 3)
})

test('what tunnels and encryption add, by their names', () => {
  expect(encapsulationBytes({}, 4)).toBe(0)
  expect(encapsulationBytes({ encapsulation: 'none' }, 6)).toBe(0)
  expect(encapsulationBytes({ encapsulation: 'VXLAN' }, 4)).toBe(50)
  expect(encapsulationBytes({ encapsulation: 'geneve', encryption: 'WireGuard' }, 4)).toBe(110)
  expect(encapsulationBytes({ encapsulation: 'ipip' }, 4)).toBe(20)
  // Between nodes that have IPv6 alone each header outside is larger by 20.
  expect(encapsulationBytes({ encryption: 'wireguard' }, 6)).toBe(80)
  expect(encapsulationBytes({ encapsulation: 'vxlan' }, 6)).toBe(70)
  expect(encapsulationBytes({ encapsulation: 'geneve', encryption: 'WireGuard' }, 6)).toBe(150)
})

test('larger packets carry more, and never all', () => {
  const mtu = fc.integer({ min: 576, max: 9000 })
  fc.assert(
    fc.property(mtu, fc.constantFrom(4, 6), fc.constantFrom('tcp', 'udp'), (mtuBytes, ipFamily, protocol) => {
      const share = payloadShare({ protocol, ipFamily, mtuBytes })
      expect(share).toBeLessThan(1)
      expect(payloadShare({ protocol, ipFamily, mtuBytes: mtuBytes + 1 })).toBeGreaterThan(share)
      expect(payloadShare({ protocol, ipFamily, mtuBytes, encapsulationBytes: 50 })).toBeLessThan(share)
    }),
  )
})
