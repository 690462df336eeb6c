import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { followProgress } from '../../../cmd/netperf/progress.ts'
import type { NetperfProgress, NetperfRun, PairSample } from '../../../lib/netperf/netperf-run.ts'
import { testCase } from '../../lib/netperf/test-case-example.ts'

const TCP = testCase()
const TESTS = [TCP, { ...TCP, protocol: 'http', engine: 'fortio', path: 'service', connections: 8 }] as const
const END = { namespace: 'a', pod: 'a', node: 'node-a', hostNetwork: false, addresses: [], nodeAddresses: [] }
const RUN = { tests: TESTS, pairs: [{ index: 0, client: END, server: END, processes: [] }] } as unknown as NetperfRun

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Follows a run of 66 s of traffic. */
function follow() {
  const said = { steps: [] as string[], updates: [] as string[] }
  const progress = {
    step: (text: string) => void said.steps.push(text),
    update: (text: string) => void said.updates.push(text),
    note() {},
    stop() {},
  }
  const clock = { now: () => new Date(), monotonicMs: () => Date.now() }
  return { ...said, follower: followProgress(progress, { tests: TESTS, samples: 3 }, { trafficSeconds: 66 }, clock) }
}

const traffic = (test: number, sample: number, more: Partial<NonNullable<NetperfProgress['traffic']>> = {}) => ({
  phase: 'traffic',
  total: 6,
  done: 2 * sample + test,
  traffic: { test, sample, pass: 'measure' as const, pairs: 1, ...more },
})

test('a line for each phase, once', () => {
  const { steps, follower } = follow()
  follower.onProgress({ phase: 'namespaces', total: 1, done: 0 })
  follower.onProgress({ phase: 'pods', total: 4, done: 0 })
  follower.onProgress({ phase: 'pods', total: 4, done: 4 })
  follower.onProgress(traffic(0, 0))
  follower.onProgress(traffic(1, 0))
  follower.onProgress({ phase: 'clean-up', total: 1, done: 0 })
  follower[Symbol.dispose]()
  expect(steps).toEqual(['namespaces', 'pods (4)', 'traffic (2 tests × 3)', 'clean-up'])
})

test('on a terminal what is waited for, the test, the sample, the last figure and the time that remains', () => {
  const { updates, follower } = follow()
  const last = () => updates.at(-1)
  follower.onProgress({
    phase: 'pods',
    total: 4,
    done: 1,
    waiting: new Map([
      ['Unschedulable', 1],
      ['ContainerCreating', 2],
    ]),
  })
  expect(last()).toBe('pods 1/4   waiting: ContainerCreating 2, Unschedulable 1')
  follower.onProgress(traffic(0, 0))
  expect(last()).toBe('test 1/2 tcp over pod   sample 1/3   about 1m6s left')
  vi.advanceTimersByTime(11_000)
  expect(last()).toBe('test 1/2 tcp over pod   sample 1/3   about 55s left')
  const reading = { tool: 'iperf 3.12', flows: [{ direction: 'forward', seconds: 10, receivedBitsPerSecond: 16.94e9 }] }
  const sample = { pair: 0, test: 0, sample: 0, startedMs: 0, result: { kind: 'measured', reading } }
  follower.onSample(sample as unknown as PairSample, RUN)
  follower.onProgress(traffic(1, 0, { pass: 'latency', pairs: 50 }))
  expect(last()).toBe(
    'test 2/2 http over service   sample 1/3   50 pairs   latency   last 16.9 Gbit/s   about 55s left',
  )
  vi.advanceTimersByTime(60_000)
  expect(last()).toBe('test 2/2 http over service   sample 1/3   50 pairs   latency   last 16.9 Gbit/s')
  follower[Symbol.dispose]()
  const said = updates.length
  vi.advanceTimersByTime(10_000)
  expect(updates).toHaveLength(said)
})

test('a sample that failed is told in a few words', () => {
  const { updates, follower } = follow()
  const result = { kind: 'failed', fault: { code: 'ConnectionRefused', message: '' } }
  follower.onSample({ pair: 0, test: 0, sample: 0, startedMs: 0, result } as unknown as PairSample, RUN)
  follower.onProgress(traffic(0, 1))
  expect(updates.at(-1)).toContain('last connection refused')
  follower[Symbol.dispose]()
})
