import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EndpointState } from '../../../../lib/ces/observation/endpoint-state.ts'
import type { OperatorRules } from '../../../../lib/ces/simulator/operator-rules.ts'
import { type SliceWrite, simulateSlices } from '../../../../lib/ces/simulator/simulate-slices.ts'

const RULES: OperatorRules = {
  sliceSize: 100,
  sliceMode: 'fcfs',
  perSecond: 10,
  burst: 20,
  syncDelayMs: 500,
  delays: 'each',
}
const endpoint = (index: number, content = '1', namespace = 'n'): EndpointState => ({
  key: `${namespace}/${index}`,
  namespace,
  identity: 1,
  content,
  entryBytes: 200,
})
const everything = () => true

function simulate(rules: Partial<OperatorRules> = {}) {
  const writes: SliceWrite[] = []
  return { writes, simulator: simulateSlices({ ...RULES, ...rules }, 0, (write) => writes.push(write)) }
}

test('a change is written half a second later, and nothing more follows', () => {
  const { writes, simulator } = simulate()
  simulator.endpointSeen(endpoint(1), 100)
  expect(simulator.backlog(everything)).toBe(1)
  simulator.advance(599)
  expect(writes).toEqual([])
  simulator.advance(60_000)
  expect(writes.map(({ type, atMs }) => [type, atMs])).toEqual([['ADDED', 605]])
  expect(simulator.backlog(everything)).toBe(0)
})

test('300 endpoints at once are three slices, and gone at once they are three deletions', () => {
  const { writes, simulator } = simulate()
  for (let index = 0; index < 300; index += 1) simulator.endpointSeen(endpoint(index), 0)
  simulator.advance(10_000)
  expect(writes.map(({ type }) => type)).toEqual(['ADDED', 'ADDED', 'ADDED'])
  expect(simulator.written().map(({ endpoints }) => endpoints)).toEqual([100, 100, 100])
  for (let index = 0; index < 300; index += 1) simulator.endpointGone(`n/${index}`, 20_000)
  simulator.advance(40_000)
  expect(writes.slice(3).map(({ type }) => type)).toEqual(['DELETED', 'DELETED', 'DELETED'])
  expect(simulator.written()).toEqual([])
})

test('changes that no slice carries cost the operator a look, and the watcher nothing', () => {
  const { writes, simulator } = simulate()
  simulator.seed([endpoint(1)])
  simulator.endpointSeen(endpoint(1), 0)
  simulator.endpointSeen({ ...endpoint(2), content: null }, 0)
  simulator.advance(10_000)
  expect(writes).toEqual([])
})

test('a write takes along all that has changed by then; shared delays begin anew with the echo of the last write', () => {
  const at = (delays: OperatorRules['delays']) => {
    const { writes, simulator } = simulate({ delays, perSecond: 50, burst: 100 })
    simulator.endpointSeen(endpoint(1), 0)
    simulator.endpointSeen(endpoint(2), 400)
    simulator.endpointSeen(endpoint(3), 600)
    simulator.endpointSeen(endpoint(4), 800)
    simulator.advance(10_000)
    return writes.map(({ type, atMs }) => `${type} ${atMs}`)
  }
  // The first wait ends at 500, with two endpoints. The next one is that of the write's own echo, or that of the second endpoint.
  expect(at('together')).toEqual(['ADDED 505', 'MODIFIED 1010'])
  expect(at('each')).toEqual(['ADDED 505', 'MODIFIED 905'])
})

test('a full burst is spent, then the rate decides', () => {
  const { writes, simulator } = simulate({ sliceSize: 1 })
  for (let index = 0; index < 40; index += 1) simulator.endpointSeen(endpoint(index), 0)
  simulator.advance(1000)
  // 20 tokens, and 5 more until 500 ms later; the rest wait for theirs.
  expect(writes.length).toBe(25)
  expect(simulator.backlog(everything)).toBe(15)
  expect(simulator.backlog((namespace) => namespace === 'other')).toBe(0)
})

test('what is written in the end is what there is, at no higher rate than allowed', () => {
  const step = fc.record({
    gapMs: fc.nat(400),
    kind: fc.constantFrom('set', 'remove'),
    index: fc.nat(25),
    content: fc.nat(3),
    namespace: fc.constantFrom('n', 'm'),
  })
  fc.assert(
    fc.property(
      fc.record({
        sliceSize: fc.integer({ min: 1, max: 6 }),
        sliceMode: fc.constantFrom('fcfs' as const, 'identity' as const),
        delays: fc.constantFrom('each' as const, 'together' as const),
        perSecond: fc.integer({ min: 1, max: 50 }),
        burst: fc.integer({ min: 1, max: 20 }),
      }),
      fc.array(step, { maxLength: 120 }),
      (rules, steps) => {
        const { writes, simulator } = simulate(rules)
        const now = new Map<string, EndpointState>()
        let atMs = 0
        for (const { gapMs, kind, index, content, namespace } of steps) {
          atMs += gapMs
          const one = { ...endpoint(index, String(content), namespace), identity: content }
          if (kind === 'set') {
            now.set(one.key, one)
            simulator.endpointSeen(one, atMs)
          } else {
            now.delete(one.key)
            simulator.endpointGone(one.key, atMs)
          }
        }
        simulator.advance(atMs + 10_000_000)
        expect(simulator.backlog(everything)).toBe(0)
        const written = simulator.written()
        expect(written.reduce((sum, { endpoints }) => sum + endpoints, 0)).toBe(now.size)
        expect(written.reduce((sum, { entryBytes }) => sum + entryBytes, 0)).toBe(200 * now.size)
        const live =
          writes.filter(({ type }) => type === 'ADDED').length - writes.filter(({ type }) => type === 'DELETED').length
        expect(live).toBe(written.length)
        for (const [first, from] of writes.entries()) {
          for (const [more, to] of writes.slice(first).entries()) {
            expect(to.atMs).toBeGreaterThanOrEqual(from.atMs)
            // One token more than the burst: the worker holds one while it waits.
            const most = rules.burst + 1 + ((to.atMs - from.atMs) * rules.perSecond) / 1000
            expect(more + 1).toBeLessThanOrEqual(most + 1e-6)
          }
        }
      },
    ),
    { numRuns: 60 },
  )
})
