import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULT_TABLES_BYTES, dynamicEntries, ratioFor } from '../../../../../lib/cilium/maps/sizing/dynamic-size.ts'

const TCP = 524_288
const ANY = 262_144
const GIB = 2 ** 30

test('the tables at their defaults take what Cilium says', () => {
  expect(TCP * 94 + ANY * 94 + TCP * 94 + TCP * 24 + ANY * 52).toBe(DEFAULT_TABLES_BYTES)
})

// The first three are from logs of agents in public issues, the fourth is the recorded agent of the state kpr.
test.each([
  [404_311_371_776, 3_546_590, 1_773_295],
  [16_374_132_736, 143_632, 71_816],
  [8_322_646_016, 73_005, 36_502],
  [24_684_092 * 1024, 221_723, 110_861],
  [16 * GIB, 150_700, 75_350],
  [32 * GIB, 301_401, 150_700],
  [64 * GIB, 602_802, 301_401],
])('a node with %d bytes and the ratio 0.0025 gives %d and %d entries', (memoryBytes, tcp, any) => {
  expect(dynamicEntries(TCP, { memoryBytes, ratio: 0.0025 })).toBe(tcp)
  expect(dynamicEntries(ANY, { memoryBytes, ratio: 0.0025 })).toBe(any)
})

test('the profile of the docs for throughput goes beyond the ceiling on a node with 64 GiB', () => {
  expect(dynamicEntries(TCP, { memoryBytes: 64 * GIB, ratio: 0.08 })).toBe(19_289_677)
})

test('with distributed LRU entries are rounded up to a multiple of the CPUs', () => {
  expect(dynamicEntries(TCP, { memoryBytes: 64 * GIB, ratio: 0.0025, roundTo: 48 })).toBe(602_832)
  expect(602_832 % 48).toBe(0)
})

test('the ratio for so many entries gives as many, and a step less does not', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: GIB, max: 2048 * GIB }),
      fc.integer({ min: 131_072, max: 1_000_000 }),
      (memoryBytes, entries) => {
        const ratio = ratioFor(entries, TCP, memoryBytes)
        // The agent rounds down twice.
        expect(dynamicEntries(TCP, { memoryBytes, ratio })).toBeGreaterThanOrEqual(entries - 1)
        expect(dynamicEntries(TCP, { memoryBytes, ratio: ratio - 0.0001 })).toBeLessThan(entries)
      },
    ),
  )
})
