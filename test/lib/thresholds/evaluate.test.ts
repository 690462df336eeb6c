import { expect, test } from 'vitest'
import type { Metric } from '../../../lib/record/run-record.ts'
import { sampledMetric, summaryMetric, valueMetric } from '../../../lib/stats/metric.ts'
import { evaluateThreshold } from '../../../lib/thresholds/evaluate.ts'
import { parseThreshold } from '../../../lib/thresholds/threshold.ts'

const evaluate = (expression: string, metrics: readonly Metric[]) =>
  evaluateThreshold(parseThreshold(expression), metrics)
const latency = (samples: number[], labels: Record<string, string> = {}) =>
  sampledMetric('api_request_latency', samples, { source: 'client', labels })

test('a figure is held against the limit', () => {
  const metrics = [sampledMetric('pod_ready_latency', [0.5, 1, 1.5], { source: 'watch' })]
  expect(evaluate('pod_ready_latency.max<2s', metrics)).toEqual({
    expression: 'pod_ready_latency.max<2s',
    observed: 1.5,
    unit: 's',
    passed: true,
  })
  expect(evaluate('pod_ready_latency.max<1500ms', metrics).passed).toBe(false)
  expect(evaluate('pod_ready_latency.count==3', metrics)).toMatchObject({ observed: 3, unit: 'count', passed: true })
})

test('a quantile that a small sample does not carry is its nearest rank, the maximum', () => {
  expect(evaluate('api_request_latency.p99<1s', [latency([0.2, 0.4])]).observed).toBe(0.4)
})

test('p10 is what nine of ten reach, by nearest rank', () => {
  const pairs = [5, 1, 9, 4, 3, 8, 2, 7, 6, 10, 11].map((gbits) => gbits * 1e9)
  const metrics = [sampledMetric('pair_tcp_throughput', pairs, { source: 'iperf3' })]
  expect(evaluate('pair_tcp_throughput.p10>=2Gbit/s', metrics)).toMatchObject({ observed: 2e9, passed: true })
  expect(evaluate('pair_tcp_throughput.p10>2Gbit/s', metrics).passed).toBe(false)
  expect(evaluate('pair_tcp_throughput.p10<1Gbit/s', []).observed).toBe(null)
})

test('with several series each must hold, and the worst is named', () => {
  const metrics = [latency([0.1], { verb: 'create' }), latency([0.9], { verb: 'list' })]
  expect(evaluate('api_request_latency<0.5s', metrics)).toMatchObject({
    observed: 0.9,
    passed: false,
    series: { verb: 'list' },
  })
  expect(evaluate('api_request_latency{verb=create}<0.5s', metrics)).toMatchObject({ observed: 0.1, passed: true })
  expect(evaluate('api_request_latency.max>0.05s', metrics)).toMatchObject({ observed: 0.1, passed: true })
})

test('a statistic over several single figures runs over those figures', () => {
  const metrics = [10, 20, 60].map((value, index) =>
    valueMetric('pod_ready_throughput', value, { source: 'watch', labels: { run: String(index) } }),
  )
  expect(evaluate('pod_ready_throughput.mean>=30', metrics).observed).toBe(30)
  expect(evaluate('pod_ready_throughput>1', metrics).observed).toBe(20)
  expect(evaluate('pod_ready_throughput.min/pod_ready_throughput.p50>=0.5', metrics)).toMatchObject({
    observed: 0.5,
    unit: 'ratio',
    passed: true,
  })
})

test("of a quantile in a server's last bucket is known that it is above the bound, and no more", () => {
  const queue: Metric = {
    name: 'workqueue_latency',
    unit: 's',
    labels: {},
    statistics: { count: 200, mean: 3600, p50: 0.5, p99: 10 },
    interpolated: { p50: [0.1, 1], p99: [10, null], max: [10, null] },
    source: 'scheduler-metrics',
  }
  for (const statistic of ['p99', 'max']) {
    const outcome = (rest: string) => {
      const { observed, passed } = evaluate(`workqueue_latency.${statistic}${rest}`, [queue])
      return { observed, passed }
    }
    expect(outcome('<30s')).toEqual({ observed: null, passed: false })
    expect(outcome('<=10s')).toEqual({ observed: null, passed: false })
    expect(outcome('<5s')).toEqual({ observed: 10, passed: false })
    expect(outcome('>5s')).toEqual({ observed: 10, passed: true })
    expect(outcome('!=30s')).toEqual({ observed: null, passed: false })
  }
  expect(evaluate('workqueue_latency.p99>30s', [queue]).passed).toBe(false)
  expect(evaluate('workqueue_latency.p50<1s', [queue])).toMatchObject({ observed: 0.5, passed: true })
  expect(evaluate('workqueue_latency.p99/workqueue_latency.p50<30', [queue]).observed).toBe(null)
})

