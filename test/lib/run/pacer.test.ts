import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { forEach } from '../../../lib/run/for-each.ts'
import { type Arrival, createPacer, type Pace, unlimited } from '../../../lib/run/pacer.ts'

const never = new AbortController().signal
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)

async function startTimes(pace: Pace, count: number, random: () => number = Math.random): Promise<number[]> {
  const pacer = createPacer(pace, never, random)
  const times: number[] = []
  for (let index = 0; index < count; index += 1) await pacer.start(async () => void times.push(performance.now()))
  await pacer.drain()
  return times.map((time) => time - (times[0] ?? 0))
}

test('does all the work, in order of start', async () => {
  const done: number[] = []
  await forEach(numbers(200), 50, never, async (index) => void done.push(index))
  expect(done).toEqual(numbers(200))
})

test('never has more under way than the concurrency', async () => {
  let underWay = 0
  let most = 0
  await forEach(numbers(40), 7, never, async () => {
    underWay += 1
    most = Math.max(most, underWay)
    await sleep(1)
    underWay -= 1
  })
  expect(most).toBe(7)
})

test('no start comes before it is due: the burst at once, then one each 1/rate', async () => {
  const times = await startTimes({ perSecond: 200, burst: 3, concurrency: 50, arrival: 'constant' }, 9)
  for (const [index, time] of times.entries()) expect(time).toBeGreaterThanOrEqual(Math.max(0, index - 2) * 5 - 1)
  expect(times[2]).toBeLessThan(times[8] ?? 0)
})

test.each<[Arrival, number[], number[]]>([
  // Gaps of 10 ms on average: -ln(1-u)·10 and 20·u.
  ['poisson', [0, 0.5, 0.9], [0, 6.93, 23.03]],
  ['uniform', [0, 0.5, 0.9], [0, 10, 18]],
])('%s gaps follow the random source', async (arrival, random, gaps) => {
  const source = [...random]
  const times = await startTimes({ perSecond: 100, burst: 1, concurrency: 1, arrival }, 4, () => source.shift() ?? 0)
  let due = 0
  for (const [index, gap] of gaps.entries()) {
    due += gap
    expect(times[index + 1]).toBeGreaterThanOrEqual(due - 1)
  }
  expect(source).toEqual([])
})

test('starts that fell behind are made up, not left out', async () => {
  const pacer = createPacer({ perSecond: 1000, burst: 1, concurrency: 1, arrival: 'constant' }, never, Math.random)
  let done = 0
  for (let index = 0; index < 30; index += 1) {
    await pacer.start(async () => {
      if (index === 0) await sleep(40)
      done += 1
    })
  }
  await pacer.drain()
  expect(done).toBe(30)
})

test('waits for what is under way before it rejects with the first failure', async () => {
  let finished = 0
  const work = async (index: number) => {
    await sleep(index === 2 ? 1 : 10)
    finished += 1
    if (index === 2 || index === 3) throw new Error(`number ${index}`)
  }
  await expect(forEach(numbers(100), 5, never, work)).rejects.toThrow('number 2')
  expect(finished).toBeGreaterThanOrEqual(5)
  expect(finished).toBeLessThan(100)
})

test('an abort ends the starting, not the work', async () => {
  const controller = new AbortController()
  let finished = 0
  const work = async (index: number) => {
    if (index === 4) controller.abort(new Error('stop'))
    await sleep(1)
    finished += 1
  }
  await expect(forEach(numbers(100), 50, controller.signal, work)).rejects.toThrow('stop')
  expect(finished).toBe(5)
})

test('an abort ends the waiting for the next start', async () => {
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('stop')), 5)
  const pacer = createPacer({ ...unlimited(1), perSecond: 0.001 }, controller.signal, Math.random)
  await pacer.start(async () => {})
  await expect(pacer.start(async () => {})).rejects.toThrow('stop')
})
