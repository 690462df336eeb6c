import { expect, test } from 'vitest'
import { combineRepeats } from '../../../../lib/density/assessment/repeats.ts'
import { sampledMetric, valueMetric } from '../../../../lib/stats/metric.ts'

const phase = { name: 'create', startedAt: '2026-01-01T00:00:00.000Z', durationSeconds: 1 }
const finding = { severity: 'info' as const, code: 'X', message: 'x' }
const repeat = (samples: number[], rate: number, resolution: number) => ({
  phases: [phase],
  findings: [finding],
  metrics: [
    sampledMetric('pod_ready_latency', samples, { source: 'watch', resolution }),
    valueMetric('pod_ready_throughput', rate, { source: 'watch' }),
  ],
})

test('samples of a series are put together, single figures stand side by side', () => {
  const { metrics } = combineRepeats([repeat([1, 2], 10, 0.001), repeat([3], 20, 0.004)])
  expect(metrics).toHaveLength(3)
  expect(metrics[0]).toMatchObject({
    samples: [1, 2, 3],
    repeats: [2, 1],
    resolution: 0.004,
    statistics: { count: 3, min: 1, max: 3, mean: 2 },
  })
  expect(metrics.slice(1).map(({ labels, statistics }) => [labels, statistics.value])).toEqual([
    [{ run: '1' }, 10],
    [{ run: '2' }, 20],
  ])
})

test('a series that only some runs have is not lost', () => {
  const failed = { phases: [], findings: [], metrics: [] }
  expect(combineRepeats([failed, repeat([3], 20, 0.001)]).metrics[0]).toMatchObject({
    samples: [3],
    repeats: [0, 1],
  })
})

test('phases and findings say which run they are of', () => {
  const { phases, findings } = combineRepeats([repeat([1], 1, 1), repeat([1], 1, 1)])
  expect(phases.map(({ name }) => name)).toEqual(['create #1', 'create #2'])
  expect(findings.map(({ message }) => message)).toEqual(['run 1: x', 'run 2: x'])
})
