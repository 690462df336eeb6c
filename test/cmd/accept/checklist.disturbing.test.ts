import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AcceptDetailsSchema, type AcceptItem, acceptDetailsOf } from '../../../lib/record/details/accept-details.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { junitFaults } from '../../lib/report/junit-faults.ts'
import { type Ended, recordOf, runCommandLine } from '../run-command-line.ts'
import { startProgram } from '../start-program.ts'

// The checklist on two real nodes whose network enforces no policies, without DNS and without load balancers: every
// result there is, each for a true reason.

const ajv = new Ajv({ strict: false })
addFormats.default(ajv)
const areDetails = ajv.compile(AcceptDetailsSchema)

let cluster: ControlPlane & AsyncDisposable
let folder = ''
let reader = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accept-'))
  cluster = await startControlPlane({ realNodes: 2 })
  reader = await cluster.createUser('reader')
  await cluster.kubectl(['create', 'clusterrole', 'reader', '--verb=list,watch', '--resource=nodes,pods,namespaces'])
  await cluster.kubectl(['create', 'clusterrolebinding', 'reader', '--clusterrole=reader', '--user=reader'])
})
afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

/** Writes a suite and gives the options that name it. */
async function suiteOf(...items: string[]): Promise<string[]> {
  const file = join(folder, `suite-${Math.random()}.yaml`)
  await writeFile(file, `name: test\nitems:\n${items.map((item) => `  - ${item.trim()}\n`).join('')}`)
  return ['--suite', file]
}

const item = (name: string, level: string, command: string, more = '') =>
  `{name: ${name}, level: ${level}, command: ${command}${more === '' ? '' : `, ${more}`}}`

const ROOM = item('room', 'required', 'maxpods-check', 'parameters: {pods: 5}, thresholds: [cluster_free_pods >= 5]')
const API = item(
  'api',
  'required',
  'density',
  'parameters: {workload: api-load, iterations: 2, configmaps: 5, namespaces: single}, thresholds: ["api_request_latency{verb=create,resource=configmaps}.max < 20s"]',
)
const traffic = 'protocol: tcp, duration: 1s, warmup: 0s, samples: 2'
const CONNECT = item(
  'connect',
  'required',
  'netperf',
  `parameters: {${traffic}}, thresholds: [tcp_throughput.min > 0bit/s]`,
)

function resultsOf(record: RunRecord): Record<string, AcceptItem['result']> {
  expect(areDetails(record.details), JSON.stringify(areDetails.errors)).toBe(true)
  return Object.fromEntries(acceptDetailsOf(record)?.items.map(({ name, result }) => [name, result]) ?? [])
}

