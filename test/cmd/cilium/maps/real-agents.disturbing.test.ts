import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Interruption } from '../../../../cmd/signals.ts'
import { ciliumMapsDetailsOf } from '../../../../lib/record/details/cilium-maps-details.ts'
import type { RunRecord } from '../../../../lib/record/run-record.ts'
import { type ControlPlane, startControlPlane } from '../../../cluster/control-plane.ts'
import { recordOf, runCommandLine, startCommandLine } from '../../run-command-line.ts'

// Real agents with real maps of 1,024 and 256 entries, filled by real connections and Services; what is said of them is held
// against bpftool on the node and against the agent's own lists.

const patiently = { timeout: 90_000, interval: 500 }
const PINS = '/sys/fs/bpf/tc/globals'
let cluster: ControlPlane & AsyncDisposable
let server: string

beforeAll(async () => {
  cluster = await startControlPlane({ ciliumAgents: 2, prometheus: 'process' })
  await runPod('server', 'node-b', 'docker.io/fortio/fortio:1.68.2', ['server'])
  await runPod('client', 'node-a', 'quay.io/cilium/network-perf:3.21-1782913202-88c270c', ['sleep', '3600'])
  server = await cluster.kubectl(['get', 'pod', 'server', '-o', 'jsonpath={.status.podIP}'])
}, 600_000)
afterAll(() => cluster?.[Symbol.asyncDispose]())

async function runPod(name: string, nodeName: string, image: string, args: readonly string[]): Promise<void> {
  const spec = { nodeName, terminationGracePeriodSeconds: 0, containers: [{ name, image, args }] }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: name } }, spec }
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(pod) })
  await cluster.kubectl(['wait', '--for=condition=Ready', `pod/${name}`, '--timeout=240s'], { timeoutMs: 250_000 })
}

/** Opens so many connections from node-a to node-b, which stay. */
async function holdConnections(count: number): Promise<void> {
  const open = `for i in $(seq ${count}); do exec {fd}<>/dev/tcp/${server}/8080; done; echo open; sleep 3600`
  const log = `/tmp/held-${count}`
  const script = `nohup bash -c '${open}' >${log} 2>&1 & until grep -q open ${log}; do sleep 0.1; done`
  await cluster.kubectl(['exec', 'client', '--', 'bash', '-c', script], { timeoutMs: 60_000 })
}

const maps = (...argv: readonly string[]) => runCommandLine(cluster.kubeconfig, ['cilium', 'maps', ...argv])
const readRecord = async (...argv: readonly string[]) => recordOf(await maps('-o', 'json', ...argv))

function figureOf({ metrics }: RunRecord, name: string, map: string, node = 'node-a'): number | undefined {
  return metrics.find(({ name: own, labels }) => own === name && labels.map === map && labels.node === node)?.statistics
    .value
}

function agentOf(record: RunRecord, node = 'node-a') {
  return ciliumMapsDetailsOf(record)?.agents.find(({ agent }) => agent.node === node)
}

/** Entries of a map as bpftool and jq count them on the node. */
async function countByHand(map: string, node = 'node-a'): Promise<number> {
  const command = `bpftool -j map dump pinned ${PINS}/cilium_${map} | jq length`
  return Number((await cluster.runOnNode(node, ['sh', '-c', command])).stdout)
}

async function sizeByHand(map: string): Promise<number> {
  const command = `bpftool -j map show pinned ${PINS}/cilium_${map} | jq .max_entries`
  return Number((await cluster.runOnNode('node-a', ['sh', '-c', command])).stdout)
}

/** The agent's own list, a line for each entry. */
async function listByHand(): Promise<number> {
  const selector = [
    '-l',
    'k8s-app=cilium',
    '--field-selector=spec.nodeName=node-a',
    '-o',
    'jsonpath={.items[0].metadata.name}',
  ]
  const agent = await cluster.kubectl(['get', 'pods', '-n', 'kube-system', ...selector])
  const list = ['cilium-dbg', 'bpf', 'ct', 'list', 'global']
  const text = await cluster.kubectl(['exec', '-n', 'kube-system', agent, '-c', 'cilium-agent', '--', ...list])
  return text.split('\n').filter((line) => line.startsWith('TCP ')).length
}

