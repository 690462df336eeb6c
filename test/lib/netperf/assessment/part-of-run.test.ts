import { expect, test } from 'vitest'
import { netperfMetrics } from '../../../../lib/netperf/assessment/figures/netperf-metrics.ts'
import { netperfOutcome } from '../../../../lib/netperf/assessment/findings/netperf-findings.ts'
import { partOfRun } from '../../../../lib/netperf/assessment/part-of-run.ts'
import { netperfDetails } from '../../../../lib/netperf/assessment/rows/netperf-details.ts'
import { failed, flow, GBIT, measured, netperfRun, reading } from '../netperf-run-example.ts'
import { testCase } from '../test-case-example.ts'

const run = netperfRun({
  tests: [testCase(), testCase({ streams: 4 }), testCase({ streams: 8 })],
  samples: [
    measured({ test: 0, sample: 0 }, reading([flow(1 * GBIT)])),
    measured({ test: 1, sample: 0 }, reading([flow(4 * GBIT)])),
    failed({ test: 2, sample: 0 }, 'connection refused'),
  ],
})
const options = { samples: 1, wasAborted: false }
const throughputs = (tests: readonly number[]) =>
  netperfMetrics(partOfRun(run, tests), options).flatMap(({ name, labels, statistics }) =>
    name === 'tcp_throughput' ? [[labels.streams, statistics.mean]] : [],
  )

test('a part has the figures of its tests, and fails for nothing but them', () => {
  expect(throughputs([0])).toEqual([['1', 1 * GBIT]])
  expect(throughputs([1, 0])).toEqual([
    ['4', 4 * GBIT],
    ['1', 1 * GBIT],
  ])
  expect(netperfOutcome(run, options)).toBe('no-data')
  expect(netperfOutcome(partOfRun(run, [0, 1]), options)).toBe('passed')
  expect(netperfOutcome(partOfRun(run, [2]), options)).toBe('no-data')
})

test('the details of a part are about its tests, with the failures of each', () => {
  const { rows } = netperfDetails(partOfRun(run, [2, 1]), options)
  expect(rows.map(({ labels, failures }) => [labels.streams, failures.length])).toEqual([
    ['8', 1],
    ['4', 0],
  ])
})
