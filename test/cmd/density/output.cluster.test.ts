import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { DensityDetailsSchema } from '../../../lib/record/details/density-details.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { sharedCluster } from '../../cluster/shared-cluster.ts'
import { type Ended, recordOf, runCommandLine } from '../run-command-line.ts'
import { startProgram } from '../start-program.ts'

// What a run writes: its directory, also of runs that do not end well, and its record against the schema that is shipped.

let cluster: ControlPlane
let folder: string
beforeAll(async () => {
  cluster = await sharedCluster()
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'output-'))
})
afterEach(() => rm(folder, { recursive: true }))

const density = (...argv: string[]) => runCommandLine(cluster.kubeconfig, ['density', ...argv])
const read = (...path: string[]) => readFile(join(folder, ...path), 'utf8')
const samplesIn = (text: string) =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Sample]))

const ascending = (values: readonly number[]) => values.toSorted((a, b) => a - b)

interface Sample {
  metric: string
  labels: { namespace: string; pod: string; node: string }
  t: number
  value: number
}

function leftOver(runId: string): Promise<string> {
  return cluster.kubectl(['get', 'namespaces,pods,configmaps', '-A', '-l', `kubectl-perf/run=${runId}`, '-o', 'name'])
}

test('a directory with the record, the samples as they were made, the log, and the formats of other tools', async () => {
  const ended = await density(
    '--iterations',
    '12',
    '--namespaces',
    '3',
    '--output-dir',
    join(folder, 'a/run'),
    '-o',
    'json',
  )
  expect(ended.exitCode, ended.stderr).toBe(0)
  const record = recordOf(ended)
  expect(JSON.parse(await read('a/run/run.json'))).toEqual(record)
  const index = JSON.parse(await read('a/run/index.json')) as { files: { name: string; kind: string }[] }
  expect(index.files.map(({ name }) => name).toSorted()).toEqual(
    (await readdir(join(folder, 'a/run'))).filter((name) => name !== 'index.json').toSorted(),
  )
  const ofMetric = Map.groupBy(samplesIn(await read('a/run/samples.ndjson')), ({ metric }) => metric)
  const ready = record.metrics.find(({ name, source }) => name === 'pod_ready_latency' && source === 'watch')
  const values = ofMetric.get('pod_ready_latency')?.map(({ value }) => value) ?? []
  expect(ascending(values)).toEqual(ascending(ready?.samples ?? []))
  const seconds = (Date.parse(record.finishedAt) - Date.parse(record.startedAt)) / 1000
  for (const { t } of ofMetric.get('pod_ready_latency') ?? []) {
    expect(t).toBeGreaterThan(0)
    expect(t).toBeLessThan(seconds)
  }
  const log = await read('a/run/run.log')
  for (const line of ended.stderr.trimEnd().split('\n')) expect(log).toContain(` ${line}\n`)
  expect(log).toMatch(/ PASSED in \S+\. Nothing left behind\.\n$/)
  expect(JSON.parse(await read('a/run/metrics.json'))).toEqual(record.metrics)
  const documents = JSON.parse(await read('a/run/podLatencyMeasurement-density-pods.json')) as {
    podReadyLatency: number
  }[]
  const whole = ready?.samples?.map((seconds) => Math.trunc(Number((seconds * 1000).toFixed(3)))) ?? []
  expect(ascending(documents.map(({ podReadyLatency }) => podReadyLatency))).toEqual(ascending(whole))
  expect(JSON.parse(await read('a/run/jobSummary.json'))).toMatchObject([
    { passed: true, uuid: record.runId, jobConfig: { name: 'density-pods', jobIterations: 12, qps: 20 } },
  ])
  const prefixes = ['PodStartupLatency_PodStartupLatency', 'GenericPrometheusQuery Client API latency']
  const started = record.startedAt.replace(/\.\d+Z$/, 'Z').replaceAll(':', '-')
  for (const prefix of prefixes) {
    const { dataItems } = JSON.parse(await read(`a/run/${prefix}_density_${started}.json`)) as { dataItems: object[] }
    expect(dataItems.length).toBeGreaterThan(0)
  }
})

test('PERF_OUTPUT_DIR names the directory, and the next run does not overwrite it', async () => {
  const variables = { PERF_OUTPUT_DIR: join(folder, 'run') }
  const argv = ['density', '--iterations', '1', '-q', '--threshold', 'pod_ready_latency.max<1h', '-o', 'junit']
  const first = await runCommandLine(cluster.kubeconfig, argv, undefined, variables)
  expect(first.exitCode).toBe(0)
  const reported = await runCommandLine(cluster.kubeconfig, ['report', join(folder, 'run'), '-o', 'junit'])
  expect(reported).toEqual(first)
  const { runId } = JSON.parse(await read('run/run.json')) as RunRecord
  const again = await runCommandLine(cluster.kubeconfig, argv, undefined, variables)
  expect(again).toMatchObject({ exitCode: 2, stdout: '' })
  expect(again.stderr).toContain(`error: directory "${join(folder, 'run')}" already holds run ${runId}\n`)
})

