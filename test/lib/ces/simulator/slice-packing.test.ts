import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EndpointState } from '../../../../lib/ces/observation/endpoint-state.ts'
import { type PackedSlice, packSlices } from '../../../../lib/ces/simulator/slice-packing.ts'

const endpoint = (name: number, namespace: string, identity = 1): EndpointState => ({
  key: `${namespace}/${name}`,
  namespace,
  identity,
  content: `${name}`,
  entryBytes: 1,
})

test('a new endpoint goes to the fullest slice that has room; an emptied slice is never used again', () => {
  const packing = packSlices({ sliceMode: 'fcfs', sliceSize: 3 })
  const [first] = [1, 2, 3].map((name) => packing.put(endpoint(name, 'a'))[0])
  const [second] = packing.put(endpoint(4, 'a'))
  expect(second).not.toBe(first)
  packing.remove('a/1')
  expect(packing.put(endpoint(5, 'a'))).toEqual([first])
  expect(packing.remove('a/4')).toBe(second)
  const [third] = packing.put(endpoint(6, 'a'))
  expect(third).not.toBe(second)
  expect(packing.remove('a/none')).toBeUndefined()
})

test('by identity an endpoint leaves its slice when its identity changes', () => {
  const packing = packSlices({ sliceMode: 'identity', sliceSize: 100 })
  const [old] = packing.put(endpoint(1, 'a', 7))
  expect(packing.put(endpoint(2, 'a', 7))).toEqual([old])
  const [left, joined] = packing.put(endpoint(1, 'a', 8))
  expect(left).toBe(old)
  expect([...(joined?.members.keys() ?? [])]).toEqual(['a/1'])
  const fcfs = packSlices({ sliceMode: 'fcfs', sliceSize: 100 })
  const [stays] = fcfs.put(endpoint(1, 'a', 7))
  expect(fcfs.put(endpoint(1, 'a', 8))).toEqual([stays])
})

test('each endpoint is in one slice of its group, no slice is too full, and none has room while a new one is begun', () => {
  const step = fc.record({
    put: fc.boolean(),
    name: fc.nat(30),
    namespace: fc.constantFrom('a', 'b'),
    identity: fc.nat(2),
  })
  fc.assert(
    fc.property(
      fc.constantFrom('fcfs' as const, 'identity' as const),
      fc.integer({ min: 1, max: 5 }),
      fc.array(step, { maxLength: 150 }),
      (sliceMode, sliceSize, steps) => {
        const packing = packSlices({ sliceMode, sliceSize })
        const slices = new Set<PackedSlice>()
        const here = new Map<string, EndpointState>()
        for (const { put, name, namespace, identity } of steps) {
          const one = endpoint(name, namespace, identity)
          const before = [...slices].filter(({ members }) => members.size > 0 && members.size < sliceSize)
          if (put) {
            const target = packing.put(one).at(-1)
            if (target !== undefined && !slices.has(target)) {
              expect(before.filter(({ group, members }) => group === target.group && !members.has(one.key))).toEqual([])
              slices.add(target)
            }
            here.set(one.key, one)
          } else {
            packing.remove(one.key)
            here.delete(one.key)
          }
        }
        const members = [...slices].flatMap(({ members }) => [...members.values()])
        expect(members.map(({ key }) => key).sort()).toEqual([...here.keys()].sort())
        for (const { members: inSlice, group } of slices) {
          expect(inSlice.size).toBeLessThanOrEqual(sliceSize)
          for (const { namespace, identity } of inSlice.values()) {
            expect(group).toBe(sliceMode === 'fcfs' ? namespace : `${namespace} ${identity}`)
          }
        }
      },
    ),
  )
})
