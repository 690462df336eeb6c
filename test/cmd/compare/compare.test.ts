import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from '../../../cmd/root.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { sampledMetric } from '../../../lib/stats/metric.ts'
import { figure, runOf } from '../../lib/compare/runs.ts'
import { fakeContext } from '../fake-context.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compare-'))
  for (const [index, value] of [100, 101, 102, 103, 104].entries()) {
    await write(`before/${index}/run.json`, density(value, 1))
    await write(`after/${index}/run.json`, density(value * 0.8, 1))
    await write(`same/${index}/run.json`, density(value, 1.001))
  }
  await write('upgraded/run.json', density(100, 1, { cluster: { ...environment, serverVersion: 'v1.35.0' } }))
  await write('larger/run.json', density(100, 1, { parameters: { iterations: 50 } }))
  await write('aborted/run.json', density(100, 1, { outcome: 'aborted' }))
  await write('other/run.json', runOf([], { kind: 'netperf' }))
  await mkdir(join(folder, 'empty'))
  await mkdir(join(folder, 'killed'))
  await writeFile(join(folder, 'killed/samples.ndjson'), '')
  await writeFile(join(folder, 'notes.txt'), 'hello')
})
afterAll(() => rm(folder, { recursive: true }))

const environment = { serverVersion: 'v1.34.4', nodes: 2, context: 'kind', platform: 'linux/amd64' }

function density(rate: number, latency: number, parts: Partial<RunRecord> = {}): RunRecord {
  const latencies = sampledMetric('pod_ready_latency', [latency, latency * 1.1, latency * 1.2], { source: 'watch' })
  return runOf([latencies, figure('pod_create_throughput', rate), figure('pod_delete_throughput', 7)], parts)
}

async function write(name: string, record: RunRecord): Promise<void> {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, JSON.stringify(record))
}

async function compare(...argv: string[]) {
  const fake = fakeContext()
  const exitCode = await run(['compare', ...argv], { ...fake.context, workingDirectory: folder })
  return { exitCode, stdout: fake.stdout(), stderr: fake.stderr() }
}

test('what gates and what differs, and what it comes to', async () => {
  const { exitCode, stdout, stderr } = await compare('before', 'after')
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  expect(stdout).toMatchInlineSnapshot(`
    "METRIC                   BASE      NEW   CHANGE   95%-INTERVAL           P     N   VERDICT
    pod_ready_latency.p50   1.10s    1.10s        ~   +0.0% to +0.0%     1.000   5+5
    pod_create_throughput   102/s   81.6/s   -20.0%   -22.3% to -17.6%   0.016   5+5   worse

    1 worse, 0 better, 0 changed, 2 without a difference shown of 3 figures, 5 runs against 5 runs.
    "
  `)
})

test('a regression beyond the limit ends with 99, one within it with 0', async () => {
  const failed = await compare('before', 'after', '--fail-on-regression', '5%')
  expect(failed.exitCode).toBe(99)
  expect(failed.stdout).toContain('FAILED: 1 of 2 figures that gate is worse by more than 5%.')
  const passed = await compare('before', 'after', '--fail-on-regression', '25')
  expect(passed.exitCode).toBe(0)
  expect(passed.stdout).toContain('PASSED: none of 2 figures that gate is shown to be worse by more than 25%.')
  const other = await compare('before', 'after', '--fail-on-regression', '5%', '--metric', 'pod_ready_latency')
  expect(other.exitCode).toBe(0)
})

test('JUnit has a failure for each regression', async () => {
  const { exitCode, stdout } = await compare('before', 'after', '--fail-on-regression', '5%', '-o', 'junit')
  expect(exitCode).toBe(99)
  expect(stdout).toContain('<testsuites name="kubectl-perf" tests="2" failures="1"')
  expect(stdout).toContain('name="Regression pod_create_throughput"')
  expect(stdout).toContain('message="pod_create_throughput of after is 81.6/s, was 102/s: -20.0% (')
})

test('too few runs conclude nothing: a gate does not open', async () => {
  const shown = await compare('before/0', 'after/0')
  expect(shown.exitCode).toBe(0)
  expect(shown.stdout).toMatchInlineSnapshot(`
    "METRIC                   BASE      NEW   CHANGE   95%-INTERVAL   P     N   VERDICT
    pod_ready_latency.p50   1.10s    1.10s    +0.0%   -              -   1+1   too few
    pod_create_throughput   100/s   80.0/s   -20.0%   -              -   1+1   too few

    Nothing can be concluded from 1 run against 1 run: at least 5 runs on each side are needed.
    "
  `)
  const gated = await compare('before/0', 'after/0/run.json', '--fail-on-regression', '5%')
  expect(gated.exitCode).toBe(1)
  expect(gated.stdout).toContain('NO DATA: Nothing can be concluded from 1 run against 1 run: at least 5')
})

