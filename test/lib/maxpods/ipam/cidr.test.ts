import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addressCount, maskFor, parseCidr } from '../../../../lib/maxpods/ipam/cidr.ts'

test('IPv4 and IPv6 blocks are read', () => {
  expect(parseCidr('10.244.1.0/24')).toEqual({ text: '10.244.1.0/24', family: 4, mask: 24 })
  expect(parseCidr('fd00:10:244::/64')).toEqual({ text: 'fd00:10:244::/64', family: 6, mask: 64 })
})

test.each([
  '',
  '10.0.0.0',
  '10.0.0.0/33',
  'fd00::/129',
  '10.0.0/24',
  'a/24',
  '10.0.0.0/24/1',
  '10.0.0.0/ 8',
  '10.0.0.0/-1',
])('%j is no block', (text) => expect(parseCidr(text)).toBeUndefined())

test('a block holds 2 to the power of its free bits', () => {
  expect(addressCount({ family: 4, mask: 24 })).toBe(256)
  expect(addressCount({ family: 4, mask: 32 })).toBe(1)
  expect(addressCount({ family: 6, mask: 64 })).toBe(2 ** 64)
})

test('the shortest prefix that holds so many', () => {
  expect([1, 2, 3, 256, 257, 2 ** 32].map((count) => maskFor(count))).toEqual([32, 31, 30, 24, 23, 0])
  expect(maskFor(2 ** 32 + 1)).toBeUndefined()
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (count) => {
      const mask = maskFor(count) as number
      expect(addressCount({ family: 4, mask })).toBeGreaterThanOrEqual(count)
      if (mask < 32) expect(addressCount({ family: 4, mask: mask + 1 })).toBeLessThan(count)
    }),
  )
})
