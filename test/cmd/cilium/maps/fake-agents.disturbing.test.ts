import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Interruption } from '../../../../cmd/signals.ts'
import { CiliumMapsDetailsSchema, ciliumMapsDetailsOf } from '../../../../lib/record/details/cilium-maps-details.ts'
import { type RunRecord, RunRecordSchema } from '../../../../lib/record/run-record.ts'
import { adminClient } from '../../../cluster/api-client.ts'
import { type ControlPlane, startControlPlane } from '../../../cluster/control-plane.ts'
import { recorded, recordedMetrics, type State } from '../../../lib/cilium/maps/recorded.ts'
import { type Ended, recordOf, runCommandLine, startCommandLine } from '../../run-command-line.ts'
import { PRINTS_FILES, startFakeAgents, writeAgent } from './fake-agents.ts'

// Agents that say what real ones of 1.15.19 said, and agents that say other things, by a real exec through a real API server.

let cluster: ControlPlane & AsyncDisposable
const metricsServer = createServer((request, response) => {
  if (request.url === '/metrics') response.end(exposition(recordedMetrics('busy')))
  else response.writeHead(404).end()
})

const FAR_AWAY = 'ip-10-0-0-7.eu-west-1.compute.internal'
const states: readonly State[] = ['empty', 'busy', 'full', 'kpr', 'nat']
const node = (index: number) => `kwok-${String(index).padStart(4, '0')}`
const filesOf = (state: State, version = recorded(state, 'version.txt')) => ({
  version,
  metrics: recordedMetrics(state),
  status: recorded(state, 'status.json'),
})

beforeAll(async () => {
  await new Promise<void>((resolve) => metricsServer.listen(0, '127.0.0.1', resolve))
  cluster = await startControlPlane()
  const { port } = metricsServer.address() as AddressInfo
  const recordedAgents = states.map((state, index) => ({
    pod: `cilium-${state}`,
    node: node(index),
    tool: PRINTS_FILES,
    files: filesOf(state),
    metricsPort: port,
  }))
  await startFakeAgents(cluster, [
    ...recordedAgents,
    { pod: 'cilium-broken', node: node(5), tool: 'echo "[{\\"name\\": \\"cilium_bpf"' },
    { pod: 'cilium-hangs', node: node(6), tool: 'exec sleep 30' },
    {
      pod: 'cilium-starting',
      node: node(7),
      tool: 'echo "Cannot get metrics list: dial unix /var/run/cilium/cilium.sock: connect: no such file or directory" >&2; exit 1',
    },
    {
      pod: 'cilium-large',
      node: node(8),
      tool: PRINTS_FILES,
      files: { ...filesOf('busy'), metrics: padded(recordedMetrics('busy'), 1 << 20) },
    },
    {
      pod: 'cilium-newer',
      node: FAR_AWAY,
      tool: PRINTS_FILES,
      files: filesOf('busy', 'Client: 1.18.3 0123 2025-10-01 go\nDaemon: 1.18.3 0123 2025-10-01 go\n'),
      image: 'quay.io/cilium/cilium:v1.18.3',
    },
    { pod: 'other-one', node: node(9), namespace: 'default', tool: PRINTS_FILES, files: filesOf('empty') },
  ])
  await addLostNode()
})
afterAll(async () => {
  metricsServer.close()
  await cluster[Symbol.asyncDispose]()
})

/** An agent on a node behind which there is nothing. */
async function addLostNode(): Promise<void> {
  const client = adminClient(cluster.folder, cluster.server)
  const status = {
    addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
    daemonEndpoints: { kubeletEndpoint: { Port: 1 } },
  }
  await client.request('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'gone' }, status })
  const pods = '/api/v1/namespaces/kube-system/pods'
  await client.request('POST', pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'cilium-gone', labels: { 'k8s-app': 'cilium' } },
    spec: { nodeName: 'gone', containers: [{ name: 'cilium-agent', image: 'quay.io/cilium/cilium:v1.15.19' }] },
  })
  await client.request('PATCH', `${pods}/cilium-gone/status`, { status: { phase: 'Running' } })
  client.close()
}

