import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LoadDetails, LoadDetailsSchema, loadDetailsOf } from '../../../lib/record/details/load-details.ts'
import { type RunRecord, RunRecordSchema } from '../../../lib/record/run-record.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { recordOf, runCommandLine } from '../run-command-line.ts'
import { startProgram } from '../start-program.ts'

// Real connections between pods of two real nodes, whose network is Cilium 1.15.19, with connection tracking tables of 1,024
// entries and a garbage collection every 10 seconds.

const ajv = new Ajv({ strict: false })
addFormats.default(ajv)
const isRecord = ajv.compile(RunRecordSchema)
const isLoad = ajv.compile(LoadDetailsSchema)

let cluster: ControlPlane & AsyncDisposable
beforeAll(async () => {
  cluster = await startControlPlane({ ciliumAgents: 2 })
}, 600_000)
afterAll(() => cluster?.[Symbol.asyncDispose]())

const maps = (...argv: string[]) => runCommandLine(cluster.kubeconfig, ['cilium', 'maps', '--map', '^ct', ...argv])

function loadOf(record: RunRecord): LoadDetails {
  expect(isRecord(record), JSON.stringify(isRecord.errors)).toBe(true)
  const load = loadDetailsOf(record)
  if (load === undefined) throw new Error('no load in the record')
  expect(isLoad(load), JSON.stringify(isLoad.errors)).toBe(true)
  return load
}

function leftOver(): Promise<string> {
  const kinds = 'namespaces,pods,services'
  return cluster.kubectl(['get', kinds, '-A', '-l', 'app.kubernetes.io/managed-by=kubectl-perf', '-o', 'name'])
}

/** Entries of the load on a node, as the agent's own tool lists them. */
async function countByHand(node: string): Promise<number> {
  const pod = await cluster.kubectl([
    'get',
    'pods',
    '-n',
    'kube-system',
    '-l',
    'k8s-app=cilium',
    '--field-selector',
    `spec.nodeName=${node}`,
    '-o',
    'name',
  ])
  const exec = ['exec', '-n', 'kube-system', pod.trim(), '-c', 'cilium-agent', '--']
  const list = await cluster.kubectl([...exec, 'cilium-dbg', 'bpf', 'ct', 'list', 'global'])
  return list.split('\n').filter((line) => /:8078 /.test(line)).length
}

