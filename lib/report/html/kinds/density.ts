import { densityRuns, type PodDetail, type SlowPod } from '../../../record/details/density-details.ts'
import type { Metric, RunRecord } from '../../../record/run-record.ts'
import { bestFirst } from '../../../stats/best-source.ts'
import { type Content, type Html, html } from '../html.ts'
import { bar } from '../pieces/bar.ts'
import { count, figure, noData, wholeNumber } from '../pieces/figure.ts'
import { plotFigure } from '../pieces/plot.ts'
import { number, table, text } from '../pieces/table.ts'
import { type Section, section } from '../section.ts'

type Run = ReturnType<typeof densityRuns>[number]

/** The steps of a pod's life in their order, by the metric of each. */
const STEPS = [
  ['scheduled', 'pod_scheduled_latency'],
  ['volumes attached', 'pod_volumes_attached_latency'],
  ['sandbox and network', 'pod_sandbox_ready_latency'],
  ['waiting for other pulls', 'pod_image_pull_wait'],
  ['image pulled', 'pod_image_pull_latency'],
  ['initialized', 'pod_initialized_latency'],
  ['started', 'pod_started_latency'],
  ['ready', 'pod_ready_latency'],
  ['first connection', 'pod_connection_latency'],
  ['deleted', 'pod_deleted_latency'],
] as const

export function densitySections(record: RunRecord): readonly Section[] {
  const runs = densityRuns(record)
  return [
    ...section('Pod latency', [stepTable(record), imagePulls(runs)]),
    ...section(
      'Pods over time',
      runs.map((run, index) => podsOverTime(run, runs.length > 1 ? ` (run ${index + 1})` : '')),
    ),
    ...section('Slowest pods', [slowestPods(runs, record.metrics), slowNodes(runs), notMeasured(runs)]),
    ...section('Jobs', [jobs(runs)]),
  ]
}

function stepTable({ metrics }: RunRecord): Html {
  const steps = STEPS.flatMap(([step, name]) => {
    const [metric] = bestFirst(
      metrics.filter((metric) => metric.name === name && Object.keys(metric.labels).length === 0),
    )
    return metric === undefined ? [] : [{ step, metric }]
  })
  const greatest = steps.reduce((most, { metric }) => Math.max(most, metric.statistics.max ?? 0), 0)
  return table({
    caption: 'How long pods took to each step',
    note: 'From the create request on (deleted: from the delete request); the bar reaches from the fastest to the slowest pod, its mark is the median.',
    columns: [
      text('Step'),
      number('Pods'),
      ...['Min', 'P50', 'P90', 'P95', 'P99', 'Max'].map(number),
      text('Spread'),
      text('Source'),
      number('Error bar'),
    ],
    rows: steps.map(({ step, metric: { statistics, resolution, source } }): Content[] => {
      const shown = (value: number | undefined) => (value === undefined ? '' : figure(value, 's', resolution))
      const { min = 0, max = 0, p50 = 0 } = statistics
      return [
        step,
        count(statistics.count),
        ...[statistics.min, statistics.p50, statistics.p90, statistics.p95, statistics.p99, statistics.max].map(shown),
        bar({ from: min, to: max }, { from: 0, to: greatest }, [p50]),
        source,
        resolution === undefined ? '' : html`±${figure(resolution, 's', resolution)}`,
      ]
    }),
    fixed: true,
  })
}

function imagePulls(runs: readonly Run[]): Html {
  const pulls = runs.flatMap(({ imagePulls }) => imagePulls?.images ?? [])
  const present = runs.reduce((sum, { imagePulls }) => sum + (imagePulls?.alreadyPresent ?? 0), 0)
  const note =
    present === 0
      ? undefined
      : html`<p class="note">The image of ${wholeNumber(present)} containers was on their node already.</p>`
  return html`${table({
    caption: 'Images that were pulled',
    columns: [text('Image'), number('Pulls'), number('Size')],
    rows: pulls.map(({ image, pulls: times, bytes }) => [image, count(times), figure(bytes, 'B')]),
  })}${note}`
}

const MILESTONES = ['created', 'scheduled', 'started', 'ready'] as const

