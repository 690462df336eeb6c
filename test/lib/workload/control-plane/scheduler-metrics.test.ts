import { expect, test } from 'vitest'
import { parseExposition } from '../../../../lib/prometheus/exposition/parse-exposition.ts'
import { familyNames } from '../../../../lib/workload/control-plane/metric-families.ts'
import { processWindow } from '../../../../lib/workload/control-plane/process-window.ts'
import { SCHEDULER_FAMILIES, schedulerFigures } from '../../../../lib/workload/control-plane/scheduler-metrics.ts'
import { windowOf } from './window-of.ts'

interface Counts {
  started?: number
  /** Attempts up to 1 ms, 2 ms, and in all. */
  scheduled?: readonly [number, number, number]
  unschedulable?: readonly [number, number, number]
  /** Pods placed at the first and at the second attempt, all within 10 ms. */
  pods?: readonly [number, number]
  podFamily?: string
  pending?: Readonly<Record<string, number>>
}

/** As a scheduler of Kubernetes 1.34 says it. */
function scrape({ started = 1, scheduled, unschedulable, pods, podFamily, pending = {} }: Counts) {
  const attempts = (result: string, counts: Counts['scheduled']) => {
    if (counts === undefined) return []
    const labels = `profile="default-scheduler",result="${result}"`
    const family = 'scheduler_scheduling_attempt_duration_seconds'
    return [
      ...[0.001, 0.002, '+Inf'].map((le, index) => `${family}_bucket{${labels},le="${le}"} ${counts[index]}`),
      `${family}_sum{${labels}} ${counts[2] / 1000}`,
      `${family}_count{${labels}} ${counts[2]}`,
    ]
  }
  const family = podFamily ?? 'scheduler_pod_scheduling_sli_duration_seconds'
  const placed = (pods ?? []).flatMap((count, index) => [
    `${family}_bucket{attempts="${index + 1}",le="0.01"} ${count}`,
    `${family}_bucket{attempts="${index + 1}",le="+Inf"} ${count}`,
    `${family}_sum{attempts="${index + 1}"} ${count / 100}`,
    `${family}_count{attempts="${index + 1}"} ${count}`,
  ])
  const lines = [
    '# TYPE process_start_time_seconds gauge',
    `process_start_time_seconds ${started}`,
    '# TYPE scheduler_scheduling_attempt_duration_seconds histogram',
    ...attempts('scheduled', scheduled),
    ...attempts('unschedulable', unschedulable),
    `# TYPE ${family} histogram`,
    ...placed,
    '# TYPE scheduler_pending_pods gauge',
    ...Object.entries(pending).map(([queue, count]) => `scheduler_pending_pods{queue="${queue}"} ${count}`),
    '# TYPE scheduler_other histogram',
    'scheduler_other_bucket{le="+Inf"} 1',
  ]
  return parseExposition(`${lines.join('\n')}\n`, { metrics: familyNames(SCHEDULER_FAMILIES) })
}

const rows = (...schedulers: { before: Counts; after: Counts }[]) =>
  schedulerFigures(
    schedulers.map(({ before, after }) => windowOf(scrape(before), scrape(after))),
    'scheduler-metrics',
  ).map(({ name, labels, statistics, interpolated }) => ({
    name,
    labels,
    statistics: Object.fromEntries(Object.entries(statistics).map(([key, value]) => [key, roundLast(value)])),
    ...(interpolated === undefined ? {} : { interpolated }),
  }))

/** Without the last bits, which are those of the way it was computed. */
const roundLast = (value: number) => Number(value.toPrecision(12))

test('attempts by result, pods over all their attempts, and the queues', () => {
  const figures = rows({
    before: { scheduled: [10, 10, 10], pods: [9, 1], pending: { active: 3 } },
    after: {
      scheduled: [60, 110, 110],
      unschedulable: [0, 4, 4],
      pods: [100, 10],
      pending: { active: 0, unschedulable: 4 },
    },
  })
  expect(figures).toEqual([
    {
      name: 'scheduler_attempt_latency',
      labels: { profile: 'default-scheduler', result: 'scheduled' },
      // 100 of them, 50 up to 1 ms and 50 from there to 2 ms.
      statistics: { count: 100, mean: 0.001, p50: 0.001, p90: 0.0018, p95: 0.0019, p99: 0.00198 },
      interpolated: {
        max: [0.001, 0.002],
        p50: [0, 0.001],
        p90: [0.001, 0.002],
        p95: [0.001, 0.002],
        p99: [0.001, 0.002],
      },
    },
    {
      name: 'scheduler_attempt_latency',
      labels: { profile: 'default-scheduler', result: 'unschedulable' },
      statistics: { count: 4, mean: 0.001, p50: 0.0015 },
      interpolated: { max: [0.001, 0.002], p50: [0.001, 0.002] },
    },
    {
      name: 'scheduler_pod_latency',
      labels: {},
      statistics: { count: 100, mean: 0.01, p50: 0.005, p90: 0.009, p95: 0.0095, p99: 0.0099 },
      interpolated: { max: [0, 0.01], p50: [0, 0.01], p90: [0, 0.01], p95: [0, 0.01], p99: [0, 0.01] },
    },
    { name: 'scheduler_pending_pods', labels: { queue: 'active', when: 'before' }, statistics: { value: 3 } },
    { name: 'scheduler_pending_pods', labels: { queue: 'active', when: 'after' }, statistics: { value: 0 } },
    { name: 'scheduler_pending_pods', labels: { queue: 'unschedulable', when: 'after' }, statistics: { value: 4 } },
  ])
})

test('the name that the latency of pods had before Kubernetes 1.28', () => {
  const podFamily = 'scheduler_pod_scheduling_duration_seconds'
  const figures = rows({ before: { podFamily, pods: [0, 0] }, after: { podFamily, pods: [2, 1] } })
  expect(figures).toMatchObject([{ name: 'scheduler_pod_latency', statistics: { count: 3, mean: 0.01 } }])
})

test('of several schedulers the work is summed, and the queues of those who wait count once', () => {
  const figures = rows(
    {
      before: { scheduled: [1, 1, 1], pending: { active: 7 } },
      after: { scheduled: [3, 3, 3], pending: { active: 2 } },
    },
    {
      before: { started: 2, pending: { active: 7 } },
      after: { started: 2, scheduled: [5, 5, 5], pending: { active: 3 } },
    },
  )
  expect(figures.map(({ statistics }) => statistics.count ?? statistics.value)).toEqual([7, 7, 3])
})

test('a scheduler that did nothing has no latency, rather than one of 0', () => {
  expect(rows({ before: { scheduled: [5, 5, 5] }, after: { scheduled: [5, 5, 5] } })).toEqual([])
})

test('one that was started anew has no figures', () => {
  expect(processWindow(scrape({ started: 1 }), scrape({ started: 2 }), 1)).toBeNull()
})
