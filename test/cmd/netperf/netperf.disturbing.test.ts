import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NetperfDetailsSchema, netperfDetailsOf } from '../../../lib/record/details/netperf-details.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { type Ended, recordOf, runCommandLine } from '../run-command-line.ts'
import { startProgram } from '../start-program.ts'

// The whole command on two real nodes, with true traffic between them.

const ajv = new Ajv({ strict: false })
addFormats.default(ajv)
const isRecord = ajv.compile(JSON.parse(readFileSync('docs/run-record.schema.json', 'utf8')) as object)
const areDetails = ajv.compile(NetperfDetailsSchema)

let cluster: ControlPlane & AsyncDisposable
beforeAll(async () => {
  cluster = await startControlPlane({ realNodes: 2 })
})
afterAll(() => cluster[Symbol.asyncDispose]())

const SHORT = ['--duration', '1s', '--samples', '1'] as const

const netperf = (...argv: string[]) => runCommandLine(cluster.kubeconfig, ['netperf', ...argv])

/** Runs that end with the record as JSON, which every reader's schema takes. */
async function recorded(exitCode: number, ...argv: string[]): Promise<{ record: RunRecord; ended: Ended }> {
  const ended = await netperf('-o', 'json', ...argv)
  expect(ended.exitCode, ended.stderr).toBe(exitCode)
  const record = recordOf(ended)
  expect(isRecord(record), JSON.stringify(isRecord.errors)).toBe(true)
  expect(areDetails(record.details), JSON.stringify(areDetails.errors)).toBe(true)
  expect(await leftOver(record.runId)).toBe('')
  return { record, ended }
}

function leftOver(runId: string): Promise<string> {
  const kinds = 'namespaces,pods,services,configmaps'
  return cluster.kubectl(['get', kinds, '-A', '-l', `kubectl-perf/run=${runId}`, '-o', 'name'])
}

function rowsOf(record: RunRecord) {
  return netperfDetailsOf(record)?.rows ?? []
}

test('the one command: a figure that is sure, a reason, a clean cluster', async () => {
  const ended = await netperf('--protocol', 'tcp', '--ratio', '1:1', '--duration', '1s', '--samples', '2')
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect(ended.stdout).toMatch(
    /^PROTOCOL +PATH +PLACEMENT +PAIRS +THROUGHPUT +RETRANS +RTT +LIMITED-BY\ntcp +pod +other-node +1 +[\d.]+ [MG]bit\/s ±[\d.]+ .+\n/,
  )
  expect(ended.stdout).toMatch(/\nPASSED in \S+\. Nothing left behind\.\n$/)
  const [context, estimate, ...phases] = ended.stderr.trimEnd().split('\n')
  expect(context).toMatch(
    /^Context \S+ \(v1\.34\.4, 2 nodes\)\. Creating 1 client and 1 server in a namespace of their own; all removed afterwards\. Run [a-z0-9]{6}\.$/,
  )
  expect(estimate).toBe(
    '1 test × 2 samples × 2s ≈ 4s of traffic, as much as links carry: up to 500 MB at 1 Gbit/s, 5.00 GB at 10 Gbit/s.',
  )
  expect(phases).toEqual(['namespaces', 'pods (2)', 'paths', 'traffic (1 test × 2)', 'clean-up'])
})

test('a matrix of protocols and paths in one run: each test measured, in turns', async () => {
  const { record } = await recorded(0, ...SHORT, '--protocol', 'tcp,udp,http', '--path', 'pod,service')
  const rows = rowsOf(record)
  expect(rows.map(({ parameters: { protocol, path } }) => `${protocol} ${path}`)).toEqual([
    'tcp pod',
    'tcp service',
    'udp pod',
    'udp service',
    'http pod',
    'http service',
  ])
  for (const { samples, failures } of rows)
    expect({ samples, failures }).toEqual({ samples: { measured: 1, expected: 1 }, failures: [] })
  const names = new Set(record.metrics.map(({ name }) => name))
  for (const name of ['tcp_throughput', 'udp_loss', 'udp_jitter', 'http_request_latency', 'http_request_rate']) {
    expect(names).toContain(name)
  }
  // No two series have the same identity.
  const identities = record.metrics.map(({ name, labels }) =>
    JSON.stringify([name, Object.entries(labels).map(String).toSorted()]),
  )
  expect(new Set(identities).size).toBe(identities.length)
})

