import { expect, test } from 'vitest'
import { compareSides } from '../../../lib/compare/compare-sides.ts'
import type { Metric, RunRecord } from '../../../lib/record/run-record.ts'
import { repeatedMetric, sampledMetric } from '../../../lib/stats/metric.ts'
import { seededNormal } from '../stats/seeded-normal.ts'
import { figure, runOf } from './runs.ts'

const throughputs = (values: readonly number[]): RunRecord[] =>
  values.map((value) => runOf([figure('pod_create_throughput', value)]))

test('five runs a side, all of them slower: a regression of a tenth, p of U = 0', () => {
  const base = throughputs([100, 101, 102, 103, 104])
  const next = throughputs([90, 91, 92, 93, 94])
  const { unit, figures } = compareSides(base, next, { failOnRegression: 0.05 })
  expect(unit).toBe('run')
  expect(figures).toHaveLength(1)
  const [compared] = figures
  expect(compared).toMatchObject({ baseMedian: 102, nextMedian: 92, verdict: 'regression', isBeyondLimit: true })
  expect(compared?.p).toBeCloseTo(2 / 252, 12)
  expect(compared?.change.estimate).toBeCloseTo(92 / 102 - 1, 12)
  expect(compared?.change.interval?.[0]).toBeLessThan(-0.08)
  expect(compared?.change.interval?.[1]).toBeLessThan(0)
})

test('the same the other way round is an improvement, and within the limit no failure', () => {
  const [base, next] = [throughputs([90, 91, 92, 93, 94]), throughputs([100, 101, 102, 103, 104])]
  expect(compareSides(base, next, { failOnRegression: 0.05 }).figures[0]).toMatchObject({
    verdict: 'improvement',
    isBeyondLimit: false,
  })
  expect(compareSides(next, base, { failOnRegression: 0.2 }).figures[0]).toMatchObject({
    verdict: 'regression',
    isBeyondLimit: false,
  })
})

test('a lower latency is better, and what is neither good nor bad has changed', () => {
  const latency = (base: number): Metric[] => [
    sampledMetric('pod_ready_latency', [base, base + 0.01, base + 0.02], { source: 'watch' }),
    { ...figure('node_memory_usage', base * 1e9, { node: 'a' }), unit: 'B' },
  ]
  const side = (from: number) => [0, 1, 2, 3, 4].map((run) => runOf(latency(from + run / 1000)))
  const { figures } = compareSides(side(2), side(1), {})
  expect(figures.map(({ metric, statistic, verdict, gates }) => [metric, statistic, verdict, gates])).toEqual([
    ['pod_ready_latency', 'p50', 'improvement', true],
    ['node_memory_usage', 'value', 'changed', false],
  ])
})

test('the pods of one run count once', () => {
  const pods = Array.from({ length: 200 }, (_, index) => 1 + index / 1000)
  const run = (shift: number) =>
    runOf([
      sampledMetric(
        'pod_ready_latency',
        pods.map((pod) => pod + shift),
        { source: 'watch' },
      ),
    ])
  const { figures } = compareSides([run(0)], [run(5)], { failOnRegression: 0.05 })
  expect(
    figures.map(({ statistic, base, next, verdict }) => ({ statistic, n: base.length + next.length, verdict })),
  ).toEqual([
    { statistic: 'p50', n: 2, verdict: 'too-few' },
    { statistic: 'p99', n: 2, verdict: 'too-few' },
  ])
  expect(figures.map(({ p, isBeyondLimit }) => [p, isBeyondLimit])).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ])
})

test('each repeat of a run that was repeated as a whole is a run', () => {
  /** Repeats of 120 pods each, all so much slower, and one that no pod got ready in. */
  const repeated = (shift: number) => {
    const each = [0, 1, 2, 3, 4].map((repeat) =>
      Array.from({ length: 120 }, (_, pod) => 1 + shift + repeat / 100 + pod / 1000),
    )
    const latencies = sampledMetric('pod_ready_latency', each.flat(), { source: 'watch' })
    const rates = [20, 21, 22, 23, 24].map((rate, run) =>
      figure('pod_create_throughput', rate - shift, { run: String(run + 1) }),
    )
    const repeats = [120, 120, 0, 120, 120, 120]
    const details = { pods: [], repeats: [1, 2, 3, 4].map(() => ({ pods: [] })) }
    return runOf([{ ...latencies, repeats }, ...rates], { details })
  }
  const { unit, figures } = compareSides([repeated(0)], [repeated(1)], { failOnRegression: 0.05 })
  expect(unit).toBe('run')
  expect(
    figures.map(({ metric, statistic, base, next, verdict, isBeyondLimit }) => [
      metric,
      statistic,
      base.map((value) => Number(value.toFixed(3))),
      next.length,
      verdict,
      isBeyondLimit,
    ]),
  ).toEqual([
    ['pod_ready_latency', 'p50', [1.059, 1.069, 1.079, 1.089, 1.099], 5, 'regression', true],
    ['pod_ready_latency', 'p99', [1.118, 1.128, 1.138, 1.148, 1.158], 5, 'regression', true],
    ['pod_create_throughput', 'value', [20, 21, 22, 23, 24], 5, 'no-difference-shown', false],
  ])
})

