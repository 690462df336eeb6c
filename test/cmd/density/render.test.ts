import { expect, test } from 'vitest'
import { renderDensity } from '../../../cmd/density/render.ts'
import type { RenderOptions } from '../../../cmd/render-record.ts'
import type { Finding, Metric, RunRecord } from '../../../lib/record/run-record.ts'
import { valueMetric } from '../../../lib/stats/metric.ts'
import { densityRecord } from '../../lib/report/density-record.ts'

const cleanUpCommand = 'kubectl perf cleanup --run 3f9kq2 -y'

function render(record: RunRecord, options: Partial<RenderOptions> = {}): string {
  return renderDensity(record, { wide: false, headers: true, color: false, ...options })
}

function usage(node: string, cores: readonly number[], bytes: readonly number[]): Metric[] {
  return ['before', 'peak', 'after'].flatMap((when, index) => [
    valueMetric('node_cpu_usage', cores[index] ?? 0, { labels: { node, when }, source: 'metrics-api' }),
    valueMetric('node_memory_usage', bytes[index] ?? 0, { labels: { node, when }, source: 'metrics-api' }),
  ])
}

function withMetrics(...metrics: Metric[]): RunRecord {
  const record = densityRecord()
  return { ...record, metrics: [...record.metrics, ...metrics] }
}

test('a run that passed', () => {
  expect(`\n${render(densityRecord())}`).toMatchInlineSnapshot(`
    "
    PHASE        DURATION   OBJECTS      RATE
    preload         700ms
    namespaces      250ms         3    12.0/s
    create          200ms         3    15.0/s
    ready           3.40s         3   0.882/s
    delete          6.20s         3   0.484/s
    clean-up        2.30s

    POD LATENCY     P50     MAX   PODS   SOURCE   ERROR-BAR
    scheduled      19ms    31ms    3/3   watch    ±1ms
    sandbox+CNI   350ms   480ms    3/3   watch    ±1ms
    initialized   350ms   480ms    3/3   watch    ±1ms
    started       910ms   1.31s    3/3   watch    ±1ms
    ready         980ms   1.39s    3/3   watch    ±1ms
    deleted       1.10s   1.20s    3/3   watch    ±1ms

    SLOWEST               READY   NODE     MOSTLY
    perf-3f9kq2-2/pod-2   1.39s   node-b   starting containers (+270ms)
    perf-3f9kq2-1/pod-1   980ms   node-b   starting containers (560ms)
    perf-3f9kq2-0/pod-0   703ms   node-a   getting ready (62ms)

    THROUGHPUT      MAX   SECONDS
    scheduling   2.00/s         4

    API REQUESTS        COUNT      P50      MAX   THROTTLED
    create pods             3   6.00ms   14.2ms           0
    create namespaces       3   5.00ms   11.0ms           0

    API SERVER   COUNT      P50      P90     P99   ERROR-BAR
    POST pods      400   3.00ms   5.50ms   500ms

    THRESHOLD                  OBSERVED   RESULT
    pod_ready_latency.max<5s      1.39s   pass

    PASSED in 13.1s. Nothing left behind.
    "
  `)
})

