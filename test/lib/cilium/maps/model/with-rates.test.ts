import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAgent } from '../../../../../lib/cilium/maps/read-agent.ts'
import { inputOf, mapOf } from '../recorded.ts'

interface Process {
  readonly seconds: number
  readonly startedSeconds: number
  readonly updates: number
  readonly drops?: number
  readonly pod?: string
}

function agent({ seconds, startedSeconds, updates, drops = 0, pod = 'cilium-a' }: Process) {
  const input = inputOf('empty')
  const metrics = [
    { name: 'cilium_process_start_time_seconds', value: startedSeconds },
    {
      name: 'cilium_bpf_map_ops_total',
      labels: { map_name: 'lxc', operation: 'update', outcome: 'success' },
      value: updates,
    },
    { name: 'cilium_drop_count_total', labels: { reason: 'x', direction: 'EGRESS' }, value: drops },
  ]
  return {
    ...input,
    agent: { ...input.agent, pod },
    answer: { ...input.answer, readAtMs: 1_795_255_200_000 + seconds * 1000, metrics: JSON.stringify(metrics) },
  }
}

const before = readAgent(agent({ seconds: 0, startedSeconds: 1000, updates: 100, drops: 7 }))

test('a counter’s growth between two reads, by the second', () => {
  const after = readAgent(agent({ seconds: 5, startedSeconds: 1000, updates: 150, drops: 7 }), before)
  expect(mapOf(after, 'lxc').operations).toEqual([
    { operation: 'update', outcome: 'success', count: 150, perSecond: 10 },
    { operation: 'update', outcome: 'fail', count: 0, perSecond: 0 },
  ])
  expect(after.drops).toEqual([{ reason: 'x', direction: 'EGRESS', packets: 7, perSecond: 0 }])
  expect(after).not.toHaveProperty('isRestarted')
})

test.each([
  ['starts anew', { seconds: 5, startedSeconds: 1004, updates: 120 }],
  ['is another pod', { seconds: 5, startedSeconds: 1000, updates: 120, pod: 'cilium-b' }],
  ['counts less than before', { seconds: 5, startedSeconds: 0, updates: 3 }],
])('an agent that %s has no rates', (_, process) => {
  const after = readAgent(agent(process), before)
  expect(after.isRestarted).toBe(true)
  expect(mapOf(after, 'lxc').operations[0]).not.toHaveProperty('perSecond')
})

test('a counter that was not there was 0', () => {
  const empty = readAgent({ ...agent({ seconds: 0, startedSeconds: 1000, updates: 0 }) })
  const first = { ...empty, maps: [], drops: [] }
  const after = readAgent(agent({ seconds: 2, startedSeconds: 1000, updates: 8 }), first)
  expect(mapOf(after, 'lxc').operations[0]?.perSecond).toBe(4)
})

test('two reads at the same moment have no rate', () => {
  const after = readAgent(agent({ seconds: 0, startedSeconds: 1000, updates: 200, drops: 7 }), before)
  expect(mapOf(after, 'lxc').operations[0]).not.toHaveProperty('perSecond')
})

test('whatever the counters do, no rate is negative', () => {
  const process = fc.record({
    seconds: fc.integer({ min: -10, max: 100 }),
    startedSeconds: fc.constantFrom(0, 1000, 1001, 2000),
    updates: fc.nat(1000),
    drops: fc.nat(1000),
  })
  fc.assert(
    fc.property(process, process, (first, second) => {
      const after = readAgent(agent(second), readAgent(agent(first)))
      const rates = [...after.maps.flatMap(({ operations }) => operations), ...after.drops].flatMap(
        (each) => each.perSecond ?? [],
      )
      for (const rate of rates) expect(rate).toBeGreaterThanOrEqual(0)
    }),
    { numRuns: 40 },
  )
})