const within = (value: number | undefined, hand: number) =>
  expect(Math.abs((value ?? Number.NaN) - hand), `${value} and ${hand} by hand`).toBeLessThanOrEqual(
    Math.max(1, hand * 0.01),
  )

test('300 connections: used and capacity are what bpftool and the agent itself count', async () => {
  const before = figureOf(await readRecord(), 'bpf_map_entries', 'ct4_global') ?? 0
  await holdConnections(300)
  await expect
    .poll(async () => figureOf(await readRecord('--map', 'ct4'), 'bpf_map_entries', 'ct4_global'), patiently)
    .toBeGreaterThanOrEqual(before + 300)
  // At rest, after one more garbage collection.
  await sleep(12_000)
  const [record, deep, byTool, byAgent] = await Promise.all([
    readRecord(),
    readRecord('--deep', '--map', 'ct4'),
    countByHand('ct4_global'),
    listByHand(),
  ])
  within(figureOf(record, 'bpf_map_entries', 'ct4_global'), byTool)
  within(figureOf(record, 'bpf_map_entries', 'ct4_global'), byAgent)
  within(figureOf(deep, 'bpf_map_entries', 'ct4_global'), byTool)
  for (const map of ['ct4_global', 'ct_any4_global', 'lb4_services_v2', 'lxc', 'ipcache']) {
    expect(figureOf(record, 'bpf_map_capacity', map), map).toBe(await sizeByHand(map))
  }
  for (const map of ['lb4_services_v2', 'lb4_backends_v3', 'lxc', 'ipcache']) {
    within(figureOf(record, 'bpf_map_entries', map), await countByHand(map))
  }
  expect(record.outcome).toBe('passed')
})

test('--deep: every map that is pinned and has entries, as bpftool counts them, after the cost was said', async () => {
  const { stdout, stderr } = await maps('--deep', '-o', 'json')
  expect(stderr).toMatch(
    /^Counting the entries of \d+ maps on 2 nodes: up to \d+ entries on one, at most about [\d.]+s of a core there\.$/m,
  )
  const record = JSON.parse(stdout) as RunRecord
  const own = agentOf(record, 'node-b')?.maps ?? []
  expect(own.length).toBeGreaterThan(15)
  for (const map of [
    'nodeport_neigh4',
    'lb4_reverse_sk',
    'snat_v4_external',
    'node_map',
    'metrics',
    'lxc',
    'ipcache',
  ]) {
    expect(
      own.find((each) => each.map === map),
      map,
    ).toMatchObject({ basis: 'counted' })
    within(figureOf(record, 'bpf_map_entries', map, 'node-b'), await countByHand(map, 'node-b'))
  }
})

test('a table of 1,024 entries that is full evicts, and is told so', async () => {
  await holdConnections(900)
  await expect
    .poll(async () => (await maps('--map', 'ct4')).stdout, patiently)
    .toMatch(/ct4_global +node-\w +\d+ of 1024 +0\.[89]\d/)
  const { exitCode, stdout } = await maps('--map', 'ct4')
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^ct4_global +node-[ab] +\d+ of 1024 +\d\.\d\d +.*evicts/m)
  expect(stdout).toMatch(/^WARNING +ct4_global is as full as it gets on \d of 2 nodes/m)
  expect(stdout).toMatch(/^bpf\.ctTcpMax: \d+ \(now 1024\)/m)
  const gate = await maps('--map', 'ct4', '--threshold', 'bpf_map_pressure.max<0.8')
  expect(gate.exitCode).toBe(99)
  expect(gate.stdout).toMatch(/^bpf_map_pressure\.max<0\.8 +\d+(\.\d+)?% +fail/m)
})

