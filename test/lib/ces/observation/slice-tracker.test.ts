import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EndpointState, SliceState } from '../../../../lib/ces/observation/endpoint-state.ts'
import { trackSlices } from '../../../../lib/ces/observation/slice-tracker.ts'

const endpoint = (key: string, content: string | null): EndpointState => ({
  key,
  namespace: 'n',
  identity: 1,
  content,
  entryBytes: 1,
})
const slice = (name: string, contents: Record<string, string>): SliceState => ({
  name,
  namespace: 'n',
  contents: new Map(Object.entries(contents)),
})

test('the delay of each change ends with the slice that carries it', () => {
  const tracker = trackSlices()
  tracker.endpointSeen(endpoint('n/a', '1'), 0)
  tracker.endpointSeen(endpoint('n/b', '1'), 200)
  expect(tracker.backlog()).toBe(2)
  expect(tracker.waitingSinceMs()).toBe(0)
  tracker.sliceSeen(slice('s', { 'n/a': '1', 'n/b': '1' }), 700)
  expect(tracker.backlog()).toBe(0)
  expect(tracker.waitingSinceMs()).toBeUndefined()
  tracker.endpointGone('n/a', 1000)
  tracker.sliceSeen(slice('s', { 'n/b': '1' }), 1600)
  expect(tracker.propagation.delays).toEqual([0.7, 0.5, 0.6])
  expect(tracker.propagation.folded).toEqual([2, 1])
})

test('two changes of one endpoint that a slice carries at once are two changes', () => {
  const tracker = trackSlices()
  tracker.endpointSeen(endpoint('n/a', '1'), 0)
  tracker.endpointSeen(endpoint('n/a', '2'), 100)
  tracker.sliceSeen(slice('s', { 'n/a': '2' }), 600)
  expect(tracker.propagation.delays).toEqual([0.6, 0.5])
  expect(tracker.propagation.folded).toEqual([2])
})

test('an older state that a slice shows leaves the newer change in the backlog', () => {
  const tracker = trackSlices()
  tracker.endpointSeen(endpoint('n/a', '1'), 0)
  tracker.endpointSeen(endpoint('n/a', '2'), 100)
  tracker.sliceSeen(slice('s', { 'n/a': '1' }), 600)
  expect(tracker.backlog()).toBe(1)
  expect(tracker.waitingSinceMs()).toBe(100)
  expect(tracker.propagation.delays).toEqual([0.6])
})

test('changes that concern no slice, and such as were undone, are told apart', () => {
  const tracker = trackSlices()
  tracker.seed([endpoint('n/a', '1')], [slice('s', { 'n/a': '1' })])
  tracker.endpointSeen(endpoint('n/a', '1'), 0)
  tracker.endpointSeen(endpoint('n/new', null), 0)
  expect(tracker.propagation.uncarried).toBe(2)
  tracker.endpointSeen(endpoint('n/a', '2'), 10)
  tracker.endpointSeen(endpoint('n/a', '1'), 20)
  tracker.endpointSeen(endpoint('n/b', '1'), 30)
  tracker.endpointGone('n/b', 40)
  expect(tracker.propagation.cancelled).toBe(4)
  expect(tracker.backlog()).toBe(0)
})

test('an endpoint that moves from one slice to another is carried by the first that shows it as it is', () => {
  const tracker = trackSlices()
  tracker.seed([endpoint('n/a', '1')], [slice('s', { 'n/a': '1' })])
  tracker.endpointSeen(endpoint('n/a', '2'), 0)
  tracker.sliceSeen(slice('t', { 'n/a': '2' }), 500)
  tracker.sliceGone('s', 600)
  expect(tracker.propagation.folded).toEqual([1, 0])
  tracker.endpointGone('n/a', 700)
  expect(tracker.backlog()).toBe(1)
  tracker.sliceGone('t', 1300)
  expect(tracker.backlog()).toBe(0)
})

test('every change is carried, undone, or in the backlog; a slice that shows everything empties it', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('set' as const), key: fc.nat(4), content: fc.nat(3) }),
    fc.record({ kind: fc.constant('remove' as const), key: fc.nat(4) }),
    fc.record({ kind: fc.constant('write' as const), keys: fc.subarray([0, 1, 2, 3, 4]) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const tracker = trackSlices()
      const now = new Map<string, string>()
      let written: Record<string, string> = {}
      let changes = 0
      let atMs = 0
      for (const one of steps) {
        atMs += 10
        if (one.kind === 'set') {
          const key = `n/${one.key}`
          if (now.get(key) !== String(one.content)) changes += 1
          now.set(key, String(one.content))
          tracker.endpointSeen(endpoint(key, String(one.content)), atMs)
        } else if (one.kind === 'remove') {
          if (now.delete(`n/${one.key}`)) changes += 1
          tracker.endpointGone(`n/${one.key}`, atMs)
        } else {
          written = { ...written }
          for (const key of one.keys.map((number) => `n/${number}`)) {
            const content = now.get(key)
            if (content === undefined) delete written[key]
            else written[key] = content
          }
          tracker.sliceSeen(slice('s', written), atMs)
        }
        const { delays, cancelled } = tracker.propagation
        expect(delays.length + cancelled + tracker.backlog()).toBe(changes)
      }
      tracker.sliceSeen(slice('s', Object.fromEntries(now)), atMs + 10)
      expect(tracker.backlog()).toBe(0)
      const { folded, delays } = tracker.propagation
      expect(folded.reduce((sum, count) => sum + count, 0)).toBe(delays.length)
      expect(delays.every((seconds) => seconds >= 0)).toBe(true)
    }),
  )
})