/** How many pods were as far as that at each moment, by the cluster's own timestamps. */
function podsOverTime({ pods }: Run, which: string): Html {
  const times = (milestone: (typeof MILESTONES)[number]) =>
    pods.flatMap(({ server }) => (server?.[milestone] === undefined ? [] : [Date.parse(server[milestone]) / 1000]))
  const begin = times('created').reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY)
  if (!Number.isFinite(begin)) return html``
  const curves = MILESTONES.flatMap((milestone) => {
    const seconds = Map.groupBy(times(milestone), (time) => time - begin)
    const moments = [...seconds.keys()].toSorted((a, b) => a - b)
    let sum = 0
    const y = moments.map((moment) => (sum += seconds.get(moment)?.length ?? 0))
    return moments.length === 0 ? [] : [{ label: milestone, x: [0, ...moments], y: [0, ...y] }]
  })
  const last = (curve: (typeof curves)[number]) =>
    `${wholeNumber(curve.y.at(-1) ?? 0)} ${curve.label} after ${curve.x.at(-1)} s`
  const moments = [...new Set(curves.flatMap(({ x }) => x))].toSorted((a, b) => a - b)
  const upTo = ({ x, y }: (typeof curves)[number], moment: number) => y[x.findLastIndex((at) => at <= moment)] ?? 0
  return plotFigure({
    title: `Pods over time${which}`,
    note: "By the cluster's own timestamps, which are whole seconds; 0 is the first pod's creation.",
    plot: {
      kind: 'steps',
      xLabel: 'time',
      xUnit: 's',
      xScale: 'linear',
      yLabel: 'pods',
      yUnit: 'count',
      series: curves.map((curve) => ({
        ...curve,
        x: [...curve.x, moments.at(-1) ?? 0],
        y: [...curve.y, curve.y.at(-1) ?? 0],
      })),
    },
    alternative: `${curves.map(last).join(', ')}.`,
    figures: table({
      caption: `Pods over time${which}`,
      columns: [number('Second'), ...curves.map(({ label }) => number(label))],
      rows: moments.map((moment) => [String(moment), ...curves.map((curve) => count(upTo(curve, moment)))]),
      fixed: true,
    }),
  })
}

const STEP_WORDS: Readonly<Record<NonNullable<SlowPod['step']>, string>> = {
  scheduled: 'scheduling',
  sandboxReady: 'sandbox and network',
  imagePulled: 'pulling images',
  initialized: 'init containers',
  started: 'starting containers',
  ready: 'getting ready',
}

function slowestPods(runs: readonly Run[], metrics: readonly Metric[]): Html {
  const slowest = runs
    .flatMap(({ slowestPods = [] }) => slowestPods)
    .toSorted((a, b) => b.readySeconds - a.readySeconds)
  const resolution = metrics.find(({ name, source }) => name === 'pod_ready_latency' && source === 'watch')?.resolution
  const greatest = slowest[0]?.readySeconds ?? 0
  return table({
    caption: 'The pods that took longest to get ready',
    note: 'With the step that took most of it, and how much longer that was than for half of all pods.',
    columns: [
      text('Pod'),
      text('Node'),
      number('Ready after'),
      text('Time'),
      text('Mostly'),
      number('It took'),
      number('Beyond median'),
    ],
    rows: slowest.map(({ namespace, name, node, readySeconds, step, seconds, excessSeconds }): Content[] => [
      `${namespace}/${name}`,
      node ?? noData,
      figure(readySeconds, 's', resolution),
      bar({ from: 0, to: readySeconds }, { from: 0, to: greatest }),
      step === undefined ? '' : STEP_WORDS[step],
      seconds === undefined ? '' : figure(seconds, 's', resolution),
      excessSeconds === undefined ? '' : figure(excessSeconds, 's'),
    ]),
  })
}

function slowNodes(runs: readonly Run[]): Html {
  return table({
    caption: 'Nodes that are slower than all others',
    columns: [text('Node'), text('Step'), number('Median'), number('Elsewhere'), number('Pods'), number('P')],
    rows: runs
      .flatMap(({ slowNodes: nodes = [] }) => nodes)
      .map(({ node, step, medianSeconds, elsewhereSeconds, pods, p }) => [
        node,
        STEP_WORDS[step],
        figure(medianSeconds, 's'),
        figure(elsewhereSeconds, 's'),
        count(pods),
        p < 0.001 ? '< 0.001' : p.toFixed(3),
      ]),
  })
}

function notMeasured(runs: readonly Run[]): Html {
  const pods = runs
    .flatMap(({ pods: all }) => all)
    .filter((pod): pod is PodDetail & { notMeasured: string } => pod.notMeasured !== undefined)
  return table({
    caption: `Pods without a figure: ${wholeNumber(pods.length)}`,
    columns: [text('Pod'), text('Node'), { title: 'Why', wide: true }],
    rows: pods.map(({ namespace, name, node, notMeasured: why }) => [
      `${namespace}/${name}`,
      node ?? 'not bound to a node',
      why,
    ]),
    most: 100,
  })
}

function jobs(runs: readonly Run[]): Html {
  return table({
    caption: 'Jobs of the configuration',
    columns: [text('Job'), text('Started'), number('Duration'), number('Churn')],
    rows: runs
      .flatMap(({ jobs: all = [] }) => all)
      .map(({ name, startedAt, durationSeconds, churn }) => [
        name,
        startedAt,
        figure(durationSeconds, 's'),
        churn === undefined ? '' : figure(churn.durationSeconds, 's'),
      ]),
  })
}