const netperf = (samples: readonly number[]) =>
  runOf([repeatedMetric('total_tcp_throughput', samples, { labels: { path: 'pod' }, source: 'iperf3' })], {
    kind: 'netperf',
  })

test('of one run a side, repeated samples are the measurements', () => {
  const { unit, figures } = compareSides([netperf([9, 9.1, 9.2, 9.3, 9.4])], [netperf([8, 8.1, 8.2, 8.3, 8.4])], {})
  expect(unit).toBe('sample')
  expect(figures[0]).toMatchObject({ verdict: 'regression', gates: true, baseMedian: 9.2, nextMedian: 8.2 })
})

test('of several runs, each gives the median of its samples', () => {
  const { unit, figures } = compareSides([netperf([1, 2, 9]), netperf([3, 4, 5])], [netperf([6, 7, 8])], {})
  expect(unit).toBe('run')
  expect(figures[0]).toMatchObject({ base: [2, 4], next: [7], verdict: 'too-few' })
})

test('whole runs that one command repeated are measurements of their own', () => {
  const repeated = (from: number) =>
    runOf([1, 2, 3, 4, 5].map((run) => figure('pod_create_throughput', from + run, { run: String(run) })))
  const { figures } = compareSides([repeated(100)], [repeated(200)], {})
  expect(figures).toHaveLength(1)
  expect(figures[0]).toMatchObject({ labels: {}, base: [101, 102, 103, 104, 105], verdict: 'improvement' })
})

test('what was 0 has no ratio: the difference is told', () => {
  const losses = (values: readonly number[]) =>
    values.map((value) => runOf([{ ...figure('pair_udp_loss', value), unit: 'ratio' }], { kind: 'netperf' }))
  const { figures } = compareSides(losses([0, 0, 0, 0, 0]), losses([0.1, 0.2, 0.1, 0.3, 0.2]), {
    failOnRegression: 0.05,
  })
  expect(figures[0]).toMatchObject({
    change: { kind: 'difference', estimate: 0.2 },
    verdict: 'regression',
    isBeyondLimit: true,
  })
})

test('what differs by no more than it could be measured does not differ', () => {
  const side = (values: readonly number[], resolution: number) =>
    values.map((value) => runOf([{ ...figure('pod_create_throughput', value), resolution }]))
  const [base, next] = [
    [10, 10.1, 10.2, 10.3, 10.4],
    [11, 11.1, 11.2, 11.3, 11.4],
  ]
  expect(compareSides(side(base, 0.5), side(next, 0.5), {}).figures[0]?.verdict).toBe('improvement')
  expect(compareSides(side(base, 1), side(next, 1), {}).figures[0]?.verdict).toBe('no-difference-shown')
})

test('what only one side has is named', () => {
  const { figures, onlyBase, onlyNext } = compareSides(
    [runOf([figure('pod_create_throughput', 1)])],
    [runOf([figure('pod_delete_throughput', 1)])],
    {},
  )
  expect({ figures, onlyBase, onlyNext }).toEqual({
    figures: [],
    onlyBase: ['pod_create_throughput'],
    onlyNext: ['pod_delete_throughput'],
  })
})

const sources = (samples: Readonly<Record<string, readonly number[]>>) =>
  runOf(
    Object.entries(samples).map(([source, values]) => ({ ...sampledMetric('pod_ready_latency', values, { source }) })),
  )
const around = (seconds: number, count: number) => Array.from({ length: count }, (_, pod) => seconds + pod / 1e4)

test('figures of one metric are paired with those of the same source, whatever is best on each side', () => {
  // The watch of the second side missed half of the pods: there the status is best, which is 0.6 s later than the watch.
  const base = sources({ watch: around(1, 20), status: around(1.6, 20) })
  const next = sources({ watch: around(1, 10), status: around(1.6, 20) })
  const { figures, incomparable, onlyBase, onlyNext } = compareSides([base], [next], {})
  expect(figures).toMatchObject([{ source: 'status', statistic: 'p50', change: { kind: 'ratio', estimate: 0 } }])
  expect({ incomparable, onlyBase, onlyNext }).toEqual({ incomparable: [], onlyBase: [], onlyNext: [] })
})

test('one pod that a source missed in one of many runs does not give up the finer source', () => {
  const whole = () => sources({ events: around(1, 50), watch: around(1.5, 50) })
  const lacking = sources({ events: around(1, 49), watch: around(1.5, 50) })
  const { figures } = compareSides([whole(), whole(), lacking], [whole(), whole()], {})
  expect(figures).toMatchObject([{ source: 'events', base: [1.0024, 1.0024, 1.0024], next: [1.0024, 1.0024] }])
})

