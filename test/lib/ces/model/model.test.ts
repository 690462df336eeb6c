import { expect, test } from 'vitest'
import { listsAtStart, modelFanOut, modelRelist } from '../../../../lib/ces/model/fan-out.ts'
import { breakEven, savings } from '../../../../lib/ces/model/savings.ts'
import { verdictWords } from '../../../../lib/ces/model/verdict.ts'

// The measured example of a real operator: 300 endpoints created, 100 to a slice.
const cep = { events: 300, bytes: 489_000 }
const ces = { events: 30, bytes: 602_000 }

test('with slices every node watches slices, and the operator alone the endpoints', () => {
  expect(modelFanOut(cep, ces, 1000)).toEqual({
    nodes: 1000,
    withoutSlices: { events: 300_300, bytes: 489_489_000 },
    withSlices: { events: 30_330, bytes: 603_091_000 },
  })
  expect(modelFanOut(cep, { events: 0, bytes: 0 }, 10).withSlices).toEqual(cep)
})

test('agents of 1.16 and 1.17 list all endpoints twice when they start', () => {
  expect([15, 16, 17, 18, undefined].map(listsAtStart)).toEqual([1, 2, 2, 1, 1])
  expect(modelRelist({ cepBytes: 481_000, cesBytes: 60_000 }, 100, 2)).toEqual({
    nodes: 100,
    withoutSlicesBytes: 96_200_000,
    withSlicesBytes: 6_000_000,
  })
})

test('what is saved is a share for each question, below 0 where slices cost more, absent where there is no figure', () => {
  expect(
    savings({ total: cep, listBytes: 481_000, objects: 300 }, { total: ces, listBytes: 60_125, objects: 3 }),
  ).toEqual({
    events: 0.9,
    bytes: 1 - 602 / 489,
    relist: 0.875,
    objects: 0.99,
  })
  expect(savings({ total: { events: 0, bytes: 0 } }, { total: ces })).toEqual({})
})

test('so many events of endpoints weigh as much as one of a slice', () => {
  expect(breakEven(cep, ces)).toBeCloseTo(602_000 / 30 / 1630)
  expect(breakEven({ events: 0, bytes: 0 }, ces)).toBeUndefined()
})

test('the verdict names what is saved and what it costs, and when it would not pay', () => {
  const facts = { savings: { events: 0.9, bytes: -0.23, relist: 0.88 }, cep, ces }
  expect(verdictWords({ ...facts, isSimulated: false })).toEqual([
    'CES saves events and relists, but costs more bytes here.',
    'One CES event is as large as 12 CEP events, and there were 10 CEP events for each: changes trickle in more slowly than slices need to save bytes.',
  ])
  const bulk = { events: 30, bytes: 30_000 }
  expect(
    verdictWords({ savings: { events: 0.9, bytes: 0.94, relist: 0.88 }, cep, ces: bulk, isSimulated: true }),
  ).toEqual([
    'CES would save events, bytes and relists here.',
    'One CES event is as large as 0.6 CEP events, and there were 10 CEP events for each: slower changes of slices as full as these would cost bytes.',
  ])
  expect(verdictWords({ savings: {}, cep: { events: 0, bytes: 0 }, ces: bulk, isSimulated: false })).toEqual([])
})
