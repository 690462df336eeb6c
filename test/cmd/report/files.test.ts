import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RUNS, recordedRun, reportRuns } from './report-runs.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'))
  await symlink(RUNS, join(folder, 'runs'))
})
afterAll(() => rm(folder, { recursive: true }))

const report = (argv: readonly string[]) => reportRuns(argv, { workingDirectory: folder })

test('CSV has a row for each series', async () => {
  const { stdout } = await report(['runs/maxpods-check', '-o', 'csv'])
  expect(stdout).toMatchInlineSnapshot(`
    "run,kind,started_at,metric,unit,source,label_limit,label_node,label_reason,value,count,min,mean,stddev,ci95,p05,p50,p90,p95,p99,p999,max,resolution
    7if7my,maxpods-check,2026-11-21T13:42:12.577Z,cluster_allocatable_pods,count,api,,,,220,,,,,,,,,,,,,
    7if7my,maxpods-check,2026-11-21T13:42:12.577Z,cluster_running_pods,count,api,,,,3,,,,,,,,,,,,,
    7if7my,maxpods-check,2026-11-21T13:42:12.577Z,cluster_free_pods,count,api,,,,217,,,,,,,,,,,,,
    7if7my,maxpods-check,2026-11-21T13:42:12.577Z,pending_pods,count,api,,,none,0,,,,,,,,,,,,,
    7if7my,maxpods-check,2026-11-21T13:42:12.577Z,node_allocatable_pods,count,api,,node-a,,110,,,,,,,,,,,,,
    7if7my,maxpods-check,2026-11-21T13:42:12.577Z,node_running_pods,count,api,,node-a,,1,,,,,,,,,,,,,
    7if7my,maxpods-check,2026-11-21T13:42:12.577Z,node_free_pods,count,api,,node-a,,109,,,,,,,,,,,,,
    7if7my,maxpods-check,2026-11-21T13:42:12.577Z,node_max_pods,count,api,kubelet maxPods,node-a,,110,,,,,,,,,,,,,
    7if7my,maxpods-check,2026-11-21T13:42:12.577Z,node_max_pods,count,api,Cilium IPAM,node-a,,254,,,,,,,,,,,,,
    7if7my,maxpods-check,2026-11-21T13:42:12.577Z,node_max_pods,count,api,effective,node-a,,110,,,,,,,,,,,,,
    7if7my,maxpods-check,2026-11-21T13:42:12.577Z,node_allocatable_pods,count,api,,node-b,,110,,,,,,,,,,,,,
    7if7my,maxpods-check,2026-11-21T13:42:12.577Z,node_running_pods,count,api,,node-b,,2,,,,,,,,,,,,,
    7if7my,maxpods-check,2026-11-21T13:42:12.577Z,node_free_pods,count,api,,node-b,,108,,,,,,,,,,,,,
    7if7my,maxpods-check,2026-11-21T13:42:12.577Z,node_max_pods,count,api,kubelet maxPods,node-b,,110,,,,,,,,,,,,,
    7if7my,maxpods-check,2026-11-21T13:42:12.577Z,node_max_pods,count,api,Cilium IPAM,node-b,,255,,,,,,,,,,,,,
    7if7my,maxpods-check,2026-11-21T13:42:12.577Z,node_max_pods,count,api,effective,node-b,,110,,,,,,,,,,,,,
    "
  `)
})

test('CSV with a directory has every sample too', async () => {
  const { stderr } = await report(['runs/density', 'runs/interrupted', '-q', '-o', 'csv', '--output-dir', 'csv'])
  expect(stderr).toBe('')
  const records = [await recordedRun('density'), await recordedRun('interrupted')]
  const [metrics = '', samples = ''] = await Promise.all(
    ['metrics', 'samples'].map((name) => readFile(join(folder, `csv/${name}.csv`), 'utf8')),
  )
  expect(metrics).toBe((await report(['runs/density', 'runs/interrupted', '-q', '-o', 'csv'])).stdout)
  const [head = '', ...rows] = samples.trimEnd().split('\n')
  const [runColumn, metricColumn, valueColumn] = ['run', 'metric', 'value'].map((name) => head.split(',').indexOf(name))
  const seen = rows
    .map((row) => row.split(','))
    .map((cells) => [runColumn, metricColumn, valueColumn].map((c) => cells[c ?? -1]))
  const expected = records.flatMap(({ runId, metrics }) =>
    metrics.flatMap(({ name, samples: values = [] }) => values.map((value) => [runId, name, String(value)])),
  )
  expect(seen).toEqual(expected)
})

test.each([
  [
    'kube-burner',
    ['jobSummary.json', 'podLatencyMeasurement-density-pods.json', 'podLatencyQuantilesMeasurement-density-pods.json'],
  ],
  [
    'perfdash',
    [
      'GenericPrometheusQuery Client API latency_density_2026-11-21T13-41-36Z.json',
      'PodStartupLatency_PodStartupLatency_density_2026-11-21T13-41-36Z.json',
      'SchedulingThroughput_density_2026-11-21T13-41-36Z.json',
    ],
  ],
])('%s: the files that the run itself wrote, byte for byte', async (format, names) => {
  const ended = await report(['runs/density', '-o', format, '--output-dir', `made/${format}`])
  expect(ended).toEqual({ exitCode: 0, stdout: '', stderr: `3 files in "made/${format}"\n` })
  expect(await readdir(join(folder, 'made', format))).toEqual(names)
  for (const name of names) {
    expect(await readFile(join(folder, 'made', format, name))).toEqual(await readFile(join(RUNS, 'density', name)))
  }
  const again = await report(['runs/density', '-o', format, '--output-dir', `made/${format}`])
  expect(again.exitCode).toBe(0)
})

test('files of several runs have a directory for each; a file that says something else stays', async () => {
  const several = ['runs/density', 'runs/interrupted', '-q', '-o', 'kube-burner', '--output-dir', 'several']
  expect((await report(several)).exitCode).toBe(0)
  expect((await readdir(join(folder, 'several'))).toSorted()).toEqual(
    [(await recordedRun('density')).runId, (await recordedRun('interrupted')).runId].toSorted(),
  )
  await mkdir(join(folder, 'taken'))
  await writeFile(join(folder, 'taken/jobSummary.json'), '[]')
  const refused = await report(['runs/density', '-o', 'kube-burner', '--output-dir', 'taken'])
  expect(refused.exitCode).toBe(2)
  expect(refused.stderr).toMatchInlineSnapshot(`
    "error: "taken/jobSummary.json" is there already, and says something else
      name another directory with --output-dir
    See 'kubectl perf report --help' for usage.
    "
  `)
  expect(await readdir(join(folder, 'taken'))).toEqual(['jobSummary.json'])
})