function itemOf(record: RunRecord, name: string): AcceptItem {
  const found = acceptDetailsOf(record)?.items.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no item ${name}`)
  return found
}

async function accept(
  exitCode: number,
  kubeconfig: string,
  ...argv: string[]
): Promise<{ record: RunRecord; ended: Ended }> {
  const ended = await runCommandLine(kubeconfig, ['accept', '-o', 'json', ...argv])
  expect(ended.exitCode, ended.stderr).toBe(exitCode)
  return { record: recordOf(ended), ended }
}

function leftOver(runId = ''): Promise<string> {
  const kinds = 'namespaces,pods,services,configmaps,networkpolicies'
  const selector = runId === '' ? 'kubectl-perf/run' : `kubectl-perf/run=${runId}`
  return cluster.kubectl(['get', kinds, '-A', '-l', selector, '-o', 'name'])
}

test('every result for a true reason, one exit code, a table, files, and a clean cluster', async () => {
  // What the switch lets through of what goes to the node, by tc(8).
  await cluster.shapeLink('node-a', { rateBitsPerSecond: 100e6 })
  const suite = await suiteOf(
    item('crowded', 'optional', 'maxpods-check', 'parameters: {pods: 100000}'),
    ROOM,
    API,
    item('policies', 'recommended', 'network-policy', 'parameters: {limit: 3s}'),
    item('names', 'recommended', 'dns-latency', 'parameters: {nodes: 1}'),
    item('balancer', 'optional', 'load-balancer', 'parameters: {without-provider: 2s, nodes: 1}'),
    item(
      'services',
      'required',
      'service-reachability',
      'parameters: {repeats: 1}, thresholds: [service_unreachable.max == 0]',
    ),
    CONNECT,
    item('fast', 'required', 'netperf', `parameters: {${traffic}}, thresholds: [tcp_throughput.max > 200Mbit/s]`),
    item('no-image', 'optional', 'netperf', `parameters: {${traffic}, image: "registry.example/no-such-image:1"}`),
    item(
      'hangs',
      'recommended',
      'density',
      'timeout: 5s, parameters: {iterations: 1, node-selector: nowhere=yes, fail-fast: false}',
    ),
    // So many pairs would have to be confirmed, if they were made.
    item('many-nodes', 'required', 'netperf', `parameters: {${traffic}, ratio: "60:60"}, appliesWhen: {nodes: 10}`),
  )
  const files = join(folder, 'files')
  const { record, ended } = await accept(99, cluster.kubeconfig, ...suite, '--output-dir', files)
  await cluster.clearLink('node-a')
  expect(resultsOf(record)).toEqual({
    crowded: 'fail',
    room: 'pass',
    api: 'pass',
    policies: 'not-applicable',
    names: 'not-applicable',
    balancer: 'not-applicable',
    services: 'pass',
    connect: 'pass',
    fast: 'fail',
    'no-image': 'no-data',
    hangs: 'no-data',
    'many-nodes': 'not-applicable',
  })
  const reason = (name: string) => itemOf(record, name).reason
  expect(reason('crowded')).toMatch(/^of 100000 pods only \d+ fit$/)
  expect(reason('policies')).toMatch(/^NetworkPolicies are not enforced: 3s after one that denies all/)
  expect(reason('names')).toMatch(/^no DNS in the cluster/)
  expect(reason('balancer')).toMatch(/^no provider of load balancers/)
  expect(reason('fast')).toMatch(/^tcp_throughput\.max is [\d.]+ Mbit\/s, and has to be > 200Mbit\/s$/)
  expect(reason('no-image')).toMatch(/(ErrImagePull|ImagePullBackOff)/)
  expect(reason('hangs')).toBe('it did not end within its timeout of 5s')
  expect(reason('many-nodes')).toBe('2 nodes take pods, and the item asks for 10')
  expect(record.outcome).toBe('failed')
  expect(ended.stderr).toMatch(/^error: 1 of 6 required items failed \(fast\)$/m)
  // Two items of one run of netperf, each with its own figures.
  expect(itemOf(record, 'connect').measuredWith).toEqual(['fast'])
  const figures = record.metrics.filter(({ name }) => name === 'tcp_throughput')
  expect(figures.map(({ labels }) => String(labels.item)).sort()).toEqual(['connect', 'fast'])
  for (const { statistics } of figures) expect(statistics.max).toBeLessThan(110e6)
  // The lightest first, what fills links last.
  const order = acceptDetailsOf(record)?.items.map(({ name }) => name) ?? []
  expect(order.indexOf('room')).toBeLessThan(order.indexOf('api'))
  expect(order.indexOf('services')).toBeLessThan(order.indexOf('connect'))
  expect(await leftOver()).toBe('')
  expect(JSON.parse(await readFile(join(files, 'run.json'), 'utf8'))).toEqual(record)

  // The same record in the other formats.
  const formats = ['report', join(files, 'run.json'), '-o']
  const junit = await runCommandLine(cluster.kubeconfig, [...formats, 'junit'])
  expect(await junitFaults(junit.stdout)).toEqual([])
  expect(junit.stdout).toMatch(/<testsuite name="accept" .* failures="2" errors="2" skipped="4"/)
  const table = await runCommandLine(cluster.kubeconfig, [...formats, 'table'])
  expect(table.stdout).toMatch(/^ITEM +LEVEL +RESULT +OBSERVED +THRESHOLD +TIME\n/)
  expect(table.stdout).toMatch(/^fast +required +FAIL +[\d.]+ Mbit\/s +tcp_throughput\.max > 200Mbit\/s/m)
  expect(table.stdout).toMatch(
    /^12 items: 4 passed, 2 failed, 2 without a figure, 4 not applicable\. Measured in \S+, estimated \S+\.$/m,
  )
  expect(table.stdout).toMatch(/\nFAILED in \S+: 1 of 6 required items failed \(fast\)\. Nothing left behind\.\n$/)
  const html = await runCommandLine(cluster.kubeconfig, [...formats, 'html'])
  expect(html.stdout).toContain('1 of 6 required items failed (fast)')
})

test('with rights for some items only: the others are not permitted, and what is missing is said before', async () => {
  const suite = await suiteOf(ROOM, API, item('connect', 'optional', 'netperf', `parameters: {${traffic}}`))
  const { record } = await accept(1, reader, ...suite)
  expect(resultsOf(record)).toEqual({ room: 'pass', api: 'not-permitted', connect: 'not-permitted' })
  expect(itemOf(record, 'connect').reason).toBe(
    'this user may not create pods, create,get pods/exec, create,patch,delete namespaces',
  )
  expect(record.outcome).toBe('no-data')
  const dryRun = await runCommandLine(reader, ['accept', ...suite, '--dry-run=server'])
  expect(dryRun.exitCode).toBe(0)
  expect(dryRun.stdout).toMatch(/^ +1 +room +required +maxpods-check +nothing +1s +to be measured$/m)
  expect(dryRun.stdout).toMatch(/^ +3 +connect .* not permitted: may not create pods, create,get pods\/exec, /m)
  expect(dryRun.stdout).toMatch(/^Missing: .*create,get pods\/exec/m)
  // The documented role is enough for every item of the default suite.
  const able = await cluster.createUser('able')
  await cluster.kubectl(['apply', '-f', 'docs/rbac/accept.yaml'])
  await cluster.kubectl(['create', 'clusterrolebinding', 'able', '--clusterrole=perf-accept', '--user=able'])
  const ofAble = await runCommandLine(able, ['accept', '--dry-run=server'])
  expect(ofAble.stdout).toMatch(/^Missing: none$/m)
  const optional = await accept(0, reader, ...suite, '--item', 'room,connect')
  expect(optional.record.outcome).toBe('passed')
  await accept(1, reader, ...suite, '--item', 'room,connect', '--strict')
})

test('with one node that takes pods, what needs two does not apply', async () => {
  await cluster.kubectl(['cordon', 'node-b'])
  try {
    const { record } = await accept(0, cluster.kubeconfig, ...(await suiteOf(ROOM, CONNECT)))
    expect(resultsOf(record)).toEqual({ room: 'pass', connect: 'not-applicable' })
    expect(itemOf(record, 'connect').reason).toBe(
      'placement other-node needs two nodes, and only node-a can be used: node-b is cordoned',
    )
  } finally {
    await cluster.kubectl(['uncordon', 'node-b'])
  }
})

test('Ctrl-C inside an item: those before have their results, those after are not begun, nothing stays', async () => {
  const long = item('long', 'required', 'netperf', 'parameters: {duration: 60s, samples: 1}')
  const suite = await suiteOf(ROOM, long, item('later', 'optional', 'netperf', 'parameters: {ratio: "2:2"}'))
  const program = startProgram(cluster.kubeconfig, ['accept', '-ojson', ...suite])
  await program.printed(/^2\/3 long/m)
  await expect.poll(() => leftOver(), { timeout: 60_000 }).toMatch(/^pod\//m)
  program.signal('SIGINT')
  const ended = await program.ended
  expect(ended.exitCode, ended.stderr).toBe(130)
  const record = recordOf(ended)
  expect(record.outcome).toBe('aborted')
  expect(resultsOf(record)).toEqual({ room: 'pass', long: 'no-data', later: 'no-data' })
  expect(itemOf(record, 'long').reason).toBe('interrupted')
  expect(itemOf(record, 'later').reason).toBe('not begun: the run was interrupted')
  expect(await leftOver()).toBe('')
})

test('two runs at once do not touch each other', async () => {
  const suite = await suiteOf(API, CONNECT)
  const runs = await Promise.all([accept(0, cluster.kubeconfig, ...suite), accept(0, cluster.kubeconfig, ...suite)])
  const [first, second] = runs.map(({ record }) => record)
  expect(first?.runId).not.toBe(second?.runId)
  for (const { record } of runs) expect(resultsOf(record)).toEqual({ api: 'pass', connect: 'pass' })
  expect(await leftOver()).toBe('')
})
