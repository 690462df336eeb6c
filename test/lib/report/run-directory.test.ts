import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { prepareRunDirectory, type RunDirectory, type RunStart } from '../../../lib/report/run-directory.ts'
import { densityRecord } from './density-record.ts'

let folder: string
let faults: string[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-directory-'))
  faults = []
})
afterEach(() => rm(folder, { recursive: true }))

const record: RunRecord = densityRecord()
const start: RunStart = {
  schemaVersion: 1,
  kind: record.kind,
  runId: record.runId,
  tool: record.tool,
  startedAt: record.startedAt,
  cluster: record.cluster,
  parameters: record.parameters,
}
const sample = { metric: 'pod_ready_latency', labels: { pod: 'p' }, t: 0.5, value: 0.25 }

const prepare = (path: string) => prepareRunDirectory(path, (fault) => void faults.push(fault))
async function create(path: string): Promise<RunDirectory> {
  const directory = await prepare(path)
  await directory.create(start)
  return directory
}

test('a closed directory holds the record, its parts, the samples, the log and an index with checksums', async () => {
  const path = join(folder, 'a/b')
  const directory = await create(path)
  directory.sample(sample)
  directory.log('Creating pods')
  await directory.close(record)
  const read = (name: string) => readFile(join(path, name), 'utf8')
  expect(JSON.parse(await read('run.json'))).toEqual(record)
  expect(JSON.parse(await read('metrics.json'))).toEqual(record.metrics)
  expect(JSON.parse(await read('thresholds.json'))).toEqual(record.thresholds)
  expect(await read('samples.ndjson')).toBe(
    '{"metric":"pod_ready_latency","labels":{"pod":"p"},"t":0.5,"value":0.25}\n',
  )
  expect(await read('run.log')).toMatch(/^\d{4}-.*Z Creating pods\n$/)
  const index = JSON.parse(await read('index.json')) as {
    runId: string
    files: { name: string; kind: string; bytes: number; sha256: string }[]
  }
  expect(index.runId).toBe(record.runId)
  expect(index.files.map(({ name }) => name).toSorted()).toEqual(
    (await readdir(path)).filter((name) => name !== 'index.json').toSorted(),
  )
  expect(Object.fromEntries(index.files.map(({ name, kind }) => [name, kind]))).toEqual({
    'run.json': 'record',
    'metrics.json': 'metrics',
    'thresholds.json': 'thresholds',
    'samples.ndjson': 'samples',
    'run.log': 'log',
    'jobSummary.json': 'kube-burner',
    'podLatencyMeasurement-density-pods.json': 'kube-burner',
    'podLatencyQuantilesMeasurement-density-pods.json': 'kube-burner',
    'PodStartupLatency_PodStartupLatency_density_2026-11-20T10-00-00Z.json': 'perfdash',
    'SchedulingThroughput_density_2026-11-20T10-00-00Z.json': 'perfdash',
    'APIResponsivenessPrometheus_simple_density_2026-11-20T10-00-00Z.json': 'perfdash',
    'GenericPrometheusQuery Client API latency_density_2026-11-20T10-00-00Z.json': 'perfdash',
  })
  for (const { name, bytes, sha256 } of index.files) {
    const content = await readFile(join(path, name))
    expect(bytes).toBe(content.length)
    expect(sha256).toBe(createHash('sha256').update(content).digest('hex'))
  }
  expect(faults).toEqual([])
})

test('nothing is made before the run begins, and its log then has what was said before', async () => {
  const path = join(folder, 'reports/run')
  const directory = await prepare(path)
  directory.log('Context kind-kind')
  directory.sample(sample)
  expect(await readdir(folder)).toEqual([])
  await directory.create(start)
  await directory.create(start)
  directory.log('create (10)')
  await directory.abandon()
  expect(await readdir(path)).toEqual(['run-start.json', 'run.log', 'samples.ndjson'])
  expect(await readFile(join(path, 'run.log'), 'utf8')).toMatch(/^\S+ Context kind-kind\n\S+ create \(10\)\n$/)
  expect(await readFile(join(path, 'samples.ndjson'), 'utf8')).toBe('')
})

test('a run that never began leaves nothing, also when it is abandoned', async () => {
  const directory = await prepare(join(folder, 'run'))
  directory.log('error: forbidden')
  await directory.abandon()
  expect(await readdir(folder)).toEqual([])
})

test('an empty directory is taken, and so is one with files of others', async () => {
  await writeFile(join(folder, 'notes.txt'), 'mine')
  await (await create(folder)).close(record)
  expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('mine')
})

test('another run is refused by its id, one that was cut off as what it is', async () => {
  const directory = await create(folder)
  await expect(prepare(folder)).rejects.toThrow(`directory "${folder}" already holds files of a run that did not end`)
  await directory.close(record)
  await expect(prepare(folder)).rejects.toMatchObject({
    name: 'UsageError',
    message: `directory "${folder}" already holds run ${record.runId}`,
    advice: ['name another directory with --output-dir, or remove the old files'],
  })
})

test('of two runs that begin at once in one directory only one gets it, and its files stay whole', async () => {
  const [first, second] = [await prepare(folder), await prepare(folder)]
  await first.create(start)
  first.sample(sample)
  await expect(second.create(start)).rejects.toThrow('already holds files of a run that did not end')
  await first.close(record)
  expect(await readFile(join(folder, 'samples.ndjson'), 'utf8')).toBe(`${JSON.stringify(sample)}\n`)
})

test.each(['file', 'file/run', 'file/a/b'])('%s below a file is refused at once', async (path) => {
  await writeFile(join(folder, 'file'), '')
  await expect(prepare(join(folder, path))).rejects.toMatchObject({
    name: 'UsageError',
    message: `"${join(folder, 'file')}" is not a directory`,
  })
})

test('a name that the file system does not take is refused before anything is made', async () => {
  const path = join(folder, 'x'.repeat(300))
  await expect(prepare(path)).rejects.toMatchObject({
    name: 'PerfError',
    message: expect.stringMatching(/^cannot write to directory "\S+x": ENAMETOOLONG: /) as string,
  })
})

test('when the second file cannot be made, the first is removed again', async () => {
  const directory = await prepare(folder)
  await writeFile(join(folder, 'run.log'), 'of another run')
  await expect(directory.create(start)).rejects.toThrow('already holds files of a run that did not end')
  expect(await readdir(folder)).toEqual(['run.log'])
})

test('control characters that a cluster sent do not reach the log as they are', async () => {
  const directory = await create(folder)
  directory.log('error: \u001b[31mred\nsecond line')
  await directory.close(record)
  expect(await readFile(join(folder, 'run.log'), 'utf8')).toMatch(/^\S+ error: \^\[\[31mred\n$/)
})