test('thresholds decide the exit code, and a figure that is missing fails its own', async () => {
  const { record, ended } = await recorded(
    99,
    ...SHORT,
    '--threshold',
    'tcp_throughput.mean>1Mbit/s',
    '--threshold',
    'tcp_throughput.mean>900Tbit/s',
    '--threshold',
    'udp_loss<1%',
  )
  expect(record.outcome).toBe('failed')
  expect(record.thresholds.map(({ passed, observed }) => [passed, observed === null])).toEqual([
    [true, false],
    [false, false],
    [false, true],
  ])
  expect(ended.stderr).not.toMatch(/error/)
})

test('an image without the tool: said with its name, no figure, exit code 1', async () => {
  const { record, ended } = await recorded(1, ...SHORT, '--image', 'docker.io/library/busybox:latest')
  expect(record.outcome).toBe('error')
  expect(record.metrics.filter(({ name }) => name.includes('throughput'))).toEqual([])
  expect(ended.stderr).toMatch(/^error: .*busybox:latest has no iperf3/m)
})

test('placements that are not possible are said before anything is made', async () => {
  const before = await cluster.kubectl(['get', 'namespaces', '-o', 'name'])
  const oneNode = await netperf('--node-selector', 'kubernetes.io/hostname=node-a')
  expect(oneNode).toMatchObject({ exitCode: 1, stdout: '' })
  expect(oneNode.stderr).toBe(
    'error: placement other-node needs two nodes, and only node-a can be used: node-b does not have the labels of --node-selector\n' +
      '  --placement same-node measures on one node\n',
  )
  const zones = await netperf('--placement', 'other-zone')
  expect(zones).toMatchObject({ exitCode: 1, stdout: '' })
  expect(zones.stderr).toMatch(/^error: placement other-zone needs zones, .*\n {2}--placement other-node\n$/)
  expect(await cluster.kubectl(['get', 'namespaces', '-o', 'name'])).toBe(before)
})

test('Ctrl-C while traffic flows: what is known is printed, nothing stays', async () => {
  const program = startProgram(cluster.kubeconfig, [
    'netperf',
    '--duration=2s',
    '--warmup=0s',
    '--samples=50',
    '-ojson',
  ])
  await program.printed(/^traffic/m)
  await new Promise((resolve) => setTimeout(resolve, 4000))
  program.signal('SIGINT')
  const ended = await program.ended
  const record = recordOf(ended)
  expect(await leftOver(record.runId)).toBe('')
  expect(ended.exitCode, ended.stderr).toBe(130)
  expect(record.outcome).toBe('aborted')
  const [row] = rowsOf(record)
  expect(row?.samples.measured).toBeGreaterThan(0)
  expect(row?.samples.measured).toBeLessThan(50)
})

test('files: the record, and each sample of each pair the moment it is known', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'netperf-'))
  try {
    const { record } = await recorded(0, '--duration', '1s', '--samples', '2', '--ratio', '2:2', '--output-dir', folder)
    expect(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))).toEqual(record)
    const lines = (await readFile(join(folder, 'samples.ndjson'), 'utf8')).trimEnd().split('\n')
    const samples = lines.map((line) => JSON.parse(line) as { metric: string; labels: object; value: number })
    const ofMetric = Map.groupBy(samples, ({ metric }) => metric)
    const throughputs = record.metrics.filter(({ name }) => name === 'tcp_throughput')
    expect(throughputs).toHaveLength(2)
    for (const { labels, samples: values } of throughputs) {
      const own = ofMetric.get('tcp_throughput')?.filter((sample) => isDeepStrictEqual(sample.labels, labels))
      expect(own?.map(({ value }) => value)).toEqual(values)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('the API server takes every object of a dry run, and nothing is made', async () => {
  const ended = await netperf('--ratio', '2:1', '--path', 'pod,service', '--dry-run=server')
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect(ended.stdout).toBe('4 objects accepted by the API server in namespace default (server dry run)\n')
  expect(await cluster.kubectl(['get', 'pods,services', '-A', '-l', 'kubectl-perf/run', '-o', 'name'])).toBe('')
})

test('what others in the cluster would feel needs --yes where nobody can be asked', async () => {
  const before = await cluster.kubectl(['get', 'namespaces', '-o', 'name'])
  const ended = await netperf('--ratio', '51:51')
  expect(ended).toMatchObject({ exitCode: 2, stdout: '' })
  expect(ended.stderr).toMatch(/^error: This sends traffic between 51 pairs of pods at once\. Confirm it with --yes\n/)
  expect(await cluster.kubectl(['get', 'namespaces', '-o', 'name'])).toBe(before)
})