test('of a metric without a source in common nothing is compared, and a gate on it stays shut', () => {
  const sides = [
    [sources({ watch: around(1, 20) })],
    [sources({ status: around(1.6, 20), events: around(1, 20) })],
  ] as const
  const { figures, incomparable, onlyBase, onlyNext, ungated } = compareSides(...sides, { failOnRegression: 0.05 })
  expect({ figures, onlyBase, onlyNext }).toEqual({ figures: [], onlyBase: [], onlyNext: [] })
  expect(incomparable).toEqual([
    { metric: 'pod_ready_latency', labels: {}, baseSources: ['watch'], nextSources: ['status', 'events'] },
  ])
  expect(ungated).toEqual(['pod_ready_latency'])
})

test('how near to empty a map is changes how its pressure is told, not what it was measured with', () => {
  const maps = (value: number, source: string) =>
    runOf([{ ...figure('bpf_map_pressure', value, { map: 'ct4_global' }), unit: 'ratio', source }], {
      kind: 'cilium-maps',
    })
  const { figures } = compareSides([maps(0, 'zero')], [maps(0.9, 'pressure')], {})
  expect(figures).toMatchObject([{ source: 'pressure', gates: true, change: { kind: 'difference', estimate: 0.9 } }])
  expect(compareSides([maps(0.8, 'gc')], [maps(0.9, 'pressure')], {}).figures).toEqual([])
})

test('two measurements are as fine as the coarser of them', () => {
  const side = (from: number, resolution: number) =>
    [0, 1, 2, 3, 4].map((run) => runOf([{ ...figure('pod_create_throughput', from + run / 10), resolution }]))
  const { figures } = compareSides(side(10, 0.1), side(11, 1), {})
  expect(figures).toMatchObject([{ resolution: 1, verdict: 'no-difference-shown' }])
})

test('the name of a metric means its overall series, and its parts where there is none', () => {
  const run = runOf([
    figure('pod_create_throughput', 1),
    figure('pod_create_throughput', 1, { job: 'a' }),
    figure('pod_delete_throughput', 1, { job: 'a' }),
  ])
  const rules = { gating: ['pod_create_throughput', 'pod_delete_throughput'] }
  expect(compareSides([run], [run], rules).figures.map(({ gates }) => gates)).toEqual([true, false, true])
})

test('creating pods gates runs of density, as the client sees it', () => {
  const metrics = ['create', 'list'].map((verb) =>
    sampledMetric('api_request_latency', [0.1, 0.2], { source: 'client', labels: { verb, resource: 'pods' } }),
  )
  const { figures } = compareSides([runOf(metrics)], [runOf(metrics)], {})
  expect(figures.map(({ labels, gates }) => [labels.verb, gates])).toEqual([
    ['create', true],
    ['list', false],
  ])
})

test('the more figures gate, the more each has to show', () => {
  const side = (shift: number) =>
    [0, 1, 2, 3, 4].map((run) =>
      runOf(
        Array.from({ length: 8 }, (_, index) =>
          figure('pod_create_throughput', 100 + run + (index === 0 ? shift : 0) + index * 1000, { job: String(index) }),
        ),
      ),
    )
  const gating = ['pod_create_throughput']
  // 2/252 for one figure alone; eight times as much is no longer below 5 %.
  const [first] = compareSides(side(0), side(-20), { gating }).figures
  expect(first?.p).toBeCloseTo(2 / 252, 12)
  expect(first?.adjustedP).toBeCloseTo(16 / 252, 12)
  expect(first?.verdict).toBe('no-difference-shown')
})

/** Runs of a figure with noise of 3 %. */
function noisy(normal: () => number, mean: number, count: number): RunRecord[] {
  return throughputs(Array.from({ length: count }, () => mean * (1 + 0.03 * normal())))
}

test('1,000 pairs of equal runs: false alarms in 6 % at most', () => {
  const normal = seededNormal(1)
  const alarms = Array.from({ length: 1000 }, () => {
    const [compared] = compareSides(noisy(normal, 100, 10), noisy(normal, 100, 10), {}).figures
    return compared?.verdict !== 'no-difference-shown'
  }).filter(Boolean).length
  expect(alarms).toBeGreaterThan(10)
  expect(alarms).toBeLessThanOrEqual(60)
})

test('1,000 regressions of 10 % in noise of 3 %, ten runs a side: found in 95 % at least, beyond a limit of 5 %', () => {
  const normal = seededNormal(2)
  const found = Array.from({ length: 1000 }, () => {
    const rules = { failOnRegression: 0.05 }
    const [compared] = compareSides(noisy(normal, 100, 10), noisy(normal, 90, 10), rules).figures
    return compared?.isBeyondLimit === true
  }).filter(Boolean).length
  expect(found).toBeGreaterThanOrEqual(950)
})
