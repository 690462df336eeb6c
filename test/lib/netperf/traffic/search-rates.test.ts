import { expect, test } from 'vitest'
import type { PairState } from '../../../../lib/netperf/traffic/pair-state.ts'
import { searchRates } from '../../../../lib/netperf/traffic/search-rates.ts'
import { flow, pair, reading } from '../netperf-run-example.ts'

const timing = { durationSeconds: 10, warmupSeconds: 0 }

/**
 * Pairs that search at the same time over a network.
 * @param lossesOf what the pairs lose of these rates, in each direction, at the n-th time that all measure to the end
 */
async function search(pairs: number, lossesOf: (rates: readonly number[], nth: number) => readonly number[][]) {
  const states = Array.from({ length: pairs }, (_, index): PairState => {
    const target = { address: '10.0.0.1', port: 5201, secondPort: 5202 }
    return { pair: pair(index, 'node-a', 'node-b'), target, passes: new Map(), startedMs: 0 }
  })
  const last: number[][] = []
  await searchRates(
    states,
    timing,
    async (pass, some, how) => {
      const asked = some.map((state) => how(state))
      const rates = asked.map(({ bitsPerSecond = 0 }) => bitsPerSecond)
      const isLast = asked[0]?.timing === timing
      if (isLast) last.push(rates)
      const losses = lossesOf(rates, isLast ? last.length : 0)
      for (const [index, state] of some.entries()) {
        const flows = (losses[index] ?? []).map((loss) =>
          flow(1, {
            sentBitsPerSecond: rates[index] ?? 0,
            datagrams: { sent: 1e6, lost: loss * 1e6, jitterSeconds: 0 },
          }),
        )
        state.passes.set(pass, reading(flows))
      }
    },
    { pass: 'measure', fullTiming: () => timing },
  )
  return { states, last }
}

const above = (most: number) => (rate: number) => [rate > most ? 0.5 : 0]

test('where one pair loses at the rates found, all measure again: what was measured was so at the same time', async () => {
  const { states, last } = await search(2, (rates, nth) => (nth === 1 ? [[0], [0.01]] : rates.map(above(150e6))))
  expect(states.map(({ fault }) => fault)).toEqual([undefined, undefined])
  expect(last).toHaveLength(2)
  const [[first = 0, second = 0] = [], again] = last
  expect(again).toEqual([first, second * 0.75])
})

test('of both directions the worse one decides', async () => {
  const { last } = await search(1, (rates) => rates.map((rate) => [0, rate > 150e6 ? 0.5 : 0]))
  expect(last.at(-1)?.[0]).toBeLessThanOrEqual(150e6)
})

test('rates that never hold beside each other are no figure, in bounded time', async () => {
  const { states, last } = await search(3, (rates, nth) =>
    nth === 0 ? rates.map(above(150e6)) : rates.map((_, index) => [nth % 3 === index ? 0.01 : 0]),
  )
  expect(last.length).toBeLessThanOrEqual(10)
  expect(states.filter(({ fault }) => fault?.code === 'TooMuchLoss')).toHaveLength(1)
})
