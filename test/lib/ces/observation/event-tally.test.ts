import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  countEvent,
  EVENT_TYPES,
  eventsPerSecond,
  openTally,
  sumTallies,
  totalOf,
} from '../../../../lib/ces/observation/event-tally.ts'

test('counts events by type and by second', () => {
  const tally = openTally(1000)
  countEvent(tally, 'ADDED', 100, 1000)
  countEvent(tally, 'ADDED', 150, 1999)
  countEvent(tally, 'MODIFIED', 200, 2000)
  countEvent(tally, 'DELETED', 50, 4500)
  expect(tally.byType).toEqual({
    ADDED: { events: 2, bytes: 250 },
    MODIFIED: { events: 1, bytes: 200 },
    DELETED: { events: 1, bytes: 50 },
  })
  expect(totalOf(tally)).toEqual({ events: 4, bytes: 500 })
  expect([...tally.bySecond]).toEqual([
    [0, { events: 2, bytes: 250 }],
    [1, { events: 1, bytes: 200 }],
    [3, { events: 1, bytes: 50 }],
  ])
})

test('rates go over all seconds of a time, idle ones included', () => {
  const tally = openTally(0)
  countEvent(tally, 'ADDED', 1, 2500)
  countEvent(tally, 'ADDED', 1, 2600)
  countEvent(tally, 'ADDED', 1, 4100)
  expect(eventsPerSecond(tally, 1000, 5000)).toEqual([0, 2, 0, 1])
  expect(eventsPerSecond(tally, 2000, 2000)).toEqual([2])
})

test('parts of a stream sum to the whole of it', () => {
  const event = fc.tuple(fc.constantFrom(...EVENT_TYPES), fc.nat(30_000), fc.nat(60_000), fc.nat(3))
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const whole = openTally(0)
      const parts = [0, 1, 2, 3].map(() => openTally(0))
      for (const [type, bytes, atMs, part] of events) {
        countEvent(whole, type, bytes, atMs)
        const tally = parts[part]
        if (tally !== undefined) countEvent(tally, type, bytes, atMs)
      }
      const sum = sumTallies(parts, 0)
      expect(sum.byType).toEqual(whole.byType)
      expect(new Map([...sum.bySecond].sort(([a], [b]) => a - b))).toEqual(
        new Map([...whole.bySecond].sort(([a], [b]) => a - b)),
      )
      const perSecond = eventsPerSecond(whole, 0, 61_000)
      expect(perSecond.reduce((total, count) => total + count, 0)).toBe(events.length)
    }),
  )
})