test('a metric that should gate and has no figure on both sides opens no gate, and is named', async () => {
  const [, , ...limit] = ['before', 'after', '--fail-on-regression', '50%']
  const named = await compare('before', 'after', ...limit, '--metric', 'pod_ready_latency,pod_deleted_latency')
  expect(named.exitCode).toBe(1)
  expect(named.stdout).toContain('NO DATA: of pod_deleted_latency, which should gate, no figure is on both sides. ')
  for (const index of [0, 1, 2, 3, 4]) {
    const { metrics, ...record } = density(100 + index, 1)
    await write(`lacking/${index}/run.json`, { ...record, metrics: metrics.slice(1) })
  }
  const lacking = await compare('before', 'lacking', ...limit)
  expect(lacking.exitCode).toBe(1)
  expect(lacking.stdout).toContain('NO DATA: of pod_ready_latency, which should gate, no figure is on both sides. ')
  expect(lacking.stdout).toContain('5 runs against 5 runs. 1 metric has figures that one side lacks.')
})

test('what two sides have from different sources is listed, not compared, and opens no gate', async () => {
  const nodes = (source: string) =>
    ['a', 'b'].map((node) => ({ ...figure('node_cpu_usage', 0.5, { node, when: 'peak' }), unit: 'cores', source }))
  for (const index of [0, 1, 2, 3, 4]) {
    const { metrics, ...record } = density(100 + index, 1)
    const [latency, ...others] = metrics
    const coarse = { ...latency, source: 'status' }
    await write(`watched/${index}/run.json`, { ...record, metrics: [...metrics, ...nodes('kubelet')] as never })
    await write(`told/${index}/run.json`, {
      ...density(100 + index, 1),
      metrics: [coarse, ...others, ...nodes('metrics-api')] as never,
    })
  }
  const { exitCode, stdout, stderr } = await compare('watched', 'told', '--fail-on-regression', '5%')
  expect(exitCode).toBe(1)
  expect(stderr).toBe('')
  expect(stdout).toMatchInlineSnapshot(`
    "METRIC                   BASE     NEW   CHANGE   95%-INTERVAL         P     N
    pod_create_throughput   102/s   102/s        ~   -2.9% to +3.0%   1.000   5+5

    NOT-COMPARED        SERIES     BASE-FROM   NEW-FROM
    pod_ready_latency              watch       status
    node_cpu_usage      2 series   kubelet     metrics-api

    NO DATA: of pod_ready_latency, which should gate, no figure is on both sides from the same source. 0 worse, 0 better, 0 changed, 2 without a difference shown of 2 figures, 5 runs against 5 runs. 2 metrics have figures of different sources, which do not compare.
    "
  `)
  const markdown = await compare('watched', 'told', '-o', 'markdown')
  expect(markdown.stdout).toContain(
    '| WARNING | told: pod_ready_latency is from status, was from watch: figures of different sources do not compare |',
  )
  const { details, findings } = JSON.parse((await compare('watched', 'told', '-o', 'json')).stdout) as RunRecord
  expect(details).toMatchObject({
    comparisons: [
      {
        incomparable: [
          { metric: 'pod_ready_latency', labels: {}, baseSources: ['watch'], nextSources: ['status'] },
          { metric: 'node_cpu_usage', labels: { node: 'a', when: 'peak' } },
          { metric: 'node_cpu_usage', labels: { node: 'b', when: 'peak' } },
        ],
      },
    ],
  })
  expect(findings.map(({ code, message }) => `${code} ${message}`)).toContain(
    'UnlikeSources told: node_cpu_usage (2 series) is from metrics-api, was from kubelet: figures of different sources do not compare',
  )
  expect((await compare('watched', 'told', '-o', 'html')).stdout).toContain('Metrics with figures that do not compare')
})

test('the figures that the conclusion counts are all', async () => {
  for (const [index, value] of [100, 101, 102, 103, 104].entries()) {
    const record = density(value, 1)
    const metrics = record.metrics.filter(({ name }) => index === 0 || name !== 'pod_delete_throughput')
    await write(`partly/${index}/run.json`, { ...record, metrics })
  }
  const { stdout } = await compare('before', 'partly')
  expect(stdout).toContain(
    '0 worse, 0 better, 0 changed, 2 without a difference shown, 1 with too few measurements of 3 figures, 5 runs',
  )
})

test('several against one base, each by itself; names with commas are one side', async () => {
  const { stdout } = await compare('before', 'after', 'same/0,same/1,same/2,same/3,same/4')
  expect(stdout).toContain('before → after\n')
  expect(stdout).toContain('before → same/0,same/1,same/2,same/3,same/4\n')
})