test('wide: every source, every request, every node', () => {
  const record = withMetrics(
    ...usage('node-a', [0.08, 0.912, 0.11], [2 ** 30, 1.5 * 2 ** 30, 1.1 * 2 ** 30]),
    ...usage('node-b', [0.05, 1.25, 0.1], [2 ** 29, 2 ** 30, 2 ** 29]),
    {
      name: 'scheduler_attempt_latency',
      unit: 's',
      labels: { profile: 'default-scheduler', result: 'scheduled' },
      statistics: { count: 400, mean: 0.001, p50: 0.0008, p90: 0.0018, p99: 0.004 },
      source: 'scheduler-metrics',
    },
  )
  expect(`\n${render(record, { wide: true })}`).toMatchInlineSnapshot(`
    "
    PHASE        DURATION   OBJECTS      RATE
    preload         700ms
    namespaces      250ms         3    12.0/s
    create          200ms         3    15.0/s
    ready           3.40s         3   0.882/s
    delete          6.20s         3   0.484/s
    clean-up        2.30s

    POD LATENCY     MIN    MEAN     P50     MAX   PODS   SOURCE   ERROR-BAR
    scheduled      11ms    20ms    19ms    31ms    3/3   watch    ±1ms
    sandbox+CNI   210ms   347ms   350ms   480ms    3/3   watch    ±1ms
    initialized   210ms   347ms   350ms   480ms    3/3   watch    ±1ms
    started       641ms   954ms   910ms   1.31s    3/3   watch    ±1ms
    ready         703ms   1.02s   980ms   1.39s    3/3   watch    ±1ms
    ready            1s      1s      1s      1s    3/3   status   ±1s
    deleted       900ms   1.07s   1.10s   1.20s    3/3   watch    ±1ms

    SLOWEST               READY   NODE     MOSTLY
    perf-3f9kq2-2/pod-2   1.39s   node-b   starting containers (+270ms)
    perf-3f9kq2-1/pod-1   980ms   node-b   starting containers (560ms)
    perf-3f9kq2-0/pod-0   703ms   node-a   getting ready (62ms)

    THROUGHPUT   MIN     MEAN      MAX   SECONDS
    scheduling   0/s   0.75/s   2.00/s         4

    API REQUESTS        COUNT      MIN     MEAN      P50      MAX   THROTTLED   RETRIES
    create pods             3   5.00ms   8.40ms   6.00ms   14.2ms           0         0
    create namespaces       3   4.90ms   6.97ms   5.00ms   11.0ms           0         0
    delete namespaces       3   4.00ms   4.10ms   4.10ms   4.20ms           0         0

    API SERVER                    SCOPE      DURATION   COUNT     MEAN      P50      P90      P99   ERROR-BAR
    POST pods                     resource   sli          400   4.00ms   3.00ms   5.50ms   9.90ms
    POST pods/binding             resource   sli          400   4.00ms   3.00ms   5.50ms   12.0ms
    LIST pods                     cluster    sli            3   4.00ms   3.00ms        -        -
    POST pods                     resource   total        400   4.00ms   3.00ms   5.50ms    500ms
    default-scheduler scheduled                           400   1.00ms    800µs   1.80ms   4.00ms

    NODE     CPU-BEFORE   CPU-PEAK   CPU-AFTER   MEM-BEFORE   MEM-PEAK   MEM-AFTER
    node-b          50m      1250m        100m        512Mi     1024Mi       512Mi
    node-a          80m       912m        110m       1024Mi     1536Mi      1126Mi

    THRESHOLD                  OBSERVED   RESULT
    pod_ready_latency.max<5s      1.39s   pass

    PASSED in 13.1s. Nothing left behind.
    "
  `)
})

test("the nodes that were busiest, by kubectl top's units", () => {
  const nodes = Array.from({ length: 7 }, (_, index) =>
    usage(`node-${index}`, [0.1, index / 10, 0.1], [2 ** 30, 2 ** 31, 2 ** 30]),
  )
  expect(`\n${block(render(withMetrics(...nodes.flat())), 'NODE ')}`).toMatchInlineSnapshot(`
    "
    NODE     CPU-BEFORE   CPU-PEAK   MEM-BEFORE   MEM-PEAK
    node-6         100m       600m       1024Mi     2048Mi
    node-5         100m       500m       1024Mi     2048Mi
    node-4         100m       400m       1024Mi     2048Mi
    node-3         100m       300m       1024Mi     2048Mi
    node-2         100m       200m       1024Mi     2048Mi
    "
  `)
})