test.each(['table', 'wide', 'json', 'yaml', 'junit', 'html', 'markdown'])(
  '-o %s of a command is what report makes of its directory',
  async (format) => {
    const path = join(folder, 'run')
    const argv = ['maxpods-check', '--per-node-detail', '--output-dir', path, '-q', '-o', format]
    const printed = await runCommandLine(cluster.kubeconfig, argv)
    expect({ ...printed, stdout: '' }).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    expect(await runCommandLine(cluster.kubeconfig, ['report', path, '-o', format])).toEqual(printed)
  },
)

test.each([
  ['rights are missing', ['--iterations', '1'], true, 1],
  ['the server cannot be reached', ['--server', 'https://127.0.0.1:1'], false, 1],
  ['a threshold is wrong', ['--threshold', 'nonsense'], false, 2],
])('when %s, no directory is made', async (_, argv, withoutRights, exitCode) => {
  const kubeconfig = withoutRights ? await cluster.createUser('output-nobody') : cluster.kubeconfig
  const ended = await runCommandLine(kubeconfig, ['density', '--output-dir', join(folder, 'a/run'), ...argv])
  expect(ended.exitCode).toBe(exitCode)
  expect(ended.stderr).toMatch(/error|refused/i)
  expect(await readdir(folder)).toEqual([])
})

test('a file in the place of the directory is refused before anything is created', async () => {
  await writeFile(join(folder, 'file'), '')
  const ended = await density('--iterations', '1', '--output-dir', join(folder, 'file/run'))
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' })
  expect(ended.stderr).toContain(`error: "${join(folder, 'file')}" is not a directory\n`)
  expect(ended.stderr).not.toContain('namespaces')
})

test('after an interrupt the directory is closed with what is known', async () => {
  const program = startProgram(cluster.kubeconfig, [
    'density',
    '--iterations',
    '200',
    '--namespaces',
    '2',
    '--qps',
    '20',
    '--output-dir',
    join(folder, 'run'),
    '-o',
    'json',
  ])
  await program.printed(/^create: /m)
  await expect.poll(() => samplesIn(wholeLines(join(folder, 'run/samples.ndjson'))).length).toBeGreaterThan(20)
  program.signal('SIGINT')
  const ended = await program.ended
  expect(ended.exitCode).toBe(130)
  const record = recordOf(ended)
  expect(record.outcome).toBe('aborted')
  expectValid(record)
  expect(JSON.parse(await read('run/run.json'))).toEqual(record)
  const measured = record.metrics.find(({ name }) => name === 'pods_measured')?.statistics.value
  const ready = samplesIn(await read('run/samples.ndjson')).filter(({ metric }) => metric === 'pod_ready_latency')
  expect(ready).toHaveLength(measured ?? -1)
  expect(await read('run/run.log')).toMatch(
    / Stopping and cleaning up\..*\n(.*\n)* ?.* ABORTED in \S+\. Nothing left behind\.\n$/,
  )
  expect(existsSync(join(folder, 'run/index.json'))).toBe(true)
  expect(await leftOver(record.runId)).toBe('')
})

test('of a run that was killed the samples and the log so far are there, and no other run may take their place', async () => {
  const path = join(folder, 'run')
  const program = startProgram(cluster.kubeconfig, [
    'density',
    '--iterations',
    '400',
    '--namespaces',
    '2',
    '--qps',
    '50',
    '--output-dir',
    path,
  ])
  await program.printed(/^create: /m)
  const written = () => samplesIn(wholeLines(join(path, 'samples.ndjson'))).length
  await expect.poll(written, { timeout: 120_000 }).toBeGreaterThan(100)
  program.signal('SIGKILL')
  const { stderr } = await program.ended
  const runId = /Run ([a-z0-9]{6})\.$/m.exec(stderr)?.[1] ?? ''
  expect((await readdir(path)).toSorted()).toEqual(['run-start.json', 'run.log', 'samples.ndjson'])
  // At most the last line is cut off.
  const lines = (await read('run/samples.ndjson')).split('\n').slice(0, -1)
  expect(lines.length).toBeGreaterThan(100)
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ metric: expect.stringMatching(/^pod_/) as string })
  expect(await read('run/run.log')).toContain(`Run ${runId}.\n`)
  const told = await runCommandLine(cluster.kubeconfig, ['report', path, '-o', 'json'])
  expect(told.stderr).toBe(
    `Warning: run ${runId} in "${path}" was killed: its report has only the samples until then\n`,
  )
  const restored = recordOf(told)
  expect(restored).toMatchObject({
    kind: 'density',
    runId,
    outcome: 'aborted',
    parameters: { iterations: 400, qps: 50 },
  })
  const ofMetric = Map.groupBy(lines, (line) => (JSON.parse(line) as Sample).metric)
  expect(restored.metrics.map(({ name, statistics: { count } }) => [name, count])).toEqual(
    [...ofMetric].map(([name, values]) => [name, values.length]),
  )
  const next = await density('--iterations', '1', '--output-dir', path)
  expect(next.exitCode).toBe(2)
  expect(next.stderr).toContain(`directory "${path}" already holds files of a run that did not end\n`)
  expect((await runCommandLine(cluster.kubeconfig, ['cleanup', '--run', runId, '-y'])).exitCode).toBe(0)
})