/** The same figures as an agent serves them. */
function exposition(json: string): string {
  const metrics = JSON.parse(json) as { name: string; labels?: Record<string, string>; value?: number }[]
  return metrics
    .map(({ name, labels = {}, value = 0 }) => {
      const list = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`)
      return `${name}{${list.join()}} ${value}\n`
    })
    .join('')
}

/** With other metrics, up to so many bytes. */
function padded(json: string, bytes: number): string {
  const others = Array.from({ length: Math.ceil(bytes / 100) }, (_, index) => ({
    name: 'cilium_drop_count_total',
    labels: { reason: `Reason ${index}`, direction: 'INGRESS', padding: 'x'.repeat(40) },
    value: 0,
  }))
  return JSON.stringify([...(JSON.parse(json) as object[]), ...others])
}

const maps = (...argv: readonly string[]): Promise<Ended> =>
  runCommandLine(cluster.kubeconfig, ['cilium', 'maps', '-n', 'kube-system', '--timeout', '15s', ...argv])
const onNodes = (...indices: readonly number[]) => ['--node', indices.map(node).join()]
const figureOf = ({ metrics }: RunRecord, name: string, labels: Readonly<Record<string, string>>) =>
  metrics.find(
    (metric) => metric.name === name && Object.entries(labels).every(([key, value]) => metric.labels[key] === value),
  )?.statistics.value

test('the figures of the worst node, and that maps are full', async () => {
  const { exitCode, stdout, stderr } = await maps(...onNodes(0, 1, 2, 3, 4))
  expect(exitCode).toBe(99)
  expect(stderr).toContain('Reading 5 Cilium agents by a command in each; nothing is changed.\n')
  expect(stdout).toMatch(/^MAP +WORST-NODE +USED +PRESSURE +SPREAD +WHEN-FULL +FAILED-OPS$/m)
  expect(stdout).toMatch(/^lb4_services_v2 +kwok-0002 +291 of 256 +1\.14 +0\.00–1\.14 +fails +260$/m)
  expect(stdout).toMatch(/^policy +kwok-0002 +256 of 256 +1\.00 .* fails +684$/m)
  expect(stdout).toMatch(/^TCP ipv4 +\d+ +kwok-0002 \(840\)/m)
  expect(stdout).toMatch(/^bpf\.lbMapMax: 65536 \(now 256\), \+[\d.]+ MB per node.*\n {2}for lb4_services_v2/m)
  expect(stdout).toMatch(/\nFAILED: 2 maps are full and refuse entries.*\. Read 5 agents in [\d.]+m?s\.\n$/)
})

test('the record is what the schemas say, with a value for each node and map', async () => {
  const ended = await maps(...onNodes(1, 2), '-o', 'json')
  const record = recordOf(ended)
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(RunRecordSchema)
  expect(validate(record), JSON.stringify(validate.errors)).toBe(true)
  expect(record).toMatchObject({ kind: 'cilium-maps', outcome: 'failed' })
  const validateDetails = new Ajv({ strict: false, validateFormats: false }).compile(CiliumMapsDetailsSchema)
  expect(validateDetails(record.details), JSON.stringify(validateDetails.errors)).toBe(true)
  expect(figureOf(record, 'bpf_map_pressure', { node: node(2), map: 'lb4_services_v2' })).toBeCloseTo(291 / 256, 3)
  expect(figureOf(record, 'bpf_map_entries', { node: node(2), map: 'lb4_services_v2' })).toBe(291)
  expect(figureOf(record, 'bpf_map_capacity', { node: node(2), map: 'lb4_services_v2' })).toBe(256)
  expect(ended.stderr).toMatch(/^error: .*lb4_services_v2/m)
})

test('agents that cannot be read are rows with the reason, and keep no other from being read', async () => {
  const { exitCode, stdout } = await maps('--map', 'ct4|lxc')
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(/^kwok-0005 +cilium-broken +metrics list: its output is no JSON/m)
  expect(stdout).toMatch(
    /^kwok-0006 +cilium-hangs +(its metrics cannot be listed: the agent does not answer its own tool in time|timed out after 15s .*)$/m,
  )
  expect(stdout).toMatch(
    /^kwok-0007 +cilium-starting +its metrics cannot be listed: Cannot get metrics list: dial unix .*: no such file or directory$/m,
  )
  expect(stdout).toMatch(
    /^gone +cilium-gone +Internal error occurred: error sending request: Post "https:\/\/127\.0\.0\.1:1\/exec\/kube-system\/cilium-gone\/cilium-agent": dial tcp 127\.0\.0\.1:1: connect: connection refused$/m,
  )
  expect(stdout).toMatch(/^ct4_global +kwok-0002 +840 of 1024/m)
  expect(stdout).toMatch(/\nNO DATA: .*4 agents could not be read\. Read 7 of 11 agents in /)
})

test('an agent with a megabyte to say, and one of another version', async () => {
  const record = recordOf(await maps('--node', `${node(8)},${FAR_AWAY}`, '-o', 'json'))
  const { agents, versions } = ciliumMapsDetailsOf(record) ?? { agents: [], versions: [] }
  expect(agents.map(({ agent }) => agent.node)).toEqual([FAR_AWAY, node(8)])
  expect(versions.toSorted((a, b) => (a.version < b.version ? -1 : 1))).toEqual([
    { version: '1.15.19', agents: 1 },
    { version: '1.18.3', agents: 1 },
  ])
  expect(record.findings.map(({ code }) => code)).toContain('MixedVersions')
  expect(figureOf(record, 'bpf_map_entries', { node: FAR_AWAY, map: 'lb4_services_v2' })).toBe(180)
  expect(figureOf(record, 'bpf_map_entries', { node: node(8), map: 'lb4_services_v2' })).toBe(180)
})

test('thresholds', async () => {
  expect((await maps(...onNodes(1), '--threshold', 'bpf_map_pressure.max<0.8')).exitCode).toBe(0)
  const { exitCode, stdout } = await maps(...onNodes(0, 1), '--threshold', 'bpf_map_pressure.max<0.5')
  expect(exitCode).toBe(99)
  expect(stdout).toMatch(/^bpf_map_pressure\.max<0\.5 +70\.3% +fail/m)
  expect(stdout).toMatch(/\nFAILED: .*1 of 1 threshold does not hold\./)
})

test('rows in the order that was asked for, of the maps that were asked for', async () => {
  const rowsOf = ({ stdout }: Ended) =>
    stdout
      .split('\n\n', 1)[0]
      ?.split('\n')
      .slice(1)
      .map((line) => line.split(/ +/).slice(0, 2).join(' '))
  expect(rowsOf(await maps(...onNodes(1, 2), '--map', '^ct|lb4_s', '--sort', 'name'))).toEqual([
    'ct4_global kwok-0002',
    'ct_any4_global kwok-0001',
    'lb4_services_v2 kwok-0002',
    'lb4_source_range kwok-0001',
  ])
  expect(rowsOf(await maps(...onNodes(1, 2), '--map', '^ct|lb4_s'))?.slice(0, 2)).toEqual([
    'lb4_services_v2 kwok-0002',
    'ct4_global kwok-0002',
  ])
  const perNode = (await maps(...onNodes(1, 2), '--map', 'ct4', '--per-node', '--sort', 'node')).stdout
  expect(perNode).toMatch(/^kwok-0001 +ct4_global +600 of 1024 .*\nkwok-0002 +ct4_global +840 of 1024/m)
})

test('a map that is not there, with those that are', async () => {
  const { exitCode, stdout, stderr } = await maps(...onNodes(0), '--map', 'nosuch')
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(stderr).toMatch(/^error: no map matches "nosuch"\n {2}there are: auth_map, ct4_global, /m)
})

test('by the port for Prometheus, forwarded where the API server does not get there', async () => {
  await cluster.kubectl([
    'create',
    'configmap',
    'cilium-config',
    '-n',
    'kube-system',
    '--from-literal=prometheus-serve-addr=:9962',
  ])
  try {
    const record = recordOf(await maps(...onNodes(1), '--no-exec', '-o', 'json'))
    expect(record.outcome).toBe('passed')
    expect(figureOf(record, 'bpf_map_entries', { map: 'lb4_services_v2' })).toBe(180)
    await cluster.kubectl([
      'patch',
      'configmap',
      'cilium-config',
      '-n',
      'kube-system',
      '-p',
      '{"data":{"prometheus-serve-addr":null}}',
    ])
    const off = await maps(...onNodes(1), '--no-exec')
    expect(off.exitCode).toBe(1)
    expect(off.stdout).toMatch(
      /cilium-busy +the agent serves no metrics: prometheus-serve-addr is not set in ConfigMap cilium-config/,
    )
  } finally {
    await cluster.kubectl(['delete', 'configmap', 'cilium-config', '-n', 'kube-system'])
  }
})

test('the roles of the document are enough, and without them it is said what is missing', async () => {
  const jane = await cluster.createUser('jane')
  const look = (...argv: readonly string[]) => runCommandLine(jane, ['cilium', 'maps', ...onNodes(1), ...argv])
  const nothing = await look('-n', 'kube-system')
  expect(nothing.exitCode).toBe(1)
  expect(nothing.stderr).toContain('error: cannot list pods in namespace "kube-system": forbidden for user "jane"\n')
  expect(nothing.stderr).toContain('\n  missing: list pods in kube-system, create,get pods/exec in kube-system\n')
  for (const argv of [['maps'], ['bigtcp']]) {
    const { stderr } = await runCommandLine(jane, ['cilium', ...argv])
    expect(stderr).toContain('\n  missing: list pods, create,get pods/exec\n')
  }
  expect((await look('--no-exec')).stderr).toContain('\n  missing: list pods\n')
  await cluster.kubectl(['apply', '-f', 'docs/rbac/cilium-maps.yaml'])
  const bind = (role: string) =>
    cluster.kubectl(['create', 'clusterrolebinding', role, `--clusterrole=${role}`, '--user=jane'])
  await bind('perf-cilium-maps-no-exec')
  const withoutExec = await look()
  expect(withoutExec).toMatchObject({ exitCode: 1, stdout: '' })
  expect(withoutExec.stderr).toMatch(
    /error: cannot create pods\/exec in namespace "kube-system": forbidden for user "jane"\n {2}needs: .*\n {2}missing: .*\n {2}try: +--no-exec, or apply docs\/rbac\/cilium-maps\.yaml\n/,
  )
  expect((await look('--no-exec')).exitCode).toBe(0)
  await cluster.kubectl(['delete', 'clusterrolebinding', 'perf-cilium-maps-no-exec'])
  await bind('perf-cilium-maps')
  const { exitCode, stdout } = await look()
  expect(exitCode).toBe(0)
  expect(stdout).toContain('PASSED')
  expect(stdout).not.toContain('may not')
})

test('again and again, with rates; an agent that restarted in between has none', async () => {
  const stop = new AbortController()
  const files = filesOf('busy')
  const at = (updates: number, started: number) => {
    const metrics = (
      JSON.parse(files.metrics) as { name: string; labels?: Record<string, string>; value?: number }[]
    ).filter(({ name }) => name !== 'cilium_process_start_time_seconds')
    for (const metric of metrics) {
      const { map_name: map, operation, outcome } = metric.labels ?? {}
      if (
        metric.name === 'cilium_bpf_map_ops_total' &&
        map === 'lb4_services_v2' &&
        operation === 'update' &&
        outcome === 'success'
      )
        metric.value = updates
    }
    return {
      ...files,
      metrics: JSON.stringify([...metrics, { name: 'cilium_process_start_time_seconds', value: started }]),
    }
  }
  const agent = { pod: 'cilium-busy', tool: PRINTS_FILES }
  await writeAgent(cluster, { ...agent, files: at(1000, 100) })
  const argv = ['cilium', 'maps', '-n', 'kube-system', ...onNodes(1), '--watch', '--interval', '1s', '-o', 'wide']
  const folder = join(await mkdtemp(join(tmpdir(), 'maps-watch-')), 'run')
  const watching = startCommandLine(
    cluster.kubeconfig,
    [...argv, '--map', 'lb4_services_v2', '--output-dir', folder],
    stop.signal,
  )
  const seen = (text: string) => expect.poll(watching.stdout, { timeout: 60_000, interval: 100 }).toContain(text)
  await seen('update 1000')
  await writeAgent(cluster, { ...agent, files: at(2000, 100) })
  await seen('update 2000 (')
  await writeAgent(cluster, { ...agent, files: at(50, 200) })
  await seen('restarted between two reads')
  stop.abort(new Interruption('SIGINT'))
  const { exitCode, stdout } = await watching.ended
  await writeAgent(cluster, { ...agent, files })
  expect(exitCode).toBe(130)
  const looks = stdout.split(/^(?=\d{4}-\d\d-\d\dT[\d:]+Z$)/m)
  expect(looks.length).toBeGreaterThanOrEqual(3)
  const rates = [...stdout.matchAll(/update (\d+)(?: \(([-\d.]+)\/s\))?/g)].map(([, count, rate]) => ({
    count: Number(count),
    rate: rate === undefined ? undefined : Number(rate),
  }))
  expect(rates.filter(({ rate }) => (rate ?? 0) > 0)).toMatchObject([{ count: 2000 }])
  expect(stdout).not.toMatch(/-[\d.]+\/s/)
  expect(looks.filter((look) => look.includes('restarted between two reads'))).toHaveLength(1)
  // Every figure of every look, with its time.
  const lines = (await readFile(join(folder, 'samples.ndjson'), 'utf8')).trim().split('\n')
  await rm(dirname(folder), { recursive: true })
  const samples = lines.map(
    (line) => JSON.parse(line) as { metric: string; labels: Record<string, string>; t: number; value: number },
  )
  const updates = samples.filter(
    ({ metric, labels: { operation, outcome } }) =>
      metric === 'bpf_map_operations' && operation === 'update' && outcome === 'success',
  )
  expect([...new Set(updates.map(({ value }) => value))]).toEqual([1000, 2000, 50])
  expect(updates.length).toBeGreaterThanOrEqual(looks.filter((look) => look.includes('lb4_services_v2')).length)
  expect(updates.map(({ t }) => t)).toEqual(updates.map(({ t }) => t).toSorted((a, b) => a - b))
})

test('several installations are told apart', async () => {
  const { stdout } = await runCommandLine(cluster.kubeconfig, ['cilium', 'maps', ...onNodes(0, 9), '-o', 'wide'])
  expect(stdout).toMatch(
    /several installations of Cilium: pods in namespace kube-system, pods in namespace default +→ read one of them with -n NAMESPACE or --agent-selector/,
  )
  expect(stdout).toContain('Read 2 agents')
})

test('no Cilium: where was looked', async () => {
  const { exitCode, stdout, stderr } = await runCommandLine(cluster.kubeconfig, ['cilium', 'maps', '-n', 'kube-public'])
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(stderr).toContain(`error: no Cilium found
  looked for pods with the label k8s-app=cilium in namespace kube-public: none
  looked for pods with the label app.kubernetes.io/name=cilium-agent in namespace kube-public: none
  looked for DaemonSets with a container or image named after Cilium in namespace kube-public: none of 0
  looked for objects of cilium.io: none
`)
})

test('no agent, but a configuration: what the objects of the cluster need', async () => {
  await cluster.kubectl([
    'create',
    'configmap',
    'cilium-config',
    '-n',
    'kube-node-lease',
    '--from-literal=bpf-lb-map-max=256',
  ])
  try {
    const { exitCode, stdout } = await runCommandLine(cluster.kubeconfig, ['cilium', 'maps', '-n', 'kube-public'])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/^NEEDED-BY-OBJECTS +USED +SHARE/m)
    expect(stdout).toMatch(/^load balancer entries \(IPv4\) +\d+ of 256/m)
    expect(stdout).toContain('no Cilium agent found')
    expect(stdout).toMatch(/\nNO DATA: /)

    const planner = await userWhoMayReadServices()
    const inHome = await runCommandLine(planner, ['cilium', 'maps', '-n', 'kube-node-lease', '-o', 'json'])
    expect(inHome.exitCode).toBe(1)
    const { findings, metrics } = recordOf(inHome)
    expect(metrics.map(({ labels }) => labels.what)).not.toContain('ipcache entries')
    expect(findings.find(({ code }) => code === 'HeadroomIncomplete')?.message).toBe(
      'what objects need is not known in full: this user may not list ciliumendpoints.cilium.io, list ciliumidentities.cilium.io, list ciliumnodes.cilium.io, list nodes',
    )
    const elsewhere = await runCommandLine(planner, ['cilium', 'maps', '-n', 'kube-public'])
    expect(elsewhere.stderr).toContain('error: no Cilium agent found\n')
    expect(elsewhere.stderr).toContain(
      'looked for objects of cilium.io: none that this user may see, who may not get configmaps "cilium-config" in kube-public, list ciliumendpoints',
    )
  } finally {
    await cluster.kubectl(['delete', 'configmap', 'cilium-config', '-n', 'kube-node-lease'])
  }
})

/** Services, and the ConfigMap in kube-node-lease: not the nodes, and nothing of cilium.io. */
async function userWhoMayReadServices(): Promise<string> {
  const kubeconfig = await cluster.createUser('planner')
  const resources = '--resource=pods,services,daemonsets.apps,endpointslices.discovery.k8s.io'
  await cluster.kubectl(['create', 'clusterrole', 'planner', '--verb=list', resources])
  await cluster.kubectl(['create', 'clusterrolebinding', 'planner', '--clusterrole=planner', '--user=planner'])
  const inHome = ['-n', 'kube-node-lease', 'create']
  const settings = ['--verb=get', '--resource=configmaps', '--resource-name=cilium-config']
  await cluster.kubectl([...inHome, 'role', 'planner', ...settings])
  await cluster.kubectl([...inHome, 'rolebinding', 'planner', '--role=planner', '--user=planner'])
  return kubeconfig
}