test('a figure that is not known is a dash', () => {
  const [cpu] = usage('node-a', [0.1], [])
  expect(block(render(withMetrics(...(cpu === undefined ? [] : [cpu]))), 'NODE ')).toBe(
    'NODE     CPU-BEFORE   CPU-PEAK   MEM-BEFORE   MEM-PEAK\nnode-a         100m          -            -          -\n',
  )
})

test('why a node of the table has no figure is said below it, in wide among the findings', () => {
  const [cpu] = usage('node-a', [0.1], [])
  const unknown = (node: string, message: string): Finding => ({
    severity: 'info',
    code: 'NodeUsageUnknown',
    message,
    advice: 'let it last',
    objects: [node],
  })
  const record = {
    ...withMetrics(...(cpu === undefined ? [] : [cpu])),
    findings: [unknown('node-a', 'it was over too soon'), unknown('kwok-0', 'no statistics')],
  }
  expect(block(render(record), 'NODE ')).toMatch(/^node-a .*\nit was over too soon {2}→ let it last\n$/m)
  const wide = render(record, { wide: true })
  expect(wide.match(/it was over too soon/g)).toHaveLength(1)
  expect(wide).toMatch(/^INFO +no statistics/m)
})

test('tables that are missing as a whole are named, in wide with the reason', () => {
  const unknown = (code: string): Finding => ({ severity: 'info', code, message: `reason of ${code}` })
  const [forbidden, unmeasured] = [unknown('MetricsForbidden'), unknown('NodeUsageUnknown')]
  const without = (...findings: Finding[]): RunRecord => ({
    ...densityRecord(),
    metrics: densityRecord().metrics.filter(({ name }) => !/^(apiserver_request_latency|node_)/.test(name)),
    findings,
  })
  expect(render(without(forbidden, unmeasured))).toContain(
    '\n\nNo figures of the API server or of nodes: -o wide says why.\n\n',
  )
  expect(render(without(unmeasured))).toContain('\nNo figures of nodes: -o wide says why.\n')
  expect(render(without())).not.toContain('No figures')
  const [cpu] = usage('node-a', [0.1], [])
  const measured = without(forbidden, unmeasured).metrics.concat(cpu ?? [])
  expect(render({ ...without(forbidden, unmeasured), metrics: measured })).toContain('\nNo figures of the API server: ')
  const wide = render(without(forbidden, unmeasured), { wide: true })
  expect(wide).not.toContain('No figures')
  expect(wide).toMatch(/^INFO +reason of MetricsForbidden$/m)
})

test('with --repeat the pods of all runs are counted, and the slowest of all named', () => {
  const record = densityRecord()
  const slow = { namespace: 'n', name: 'p', readySeconds: 9 }
  const text = render({
    ...record,
    metrics: [
      ...record.metrics.filter(({ name }) => name !== 'pods_created'),
      ...['1', '2'].map((run) => valueMetric('pods_created', 3, { labels: { run }, source: 'client' })),
    ],
    details: { ...record.details, repeats: [{ pods: [], slowestPods: [slow] }] },
  })
  expect(text).toMatch(/^ready .* 3\/6 {3}watch/m)
  expect(text).toMatch(/^SLOWEST .*\nn\/p +9\.00s {3}<none>\n/m)
})

test('events tell of a sandbox better than the status that the watch shows', () => {
  const record = densityRecord()
  const events: Metric = {
    name: 'pod_sandbox_ready_latency',
    unit: 's',
    labels: {},
    statistics: { count: 3, p50: 0.2134, max: 0.3512 },
    source: 'events',
    resolution: 0.01,
  }
  const lines = render({ ...record, metrics: [...record.metrics, events] }).split('\n')
  expect(lines.filter((line) => line.startsWith('sandbox'))).toEqual([
    'sandbox+CNI   210ms   350ms    3/3   events   ±10ms',
  ])
})