test('a disk that is full ends neither the run nor its clean-up: the result is printed, the fault told', async () => {
  const path = join(folder, 'run')
  const ended = await withFileSizeLimit(8, [
    'density',
    '--iterations',
    '60',
    '--namespaces',
    '2',
    '--qps',
    '0',
    '--output-dir',
    path,
    '-o',
    'json',
  ])
  expect(ended.exitCode).toBe(1)
  const record = recordOf(ended)
  expect(record.findings.filter(({ severity }) => severity === 'error')).toEqual([])
  expect(record.outcome).toBe('passed')
  expect(ended.stderr).toMatch(/^Warning: cannot write to directory ".*": EFBIG/m)
  expect(ended.stderr).toMatch(/^error: cannot write to directory ".*": EFBIG/m)
  const files = await readdir(path)
  expect(files).toEqual(expect.arrayContaining(['run.log', 'samples.ndjson', 'thresholds.json', 'jobSummary.json']))
  // What did not fit is not there at all.
  expect(files.filter((name) => /^(run\.json|metrics\.json|index\.json|.*\.partial)$/.test(name))).toEqual([])
  expect(await leftOver(record.runId)).toBe('')
})

/** Runs the program where no file may grow beyond so many KiB, which to a writer is much as a full disk. */
async function withFileSizeLimit(kibibytes: number, argv: readonly string[]): Promise<Ended> {
  const script = fileURLToPath(new URL('../../../cmd/kubectl-perf.ts', import.meta.url))
  const child = spawn('bash', ['-c', `ulimit -f ${kibibytes}; exec "$@"`, 'bash', process.execPath, script, ...argv], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', KUBECONFIG: cluster.kubeconfig },
  })
  const [stdout, stderr, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number>((resolve) => void child.once('close', (code) => resolve(code ?? -1))),
  ])
  return { exitCode, stdout, stderr }
}

function wholeLines(path: string): string {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  return text.slice(0, text.lastIndexOf('\n') + 1)
}

const schema = JSON.parse(
  readFileSync(new URL('../../../docs/run-record.schema.json', import.meta.url), 'utf8'),
) as object
const ajv = addFormats.default(new Ajv({ allErrors: true }))
const validate = ajv.compile(schema)
const validateDetails: ValidateFunction = ajv.compile(DensityDetailsSchema)

function expectValid(record: RunRecord): void {
  validate(record)
  expect(validate.errors).toBeNull()
  validateDetails(record.details)
  expect(validateDetails.errors).toBeNull()
}

test.each([
  ['passed', ['--iterations', '3']],
  ['failed', ['--iterations', '2', '--threshold', 'pod_ready_latency.max<1us']],
  ['error', ['--iterations', '2', '--namespaces', 'single', '--node-selector', 'no=such', '--pending-grace', '1s']],
  ['passed', ['--workload', 'deployments', '--iterations', '2', '--scale-to', '3']],
  ['passed', ['--workload', 'api-load', '--iterations', '2', '--configmaps', '3', '--qps', '50']],
  ['passed', ['--workload', 'cluster', '--iterations', '1']],
  ['passed', ['--iterations', '4', '--namespaces', 'single', '--churn', '50', '--keep=false']],
  ['passed', ['--iterations', '2', '--namespaces', 'single', '--repeat', '2']],
] as const)('the record of a run that ended as %s with %j is valid', async (outcome, argv) => {
  const ended = await density(...argv, '-o', 'json', '-q')
  const record = recordOf(ended)
  expect(record.outcome, ended.stderr).toBe(outcome)
  expectValid(record)
  expect(await leftOver(record.runId)).toBe('')
})

test('YAML has the same record', async () => {
  const ended = await density('--iterations', '2', '--namespaces', 'single', '-o', 'yaml', '-q')
  const record = parse(ended.stdout) as RunRecord
  expect(record).toMatchObject({ outcome: 'passed', kind: 'density' })
  expectValid(record)
})

test('--output-file has what stdout would have, and a place that cannot be written is an error before the run', async () => {
  const path = join(folder, 'out.json')
  const ended = await density('--iterations', '1', '-o', 'json', '--output-file', path, '-q')
  expect(ended).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
  expect((JSON.parse(await read('out.json')) as RunRecord).outcome).toBe('passed')
  const failed = await density(
    '--iterations',
    '1',
    '--output-file',
    join(folder, 'no/such'),
    '--output-dir',
    join(folder, 'run'),
    '-q',
  )
  expect(failed).toMatchObject({ exitCode: 1, stdout: '' })
  expect(failed.stderr).toMatch(/^error: cannot write to file ".*no\/such": ENOENT/m)
  expect(await readdir(folder)).toEqual(['out.json'])
})
