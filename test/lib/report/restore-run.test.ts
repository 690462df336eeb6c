import { appendFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { restoreRun } from '../../../lib/report/restore-run.ts'
import { prepareRunDirectory, type RunStart } from '../../../lib/report/run-directory.ts'
import { densityRecord } from './density-record.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restore-run-'))
})
afterEach(() => rm(folder, { recursive: true }))

const { schemaVersion, kind, runId, tool, startedAt, cluster, parameters } = densityRecord()
const start: RunStart = { schemaVersion, kind, runId, tool, startedAt, cluster, parameters }

/** As a run leaves it that is killed after these samples. */
async function killed(samples: readonly [metric: string, labels: Record<string, string>, t: number, value: number][]) {
  const directory = await prepareRunDirectory(folder, () => {})
  await directory.create(start)
  for (const [metric, labels, t, value] of samples) directory.sample({ metric, labels, t, value })
  await directory.abandon()
}

test('what was known of a killed run: how it began, and the statistics of its samples so far', async () => {
  const pod = (name: string) => ({ namespace: 'perf-3f9kq2-0', pod: name, node: 'node-a' })
  await killed([
    ['pod_ready_latency', pod('a'), 1.5, 0.7],
    ['pod_ready_latency', pod('b'), 2.25, 0.9],
    ['bpf_map_pressure', { node: 'node-a', map: 'ct4_global' }, 2, 0.5],
    ['bpf_map_pressure', { node: 'node-b', map: 'ct4_global' }, 2, 0.25],
    ['of_a_newer_version', {}, 3, 1],
  ])
  await appendFile(join(folder, 'samples.ndjson'), '{"metric":"pod_ready_lat')
  expect(await readdir(folder)).toContain('run-start.json')
  const record = await restoreRun('runs/1', folder)
  expect(record).toMatchObject({ ...start, outcome: 'aborted', finishedAt: '2026-11-20T10:00:02.373Z', details: {} })
  expect(
    record.metrics.map(({ name, labels, statistics, samples }) => ({ name, labels, statistics, samples })),
  ).toEqual([
    {
      name: 'pod_ready_latency',
      labels: {},
      statistics: expect.objectContaining({ count: 2, min: 0.7, max: 0.9, p50: 0.7 }) as object,
      samples: [0.7, 0.9],
    },
    { name: 'bpf_map_pressure', labels: { node: 'node-a', map: 'ct4_global' }, ...one(0.5) },
    { name: 'bpf_map_pressure', labels: { node: 'node-b', map: 'ct4_global' }, ...one(0.25) },
  ])
  expect(record.findings).toEqual([
    {
      severity: 'error',
      code: 'RunFailed',
      message: 'the run was killed before it wrote its result: what is known are its 4 samples',
      advice: 'what it left in the cluster is removed by "kubectl perf cleanup --run 3f9kq2"',
    },
  ])
})

function one(value: number) {
  return { statistics: expect.objectContaining({ count: 1, min: value, max: value }) as object, samples: [value] }
}

test('lines of samples that are damaged are left out and counted; the last one may have been cut off', async () => {
  await killed([['pod_ready_latency', {}, 1, 0.5]])
  const damaged = [
    'null',
    '{"metric":"pod_ready_latency","labels":null,"t":1,"value":1}',
    '{"metric":"pod_ready_latency","labels":{"node":5},"t":1,"value":1}',
    '{"metric":"pod_ready_latency","labels":{},"t":1,"value":1e999}',
    '{"metric":"pod_ready_latency","labels":{},"t":1e300,"value":1}',
  ]
  const good = '{"metric":"pod_ready_latency","labels":{},"t":-2,"value":0.75}'
  await appendFile(join(folder, 'samples.ndjson'), `${damaged.join('\n')}\n${good}\n{"metric":`)
  const { metrics, findings, finishedAt } = await restoreRun('runs/1', folder)
  expect(metrics.map(({ samples }) => samples)).toEqual([[0.5, 0.75]])
  expect(finishedAt).toBe('2026-11-20T10:00:01.123Z')
  expect(findings[1]).toEqual({
    severity: 'warning',
    code: 'DamagedSamples',
    message: '5 lines of samples.ndjson are damaged and left out',
    count: 5,
  })
})

test.each([
  ['no samples', () => killed([]), 'the run in "runs/1" did not end, and has no samples'],
  [
    'no start',
    async () => {
      await killed([['pod_ready_latency', {}, 1, 1]])
      await rm(join(folder, 'run-start.json'))
    },
    'the run in "runs/1" did not end, and does not say what it was: no run-start.json',
  ],
  [
    'a start that is cut off',
    async () => {
      await killed([['pod_ready_latency', {}, 1, 1]])
      await writeFile(join(folder, 'run-start.json'), '{"schemaVersion": 1,')
    },
    '"runs/1/run-start.json" is not JSON: ',
  ],
  [
    'a start of something else',
    async () => {
      await killed([['pod_ready_latency', {}, 1, 1]])
      await writeFile(join(folder, 'run-start.json'), '{"schemaVersion": 1, "startedAt": "2026-11-20T10:00:00Z"}')
    },
    '"runs/1/run-start.json" is not the record of a kubectl-perf run',
  ],
  [
    'a start that is nothing',
    async () => {
      await killed([['pod_ready_latency', {}, 1, 1]])
      await writeFile(join(folder, 'run-start.json'), 'null')
    },
    '"runs/1/run-start.json" is not the record of a kubectl-perf run',
  ],
  [
    'a start without a time',
    async () => {
      await killed([['pod_ready_latency', {}, 1, 1]])
      await writeFile(join(folder, 'run-start.json'), JSON.stringify({ ...start, startedAt: 'yesterday' }))
    },
    '"runs/1/run-start.json" is damaged: /startedAt: ',
  ],
  [
    'a directory in the place of the samples',
    async () => {
      await killed([['pod_ready_latency', {}, 1, 1]])
      await rm(join(folder, 'samples.ndjson'))
      await mkdir(join(folder, 'samples.ndjson'))
    },
    'cannot read "runs/1/samples.ndjson": ',
  ],
])('%s is too little', async (_, prepare, message) => {
  await prepare()
  const restored = restoreRun('runs/1', folder)
  await expect(restored).rejects.toThrow(message)
  await expect(restored).rejects.toMatchObject({ name: 'UsageError' })
})