test('pods that did not get ready: how many, why, and what to do', () => {
  const { metrics } = densityRecord()
  const record = densityRecord({
    outcome: 'error',
    metrics: metrics.filter(({ name }) => ['pods_created', 'pod_scheduled_latency'].includes(name)),
    thresholds: [{ expression: 'pod_ready_latency.max<5s', observed: null, unit: 's', passed: false }],
    details: { cleanUpCommand, pods: [] },
    findings: [
      { severity: 'error', code: 'RunFailed', message: '0 of 3 pods became ready within 300s' },
      {
        severity: 'error',
        code: 'PodsNotReady',
        message: 'Unschedulable: Too many pods on 2 of 2 nodes',
        advice: 'kubectl perf maxpods-check --pods 3',
        count: 3,
      },
    ],
  })
  expect(`\n${render(record)}`).toMatchInlineSnapshot(`
    "
    PHASE        DURATION   OBJECTS      RATE
    preload         700ms
    namespaces      250ms         3    12.0/s
    create          200ms         3    15.0/s
    ready           3.40s         3   0.882/s
    delete          6.20s         3   0.484/s
    clean-up        2.30s

    POD LATENCY    P50    MAX   PODS   SOURCE   ERROR-BAR
    scheduled     19ms   31ms    3/3   watch    ±1ms
    ready            -      -    0/3

    THRESHOLD                  OBSERVED   RESULT
    pod_ready_latency.max<5s          -   fail (no data)

    FINDING   COUNT   MESSAGE
    ERROR         3   Unschedulable: Too many pods on 2 of 2 nodes  → kubectl perf maxpods-check --pods 3

    FAILED in 13.1s: 0 of 3 pods became ready within 300s. Nothing left behind.
    "
  `)
})

test('a threshold that does not hold, and the series that was the worst', () => {
  const record = densityRecord({
    outcome: 'failed',
    thresholds: [
      { expression: 'pod_ready_latency.max<1s', observed: 1.3904, unit: 's', passed: false },
      {
        expression: 'api_request_latency.max<10ms',
        observed: 0.0142,
        unit: 's',
        passed: false,
        series: { verb: 'create', resource: 'pods' },
      },
      { expression: 'pods_measured>=3', observed: 3, unit: 'count', passed: true },
    ],
  })
  expect(`\n${block(render(record), 'THRESHOLD')}\n${verdict(record)}`).toMatchInlineSnapshot(`
    "
    THRESHOLD                      OBSERVED   RESULT   SERIES
    pod_ready_latency.max<1s          1.39s   fail
    api_request_latency.max<10ms     14.2ms   fail     verb=create,resource=pods
    pods_measured>=3                      3   pass

    FAILED in 13.1s: 2 of 3 thresholds do not hold. Nothing left behind.
    "
  `)
})

test('a run that was stopped, with the phases that it got to', () => {
  const record = densityRecord({
    outcome: 'aborted',
    metrics: [],
    thresholds: [],
    details: { cleanUpCommand, pods: [] },
    phases: [{ name: 'namespaces', startedAt: '2026-11-20T10:00:01.000Z', durationSeconds: 0.25, count: 4 }],
  })
  expect(`\n${render(record)}`).toMatchInlineSnapshot(`
    "
    PHASE        DURATION   OBJECTS     RATE
    namespaces      250ms         4   16.0/s

    ABORTED in 13.1s. Nothing left behind.
    "
  `)
})

test('objects that are left behind, and the command that removes them', () => {
  const record = densityRecord({
    outcome: 'error',
    details: { cleanUpCommand, pods: [] },
    findings: [
      {
        severity: 'error',
        code: 'LeftBehind',
        message: 'namespace perf-3f9kq2-0 is still terminating: finalizer example.com/hold on configmaps "stuck"',
        advice: cleanUpCommand,
        objects: ['perf-3f9kq2-0'],
      },
    ],
  })
  expect(verdict(record)).toBe(
    'FAILED in 13.1s. Objects are left behind: remove with "kubectl perf cleanup --run 3f9kq2 -y".\n',
  )
  expect(`\n${block(render(record, { columns: 80 }), 'FINDING')}`).toMatchInlineSnapshot(`
    "
    FINDING   MESSAGE
    ERROR     namespace perf-3f9kq2-0 is still terminating: finalizer
              example.com/hold on configmaps "stuck"
              → kubectl perf cleanup --run 3f9kq2 -y
    "
  `)
})