test('Markdown for a pull request', async () => {
  const { stdout } = await compare('before', 'after', '-o', 'markdown')
  expect(stdout).toMatchInlineSnapshot(`
    "### kubectl perf compare, density: before → after

    1 worse, 0 better, 0 changed, 2 without a difference shown of 3 figures, 5 runs against 5 runs.

    | METRIC | BASE | NEW | CHANGE | 95%-INTERVAL | P | N | VERDICT |
    | --- | ---: | ---: | ---: | --- | ---: | ---: | --- |
    | pod_ready_latency.p50 | 1.10s | 1.10s | \\~ | +0.0% to +0.0% | 1.000 | 5+5 |  |
    | pod_create_throughput | 102/s | 81.6/s | -20.0% | -22.3% to -17.6% | 0.016 | 5+5 | worse |

    <details><summary>All figures</summary>

    | METRIC | BASE | NEW | CHANGE | 95%-INTERVAL | P | N | VERDICT |
    | --- | ---: | ---: | ---: | --- | ---: | ---: | --- |
    | pod_ready_latency.p50 | 1.10s | 1.10s | \\~ | +0.0% to +0.0% | 1.000 | 5+5 |  |
    | pod_create_throughput | 102/s | 81.6/s | -20.0% | -22.3% to -17.6% | 0.016 | 5+5 | worse |
    | pod_delete_throughput | 7.00/s | 7.00/s | \\~ | +0.0% to +0.0% | 1.000 | 5+5 |  |

    </details>
    "
  `)
})

test('JSON has every figure with its measurements', async () => {
  const { stdout } = await compare('before', 'after', '-o', 'json')
  const record = JSON.parse(stdout) as RunRecord
  expect(record).toMatchObject({ kind: 'compare', outcome: 'passed' })
  expect(record.details).toMatchObject({
    measuredKind: 'density',
    comparisons: [{ unit: 'run', base: { name: 'before' }, figures: [{ metric: 'pod_ready_latency' }, {}, {}] }],
  })
})

test('another environment is told, and compared', async () => {
  const { exitCode, stderr } = await compare('before/0', 'upgraded')
  expect(exitCode).toBe(0)
  expect(stderr).toBe('Warning: upgraded: Kubernetes is v1.35.0, was v1.34.4\n')
})

test.each([
  [['before/0', 'larger'], 'the runs of "before/0" and "larger" did not measure the same: --iterations 10 and 50'],
  [['before/0', 'other'], '"before/0" is of density, "other" of netperf: runs of different commands do not compare'],
  [['before/0', 'aborted'], / in "aborted" is not complete: it ended as aborted/],
  [
    ['before/0', 'nowhere'],
    /^error: no run at "nowhere"\n {2}a run is the directory that --output-dir wrote, or its run.json\n/,
  ],
  [['before/0', 'empty'], 'no run in directory "empty": no run.json'],
  [['before/0', 'killed'], 'the run in "killed" did not end: it has no run.json'],
  [['before/0', 'notes.txt'], '"notes.txt" is not JSON'],
  [['before/0,before', 'after'], / is in "before\/0,before" twice/],
  [['before/0', 'before/0'], /run \w+ is on both sides, in "before\/0"\n/],
  [['before/0', 'after/0', 'before/0/run.json'], / is on both sides, in "before\/0" and in "before\/0\/run.json"\n/],
  [['before', 'before/1,before/2,after', '--force'], / and 1 more are on both sides, in "before" and in /],
  [['before/0'], /NEW/],
  [['before/0', 'after/0', '--fail-on-regression', 'much'], 'must be a percentage such as 5%'],
  [['before/0', 'after/0', '--metric', 'pods_created'], 'is neither better high nor low, and cannot gate'],
  [['before/0', 'after/0', '--metric', 'pod_redy_latency'], 'did you mean "pod_ready_latency"?'],
])('%j is refused', async (argv, message) => {
  const { exitCode, stdout, stderr } = await compare(...argv)
  expect(exitCode).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toMatch(message)
})

test('how a result is shown, and what is logged, does not make runs unlike', async () => {
  await write('shown/run.json', density(100, 1, { parameters: { iterations: 10, v: 4, top: 3, sort: 'name' } }))
  expect(await compare('before/0', 'shown')).toMatchObject({ exitCode: 0, stderr: '' })
})

test('--force compares what is unlike, and says so', async () => {
  const larger = await compare('before/0', 'larger', '--force')
  expect(larger.exitCode).toBe(0)
  expect(larger.stderr).toBe('Warning: larger: --iterations is 50, was 10\n')
  const aborted = await compare('before/0', 'aborted', '--force')
  expect(aborted.stderr).toMatch(/^Warning: run \w+ in "aborted" is not complete: it ended as aborted\n$/)
})
