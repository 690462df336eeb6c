import { expect, test } from 'vitest'
import { concernOf, describeEstimate, type Estimate, estimateRun } from '../../../cmd/netperf/estimate.ts'
import type { EngineName, TestCase } from '../../../lib/netperf/test-case.ts'
import { MOST_TRIES } from '../../../lib/netperf/traffic/longest-run.ts'
import { testCase } from '../../lib/netperf/test-case-example.ts'

const TCP = testCase()
const UDP: TestCase = { ...TCP, protocol: 'udp', bitsPerSecond: 100e6 }
const HTTP: TestCase = { ...TCP, protocol: 'http', engine: 'fortio', connections: 8 }

const ENGINES = new Map<EngineName, { passes: () => ('measure' | 'rate' | 'latency')[] }>([
  ['iperf3', { passes: () => ['measure'] }],
  ['fortio', { passes: () => ['rate', 'latency'] }],
])

type Plan = Parameters<typeof estimateRun>[0]

function estimate(tests: readonly TestCase[], plan: Partial<Plan> = {}, nodes?: number): Estimate {
  const timing = { durationSeconds: 10, warmupSeconds: 1 }
  const arrangement = { kind: 'ratio', clients: 1, servers: 1 } as const
  return estimateRun({ tests, samples: 5, timing, arrangement, engines: ENGINES, ...plan }, nodes)
}

function words(of: Estimate, linkBitsPerSecond?: number): string {
  return describeEstimate(of, linkBitsPerSecond)
}

test('time and traffic of the plainest run', () => {
  const plain = estimate([TCP])
  expect(plain).toMatchObject({ trafficSeconds: 55, fillingSeconds: 55, pairs: 1, fixedBytes: 0 })
  expect(words(plain)).toBe(
    '1 test × 5 samples × 11s ≈ 55s of traffic, as much as links carry: up to 6.88 GB at 1 Gbit/s, 68.8 GB at 10 Gbit/s',
  )
  expect(words(plain, 25e9)).toBe('1 test × 5 samples × 11s ≈ 55s of traffic, up to 172 GB at 25.0 Gbit/s')
})

test('datagrams at a rate too low for a loss figure take longer than asked for', () => {
  // 25,000 of 1448 bytes, and 2% more.
  expect(estimate([{ ...UDP, bitsPerSecond: 10e6 }])).toMatchObject({ trafficSeconds: 5 * 30 })
})

test('only streams of TCP warm up, and not those of netperf', () => {
  const seconds = (test: TestCase) => estimate([test]).longestSampleSeconds
  const rr: TestCase = { ...TCP, mode: 'rr' }
  expect([TCP, rr, UDP, { ...TCP, engine: 'netperf' as const }].map(seconds)).toEqual([11, 10, 10, 10])
})

test('datagrams at a fixed rate, and requests in two passes', () => {
  expect(words(estimate([UDP], { arrangement: { kind: 'ratio', clients: 4, servers: 2 } }))).toBe(
    '1 test × 5 samples × 10s ≈ 50s of traffic, 2.50 GB',
  )
  const mixed = estimate([UDP, HTTP])
  expect(mixed.trafficSeconds).toBe(5 * (10 + 20))
  expect(words(mixed)).toBe('2 tests × 5 samples × up to 20s ≈ 2m30s of traffic, 625 MB')
  expect(words(estimate([{ ...HTTP, messageBytes: 1_000_000 }], {}, 2))).toMatch(/, as much as links carry: /)
})

test('both ways is twice as much, and what stays on a node fills no link', () => {
  expect(estimate([{ ...TCP, direction: 'bidirectional' }]).fillingSeconds).toBe(110)
  expect(estimate([{ ...UDP, direction: 'bidirectional' }]).fixedBytes).toBe(2 * 5 * 10 * 12.5e6)
  const inside = estimate([{ ...TCP, placement: 'same-node' }])
  expect(words(inside)).toBe('1 test × 5 samples × 11s ≈ 55s of traffic')
})

test('fifty pairs fill no more links than there are nodes', () => {
  const arrangement = { kind: 'ratio', clients: 50, servers: 50 } as const
  expect(estimate([TCP], { arrangement }, 2).fillingSeconds).toBe(2 * 55)
  expect(estimate([TCP], { arrangement }).fillingSeconds).toBe(50 * 55)
  expect(estimate([TCP], { arrangement: { kind: 'ratio', clients: 4, servers: 1 } }, 3).fillingSeconds).toBe(55)
})

test('a mesh of N nodes takes N-1 rounds, each on every link', () => {
  const mesh = estimate([{ ...TCP, placement: 'mesh' }], { arrangement: { kind: 'mesh' } }, 4)
  expect(mesh).toMatchObject({ trafficSeconds: 3 * 55, fillingSeconds: 4 * 3 * 55, pairs: 4 })
})

test('a search for the highest rate takes at most so long', () => {
  expect(words(estimate([{ ...UDP, bitsPerSecond: 'max' }]))).toMatch(/ ≈ at most \S+ of traffic, /)
  expect(estimate([{ ...UDP, bitsPerSecond: 'max' }]).trafficSeconds).toBe(5 * (10 + 3 * MOST_TRIES))
})

test('what others in the cluster would feel is asked for first', () => {
  const pairs = (count: number) => ({ arrangement: { kind: 'ratio', clients: count, servers: count } as const })
  expect(concernOf(estimate([TCP], pairs(50)))).toBeUndefined()
  expect(concernOf(estimate([TCP], pairs(51)))).toBe('This sends traffic between 51 pairs of pods at once.')
  expect(concernOf(estimate([TCP], { samples: 327 }))).toBeUndefined()
  expect(concernOf(estimate([TCP], { samples: 328 }))).toBe('This sends traffic for 1h8s.')
  expect(concernOf(estimate([{ ...UDP, bitsPerSecond: 10e9 }]))).toBeUndefined()
  expect(concernOf(estimate([{ ...UDP, bitsPerSecond: 10e9 }], pairs(2)))).toBe(
    'This sends 20.0 Gbit/s of datagrams, which make no room for other traffic.',
  )
})