test('--keep says how to remove what stays', () => {
  const { parameters, ...record } = densityRecord({ details: { cleanUpCommand, pods: [] } })
  expect(verdict({ ...record, parameters: { ...parameters, keep: true } })).toBe(
    'PASSED in 13.1s. Kept in the cluster: remove with "kubectl perf cleanup --run 3f9kq2 -y".\n',
  )
})

test('without headers the same rows, and a narrow terminal breaks only messages', () => {
  const record = densityRecord({
    findings: [
      {
        severity: 'info',
        code: 'NodeUsage',
        message: 'CPU and memory of 10 nodes are not known: no kubelet',
        count: 10,
      },
    ],
  })
  const titles = /^(PHASE|POD LATENCY|SLOWEST|THROUGHPUT|API REQUESTS|API SERVER|THRESHOLD|FINDING) /
  const withHeaders = render(record).split('\n')
  const without = render(record, { headers: false }).split('\n')
  expect(without.filter((line) => titles.test(line))).toEqual([])
  expect(without).toHaveLength(withHeaders.length - withHeaders.filter((line) => titles.test(line)).length)
  expect(block(render(record, { columns: 50, wide: true }), 'FINDING')).toBe(
    [
      'FINDING   COUNT   MESSAGE',
      'INFO         10   CPU and memory of 10 nodes are',
      '                  not known: no kubelet',
      '',
    ].join('\n'),
  )
})

test('that no image was pulled is said where the figure would be', () => {
  const record = densityRecord()
  const imagePulls = { pulled: 0, alreadyPresent: 3, images: [] }
  const text = render({ ...record, details: { ...record.details, imagePulls } })
  expect(block(text, 'POD LATENCY')).toContain('\nimage-pull        -       -      0   image present\ninitialized ')
})

test('the default tables fit 80 columns', () => {
  const record = withMetrics(...usage('ip-10-0-1-23.ec2.internal', [0.08, 0.912, 0.11], [2 ** 30, 2 ** 31, 2 ** 30]))
  for (const line of render(record, { columns: 80 }).split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
})

test.each([
  ['passed', '\u001b[32mPASSED\u001b[39m in'],
  ['failed', '\u001b[31mFAILED\u001b[39m in'],
  ['error', '\u001b[31mFAILED\u001b[39m in'],
  ['aborted', '\u001b[33mABORTED\u001b[39m in'],
  ['no-data', '\u001b[33mNO DATA\u001b[39m in'],
] as const)('only the word of the verdict is colored: %s', (outcome, word) => {
  const text = render(densityRecord({ outcome }), { color: true })
  expect(text).toContain(word)
  expect(text.replaceAll(/\u001b\[\d+m/g, '')).toBe(render(densityRecord({ outcome })))
  expect(text.match(/\u001b/g)).toHaveLength(2)
})

test('what a cluster sends cannot move the cursor or break a line', () => {
  const finding = { severity: 'error', code: 'RunFailed', message: 'bad \u001b[2J\nnews', advice: '\u001b[1m' } as const
  const text = render(densityRecord({ outcome: 'error', findings: [finding, { ...finding, code: 'Other' }] }))
  expect(text).not.toContain('\u001b')
  expect(text).toContain('FAILED in 13.1s: bad ^[[2J. Nothing left behind.\n')
})

/** The table whose first line begins so. */
function block(text: string, beginning: string): string {
  return `${text.split('\n\n').find((part) => part.startsWith(beginning)) ?? ''}\n`
}

function verdict(record: RunRecord): string {
  return `${render(record).split('\n').at(-2)}\n`
}