test('more Services than the map of 256 entries has room for: full, and refuses', async () => {
  const services = Array.from({ length: 140 }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `service-${index}` },
    spec: { selector: { app: 'server' }, ports: [{ port: 80, targetPort: 8080 }] },
  }))
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: services })
  await cluster.kubectl(['apply', '-f', '-'], { stdin: list, timeoutMs: 60_000 })
  await expect.poll(async () => (await maps('--map', 'lb4_services')).exitCode, patiently).toBe(99)
  const { stdout } = await maps('--map', 'lb4_services')
  expect(stdout).toMatch(/^lb4_services_v2 +node-[ab] +\d+ of 256 +1\.\d\d +.*fails +[1-9]\d*$/m)
  expect(stdout).toMatch(/^ERROR +lb4_services_v2 is full on 2 of 2 nodes: .* updates failed/m)
  expect(await countByHand('lb4_services_v2')).toBe(256)
  await cluster.kubectl(['delete', 'services', ...services.map(({ metadata }) => metadata.name)], { timeoutMs: 60_000 })
})

test('--watch goes on when an agent is replaced, and gives no rate that is none', async () => {
  const stop = new AbortController()
  const argv = ['cilium', 'maps', '--watch', '--interval', '1s', '-o', 'json', '--map', 'lb4', '-q', '--timeout', '5s']
  const { ended, stdout } = startCommandLine(cluster.kubeconfig, argv, stop.signal)
  const records = () =>
    stdout()
      .split(/^(?=\{$)/m)
      .flatMap((text) => (/^\}$/m.test(text) ? [JSON.parse(text) as RunRecord] : []))
  /** The pods that were read on the node, in their order. */
  const pods = () => new Set(records().flatMap((record) => agentOf(record)?.agent.pod ?? []))
  await expect.poll(() => records().length, patiently).toBeGreaterThan(2)
  const selector = ['-l', 'k8s-app=cilium', '--field-selector=spec.nodeName=node-a']
  await cluster.kubectl(['delete', 'pod', '-n', 'kube-system', ...selector], { timeoutMs: 90_000 })
  await expect.poll(() => pods().size, patiently).toBe(2)
  const count = records().length
  await expect.poll(() => records().length, patiently).toBeGreaterThan(count + 1)
  stop.abort(new Interruption('SIGINT'))
  expect((await ended).exitCode).toBe(130)
  const rates = records().flatMap(({ metrics }) => metrics.filter(({ name }) => name === 'bpf_map_operation_rate'))
  expect(rates.length).toBeGreaterThan(0)
  expect(rates.filter(({ statistics }) => (statistics.value ?? 0) < 0)).toEqual([])
  expect(records().filter((record) => agentOf(record)?.isRestarted)).toHaveLength(1)
})

test('by the port for Prometheus, and by what was told to one, the same figures', async () => {
  const figuresBy = async (...way: readonly string[]) => {
    const record = await readRecord('--map', 'lb4|lxc', ...way)
    return ['lb4_services_v2', 'lb4_reverse_nat', 'lxc'].map((map) =>
      figureOf(record, 'bpf_map_entries', map, 'node-b'),
    )
  }
  // What the test before has changed may still be under way.
  const differences = async () => {
    const prometheus = ['--no-exec', '--prometheus', cluster.prometheusUrl]
    const [byExec, ...others] = await Promise.all([figuresBy(), figuresBy('--no-exec'), figuresBy(...prometheus)])
    expect(byExec.every((entries) => (entries ?? 0) > 0)).toBe(true)
    return others.flatMap((other) => byExec.filter((entries, index) => entries !== other[index]))
  }
  await expect.poll(differences, patiently).toEqual([])
  const record = await readRecord('--map', 'lb4', '--prometheus', cluster.prometheusUrl)
  const filling = record.series?.find(({ labels }) => labels.map === 'lb4_services_v2' && labels.node === 'node-b')
  expect(filling).toMatchObject({ metric: 'bpf_map_pressure', unit: 'ratio', resolutionSeconds: 2 })
  // As it is now, and how it came to that in the hour before.
  expect(filling?.points.at(-1)?.[1]).toBeCloseTo(
    figureOf(record, 'bpf_map_pressure', 'lb4_services_v2', 'node-b') ?? 0,
  )
  expect(filling?.points[0]?.[0]).toBeLessThan(-4)
})
