import { expect, test } from 'vitest'
import { mapState } from '../../../../../lib/cilium/maps/cluster/map-state.ts'
import type { MapReading } from '../../../../../lib/record/cilium-figures.ts'

function map(whenFull: MapReading['whenFull'], used: number, capacity: number): MapReading {
  return {
    map: 'm',
    pinned: 'm',
    kind: 'other',
    whenFull,
    basis: 'pressure',
    used,
    capacity,
    pressure: used / capacity,
    operations: [],
  }
}

test.each([
  ['fails', 69, 100, 'ok'],
  ['fails', 70, 100, 'high'],
  ['fails', 99, 100, 'high'],
  ['fails', 100, 100, 'full'],
  ['fails', 114, 100, 'full'],
  ['unknown', 100, 100, 'full'],
  // Seen to evict: 840 of 1,024 on 2 CPUs.
  ['evicts', 840, 1024, 'full'],
  ['evicts', 818, 1024, 'high'],
  ['evicts', 523_776, 524_288, 'high'],
  ['evicts', 524_032, 524_288, 'full'],
] as const)('%s with %d of %d entries is %s', (whenFull, used, capacity, state) => {
  expect(mapState(map(whenFull, used, capacity), { cpus: 2 })).toBe(state)
})

test('many CPUs keep many entries ready, but never more than a fifth of a map', () => {
  expect(mapState(map('evicts', 8192 * 0.79, 8192), { cpus: 192 })).toBe('high')
  expect(mapState(map('evicts', 8192 * 0.81, 8192), { cpus: 192 })).toBe('full')
})

test('below a bound it is fine, without a figure nobody knows', () => {
  const { pressure: _, used: __, ...silent } = map('fails', 1, 100)
  expect(mapState({ ...silent, basis: 'below', pressureAtMost: 0.1 }, {})).toBe('ok')
  expect(mapState({ ...silent, basis: 'below', pressureAtMost: 0.9 }, {})).toBe('unknown')
  expect(mapState({ ...silent, basis: 'none' }, {})).toBe('unknown')
})
