import { densityRuns, type SlowPod } from '../../lib/record/details/density-details.ts'
import type { Metric, RunRecord } from '../../lib/record/run-record.ts'
import { NO_DATA, scaleMeasured } from '../../lib/report/scale.ts'
import { renderTable, right } from '../../lib/report/table.ts'
import { bestFirst } from '../../lib/stats/best-source.ts'
import type { RenderOptions } from '../render-record.ts'
import { carriedStatistics, statisticColumns } from '../render-statistics.ts'

/** The steps of a pod's life in their order, by the metric of each. */
const LATENCIES = [
  ['scheduled', 'pod_scheduled_latency'],
  ['volumes', 'pod_volumes_attached_latency'],
  ['sandbox+CNI', 'pod_sandbox_ready_latency'],
  ['pull-wait', 'pod_image_pull_wait'],
  ['image-pull', 'pod_image_pull_latency'],
  ['initialized', 'pod_initialized_latency'],
  ['started', 'pod_started_latency'],
  ['ready', 'pod_ready_latency'],
  ['connection', 'pod_connection_latency'],
  ['deleted', 'pod_deleted_latency'],
] as const

const SLOWEST = { few: 3, many: 10 }

/** A row for each step that was seen, with how many of the pods that were created have a figure for it. */
export function renderPodLatencies(record: RunRecord, { wide, headers, columns: width }: RenderOptions): string {
  const { metrics } = record
  // One figure for each run where the run was repeated.
  const figures = metrics.flatMap(({ name, statistics }) => (name === 'pods_created' ? (statistics.value ?? []) : []))
  const created = figures.reduce((sum, value) => sum + value, 0)
  const present = densityRuns(record).reduce((sum, { imagePulls }) => sum + (imagePulls?.alreadyPresent ?? 0), 0)
  const steps = LATENCIES.map(([step, name]) => {
    const all = bestFirst(metrics.filter((metric) => metric.name === name && Object.keys(metric.labels).length === 0))
    return { step, series: wide ? all : all.slice(0, 1) }
  })
  const statistics = carriedStatistics(
    steps.flatMap(({ series }) => series),
    wide,
  )
  const none = statistics.map(() => NO_DATA)
  const rows = steps.flatMap(({ step, series }) => {
    if (series.length > 0) return series.map((metric) => latencyRow(step, metric, statistics, created))
    if (step === 'image-pull' && present > 0) return [[step, ...none, '0', 'image present', '']]
    // Where no pod got ready that is the figure that a person looks for.
    return step === 'ready' && created > 0 ? [[step, ...none, `0/${created}`, '', '']] : []
  })
  const columns = [
    { title: 'POD LATENCY' },
    ...statisticColumns(statistics),
    right('PODS'),
    { title: 'SOURCE' },
    { title: 'ERROR-BAR' },
  ]
  return renderTable(columns, rows, headers, width)
}

function latencyRow(
  step: (typeof LATENCIES)[number][0],
  { statistics, source, resolution }: Metric,
  shown: ReturnType<typeof carriedStatistics>,
  created: number,
): string[] {
  const { count = 0 } = statistics
  // Containers, not pods, pull images: there may be several pulls of a pod, or none. What a killed run leaves does not say
  // how many pods there were.
  const isOfPods = created > 0 && !step.includes('pull')
  return [
    step,
    ...shown.map((key) => scaleMeasured(statistics[key], resolution ?? 0)),
    isOfPods ? `${count}/${created}` : String(count),
    source,
    resolution === undefined ? '' : `±${scaleMeasured(resolution, resolution)}`,
  ]
}

const STEP_WORDS: Readonly<Record<NonNullable<SlowPod['step']>, string>> = {
  scheduled: 'scheduling',
  sandboxReady: 'sandbox+CNI',
  imagePulled: 'pulling images',
  initialized: 'init containers',
  started: 'starting containers',
  ready: 'getting ready',
}

/** The pods that took longest to get ready, and the step that made them slow. */
export function renderSlowest(record: RunRecord, { wide, headers, columns: width }: RenderOptions): string {
  const slowest = densityRuns(record)
    .flatMap(({ slowestPods = [] }) => slowestPods)
    .toSorted((a, b) => b.readySeconds - a.readySeconds)
  const isWatched = ({ name, source }: Metric) => name === 'pod_ready_latency' && source === 'watch'
  const resolution = record.metrics.find(isWatched)?.resolution ?? 0
  const rows = slowest
    .slice(0, wide ? SLOWEST.many : SLOWEST.few)
    .map((pod) => [
      `${pod.namespace}/${pod.name}`,
      scaleMeasured(pod.readySeconds, resolution),
      pod.node ?? '<none>',
      describeStep(pod, resolution),
    ])
  const columns = [{ title: 'SLOWEST' }, right('READY'), { title: 'NODE' }, { title: 'MOSTLY' }]
  return renderTable(columns, rows, headers, width)
}

/** What the step took more than it does for half of the pods; where that is nothing, what it took. */
function describeStep({ step, seconds, excessSeconds = 0 }: SlowPod, resolution: number): string {
  if (step === undefined) return ''
  const time =
    excessSeconds <= resolution ? scaleMeasured(seconds, resolution) : `+${scaleMeasured(excessSeconds, resolution)}`
  return `${STEP_WORDS[step]} (${time})`
}