test('no data fails, whatever the operator', () => {
  const none = [sampledMetric('pod_ready_latency', [], { source: 'watch' })]
  for (const expression of [
    'pod_ready_latency<1h',
    'pod_ready_latency>0s',
    'pod_ready_latency!=1s',
    'pods_created>=0',
  ]) {
    expect(evaluate(expression, none)).toMatchObject({ observed: null, passed: false })
  }
  expect(
    evaluate('pods_measured/pods_created>0', [valueMetric('pods_measured', 1, { source: 'client' })]).observed,
  ).toBe(null)
})

test('a ratio pairs the series of equal labels', () => {
  const metrics = [latency([1], { verb: 'a' }), latency([4], { verb: 'b' })]
  expect(evaluate('api_request_latency.max/api_request_latency.max==1', metrics).passed).toBe(true)
})

test('without labels the overall series is meant where there is one, and its parts only by their labels', () => {
  const metrics = [
    sampledMetric('pod_ready_latency', [0.5, 2, 3], { source: 'watch' }),
    summaryMetric('pod_ready_latency', [0.5], { source: 'watch', labels: { node: 'node-a' } }),
    summaryMetric('pod_ready_latency', [2, 3], { source: 'watch', labels: { node: 'node-b' } }),
  ]
  expect(evaluate('pod_ready_latency.min<1s', metrics)).toEqual({
    expression: 'pod_ready_latency.min<1s',
    observed: 0.5,
    unit: 's',
    passed: true,
  })
  expect(evaluate('pod_ready_latency.count==3', metrics).passed).toBe(true)
  expect(evaluate('pod_ready_latency{node=node-b}.min<1s', metrics)).toMatchObject({
    observed: 2,
    passed: false,
    series: { node: 'node-b' },
  })
  expect(evaluate('pod_ready_latency{node=node-c}.min<1s', metrics).observed).toBeNull()
  expect(evaluate('pod_ready_latency{node=node-b}.max/pod_ready_latency.max==1', metrics).passed).toBe(true)
  expect(evaluate('pod_ready_latency<5s', metrics.slice(1))).toMatchObject({ observed: 3, series: { node: 'node-b' } })
})

test('a part without samples still has the quantiles that are its extremes', () => {
  const part = [summaryMetric('pod_ready_latency', [1, 2, 3], { source: 'watch', labels: { node: 'node-a' } })]
  expect(evaluate('pod_ready_latency{node=node-a}.p99<5s', part).observed).toBe(3)
  expect(evaluate('pod_ready_latency{node=node-a}.p05<5s', part).observed).toBe(1)
  expect(evaluate('pod_ready_latency{node=node-a}.p50<5s', part).observed).toBe(2)
  expect(evaluate('pod_ready_latency{node=node-a}.value<5s', part).observed).toBeNull()
})

test('of one figure from several sources the one of most pods is meant, and of these the finest', () => {
  const figure = (source: string, samples: number[]) => sampledMetric('pod_started_latency', samples, { source })
  const all = [figure('watch', [2, 2]), figure('status', [9, 9]), figure('events', [1, 1])]
  expect(evaluate('pod_started_latency.max<3s', all).observed).toBe(1)
  expect(evaluate('pod_started_latency{source=watch}.max<3s', all).observed).toBe(2)
  expect(evaluate('pod_started_latency.max<3s', [...all.slice(0, 2), figure('events', [1])]).observed).toBe(2)
})

test("the server's timestamps are meant only by source=status", () => {
  const metrics = [
    sampledMetric('pod_ready_latency', [0.7, 0.8], { source: 'watch' }),
    sampledMetric('pod_ready_latency', [0, 1], { source: 'status', resolution: 1 }),
  ]
  expect(evaluate('pod_ready_latency.max<1s', metrics)).toMatchObject({ observed: 0.8, passed: true })
  expect(evaluate('pod_ready_latency{source=status}.max<1s', metrics)).toMatchObject({ observed: 1, passed: false })
})