test('300 held connections: the tables grow by what is in them, read by read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'maps-load-'))
  try {
    const program = startProgram(cluster.kubeconfig, [
      'cilium',
      'maps',
      '--map',
      '^ct',
      '--load',
      '300',
      '--load-rate',
      '100',
      '--load-duration',
      '45s',
      '--interval',
      '3s',
      '-o',
      'json',
      '--output-dir',
      folder,
    ])
    await program.printed(/^load \(300 connections\)$/m)
    // All are open after 3 seconds, and counted by the second garbage collection at the latest.
    await sleep(25_000)
    const byHand = new Map<string, number>()
    for (const node of ['node-a', 'node-b']) byHand.set(node, await countByHand(node))
    const ended = await program.ended
    expect(ended.exitCode, ended.stderr).toBe(0)
    expect(await leftOver()).toBe('')
    const record = recordOf(ended)
    const load = loadOf(record)
    expect([load.opened, load.failed, load.clients[0]?.answered]).toEqual([300, 0, 300])
    const clientNode = load.clients[0]?.node
    for (const growth of load.growth) {
      expect(growth).toMatchObject({ map: 'ct4_global', capacity: 1024, state: 'grew' })
      const grown = growth.most - growth.before
      const counted = byHand.get(growth.node) ?? 0
      expect(Math.abs(grown - counted), `${growth.node}: ${grown} and ${counted} by hand`).toBeLessThan(
        0.1 * counted + 20,
      )
      // An entry for the client's end of each, and one for the server's end of those that are served here.
      if (growth.node === clientNode) expect(growth.perThousand).toBeGreaterThan(1300)
      expect(growth.perThousand).toBeLessThan(2100)
    }
    expect(load.growth.map(({ node }) => node).toSorted()).toEqual(['node-a', 'node-b'])
    // The series: from before the load to its end, with what was read each time.
    const points = load.maps.find(({ node, map }) => node === clientNode && map === 'ct4_global')?.points ?? []
    expect(points[0]?.t).toBeLessThan(0)
    expect(points.at(-1)?.t).toBeGreaterThan(40)
    expect(points.length).toBeGreaterThan(8)
    expect(points.map(({ t }) => t)).toEqual(points.map(({ t }) => t).toSorted((a, b) => a - b))
    expect(load.connections.at(-1)).toMatchObject({ opened: 300 })
    const samples = (await readFile(join(folder, 'samples.ndjson'), 'utf8')).trimEnd().split('\n')
    const entries = samples
      .map((line) => JSON.parse(line) as { metric: string; labels: { node?: string; map?: string }; value: number })
      .filter(({ metric, labels }) => metric === 'load_map_entries' && labels.map === 'ct4_global')
    expect(entries.filter(({ labels }) => labels.node === clientNode).map(({ value }) => value)).toEqual(
      points.map((point) => point.entries),
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('3,000 connections do not fit: without --yes nothing is made, with it the table is stuck and that is said', async () => {
  const load = ['--load', '3000', '--load-rate', '500', '--load-duration', '40s']
  const refused = await maps(...load)
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
  expect(refused.stderr).toMatch(
    /^error: 3000 connections may fill ct4_global of node-[ab], which holds 1024 entries: .* Confirm it with --yes$/m,
  )
  expect(refused.stderr).not.toContain('namespaces')

  const ended = await maps(...load, '--yes', '-o', 'json')
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect(await leftOver()).toBe('')
  const record = recordOf(ended)
  const { opened, failed, growth, clients } = loadOf(record)
  // They all come about: the kernel evicts what is older.
  expect([opened, failed]).toEqual([3000, 0])
  const ofClient = growth.find(({ node }) => node === clients[0]?.node)
  expect(ofClient).toMatchObject({ map: 'ct4_global', capacity: 1024, state: 'full' })
  expect(ofClient).not.toHaveProperty('perThousand')
  expect(ofClient?.most).toBeGreaterThan(0.7 * 1024)
  expect(ofClient?.most).toBeLessThanOrEqual(1024)
  expect(record.findings.filter(({ code }) => code === 'MapFull').map(({ message }) => message)).toContainEqual(
    expect.stringMatching(
      /^ct4_global on node-[ab] stuck at \d+ of 1024 \(\d+%\) under 3000 held connections: it is full, and the kernel throws other entries out$/,
    ),
  )
})

test('short UDP exchanges go into the other table, in a table for people', async () => {
  const ended = await maps(
    '--load',
    '200',
    '--load-protocol',
    'udp',
    '--load-kind',
    'short',
    '--load-rate',
    '20',
    '--load-duration',
    '25s',
    '--interval',
    '4s',
  )
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect(ended.stdout).toMatch(/^UNDER LOAD +NODE +BEFORE +MOST +SIZE +PRESSURE +PER 1,000 +STATE$/m)
  expect(ended.stdout).toMatch(/^ct_any4_global +node-[ab] +\d+ +\d+ +1024 +[\d.]+% +\d+ +grew$/m)
  expect(ended.stdout).toMatch(/^200 of 200 udp connections opened and closed, 20\/s, for [\d.]+s$/m)
  expect(ended.stdout).toMatch(/Nothing left behind\.\n$/)
  expect(await leftOver()).toBe('')
})

test('Ctrl-C while the connections are held: what was read stands in the record, and nothing stays', async () => {
  const program = startProgram(cluster.kubeconfig, [
    'cilium',
    'maps',
    '--load',
    '100',
    '--load-duration',
    '10m',
    '--interval',
    '2s',
    '-o',
    'json',
  ])
  await program.printed(/^load \(100 connections\)$/m)
  await sleep(15_000)
  program.signal('SIGINT')
  const ended = await program.ended
  expect(await leftOver()).toBe('')
  expect(ended.exitCode, ended.stderr).toBe(130)
  const record = recordOf(ended)
  expect(record.outcome).toBe('aborted')
  const load = loadOf(record)
  expect(load.opened).toBe(100)
  expect(load.maps.length).toBeGreaterThan(0)
  expect(ended.stderr).not.toMatch(/^error/m)
})

test('what cannot be is said before anything is made', async () => {
  const tooSlow = await maps('--load', '3000', '--load-duration', '20s')
  expect(tooSlow).toMatchObject({ exitCode: 2, stdout: '' })
  expect(tooSlow.stderr).toMatch(
    /^error: 3000 connections at 100 per second take 30s, and the load lasts 20s\n {2}a higher --load-rate/,
  )
  expect((await maps('--load', '10', '--watch')).exitCode).toBe(2)
  const unpulled = await maps('--load', '10', '--load-duration', '5s', '--image-registry', 'nowhere.example.com')
  expect(unpulled.exitCode).toBe(1)
  expect(unpulled.stdout).toMatch(
    /^FAILED: pod load-\S+ on node node-[ab] is not ready: \w*Image\w*.*--image-registry/m,
  )
  expect(await leftOver()).toBe('')
})

test('with the documented roles and nothing else; what is missing is said before anything is made', async () => {
  const kubeconfig = await cluster.createUser('limited')
  await cluster.kubectl(['apply', '-f', 'docs/rbac/cilium-maps.yaml', '-f', 'docs/rbac/cilium-maps-load.yaml'])
  const bind = (role: string) =>
    cluster.kubectl(['create', 'clusterrolebinding', `limited-${role}`, `--clusterrole=${role}`, '--user=limited'])
  const load = ['cilium', 'maps', '--load', '20', '--load-duration', '5s', '-o', 'json']
  await bind('perf-cilium-maps')
  const refused = await runCommandLine(kubeconfig, load)
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toMatch(
    /^ {2}missing: create,watch pods, create services, create,patch,delete,list,watch namespaces$/m,
  )
  expect(refused.stderr).toContain('docs/rbac/cilium-maps-load.yaml')
  await bind('perf-cilium-maps-load')
  const ended = await runCommandLine(kubeconfig, load)
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect(loadOf(recordOf(ended)).opened).toBe(20)
  expect(await leftOver()).toBe('')
})
