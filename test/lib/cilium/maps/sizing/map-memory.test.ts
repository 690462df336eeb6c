import { expect, test } from 'vitest'
import { parsePinnedMap } from '../../../../../lib/cilium/maps/formats/parse-pinned-map.ts'
import { growingBytes, powerOfTwoFrom, preallocatedBytes } from '../../../../../lib/cilium/maps/sizing/map-memory.ts'
import { recordedPins, STATES, type State } from '../recorded.ts'

function pinned(state: State, pin: string) {
  const [map] = recordedPins(state).filter((each) => each.pin === pin)
  if (map === undefined) throw new Error(pin)
  const { type, maxEntries, keyBytes, valueBytes, memoryBytes } = parsePinnedMap(map) ?? {}
  if (type === undefined || memoryBytes === undefined) throw new Error(pin)
  return {
    shape: { type, entries: maxEntries ?? 0, keyBytes: keyBytes ?? 0, valueBytes: valueBytes ?? 0 },
    memoryBytes,
  }
}

test('an LRU hash takes what the kernel says, but for the map itself', () => {
  const maps = STATES.flatMap((state) =>
    recordedPins(state)
      .filter(({ show }) => show.includes('"lru_hash"') && !show.includes('ratelimit'))
      .map(({ pin }) => pinned(state, pin)),
  )
  expect(maps.length).toBeGreaterThan(15)
  for (const { shape, memoryBytes } of maps) expect(memoryBytes - (preallocatedBytes(shape) ?? 0)).toBe(896)
})

test('other hashes that take all memory at once have some elements more for each CPU', () => {
  for (const pin of ['cilium_lb4_backends_v3', 'cilium_lb4_reverse_nat', 'cilium_lb4_services_v2', 'cilium_lxc']) {
    const { shape, memoryBytes } = pinned('empty', pin)
    const rest = memoryBytes - (preallocatedBytes(shape) ?? 0)
    expect(rest, pin).toBeGreaterThan(896)
    expect(rest, pin).toBeLessThan(2048)
  }
})

test('a hash that takes memory as entries come takes it for those it has', () => {
  const services = pinned('nat', 'cilium_lb4_services_v2')
  expect(services.memoryBytes - (growingBytes(services.shape, 360) ?? 0)).toBe(896)
  const endpoints = pinned('nat', 'cilium_lxc')
  expect(endpoints.memoryBytes - (growingBytes(endpoints.shape, 3) ?? 0)).toBe(896)
})

test('of tries and other types nothing is made up', () => {
  const shape = { type: 'lpm_trie', entries: 512_000, keyBytes: 24, valueBytes: 12 }
  expect(preallocatedBytes(shape)).toBeUndefined()
  expect(growingBytes(shape, 6)).toBeUndefined()
})

test.each([
  [0, 1],
  [1, 1],
  [3, 4],
  [1024, 1024],
  [1025, 2048],
  [221_723, 262_144],
])('the power of two from %d on is %d', (number, power) => {
  expect(powerOfTwoFrom(number)).toBe(power)
})
