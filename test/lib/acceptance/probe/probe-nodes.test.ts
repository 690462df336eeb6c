import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evenly } from '../../../../lib/acceptance/probe/probe-nodes.ts'

test('few are all of them, many are thinned out from the first on', () => {
  expect(evenly(['a', 'b'], 2)).toEqual(['a', 'b'])
  expect(evenly([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toEqual([0, 2, 5, 7])
  expect(evenly([], 3)).toEqual([])
})

test('never more than asked for, none twice, in their order', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer()), fc.integer({ min: 1, max: 50 }), (items, most) => {
      const chosen = evenly(items, most)
      expect(chosen).toHaveLength(Math.min(items.length, most))
      expect(items.filter((item) => chosen.includes(item))).toEqual(chosen)
    }),
  )
})
