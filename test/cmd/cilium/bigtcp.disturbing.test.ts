import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BigTcpDetails, BigTcpDetailsSchema, bigTcpDetailsOf } from '../../../lib/record/details/bigtcp-details.ts'
import { type NetperfDetails, NetperfDetailsSchema } from '../../../lib/record/details/netperf-details.ts'
import { type RunRecord, RunRecordSchema } from '../../../lib/record/run-record.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { recordOf, runCommandLine } from '../run-command-line.ts'

// Real agents of Cilium 1.15.19 on two real nodes, with native routing and in the place of kube-proxy: BIG TCP can be on.

const ajv = new Ajv({ strict: false })
addFormats.default(ajv)
const isRecord = ajv.compile(RunRecordSchema)
const areDetails = ajv.compile(BigTcpDetailsSchema)
const isBench = ajv.compile(NetperfDetailsSchema)

let cluster: ControlPlane & AsyncDisposable
beforeAll(async () => {
  cluster = await startControlPlane({ ciliumAgents: 2 })
}, 600_000)
afterAll(() => cluster?.[Symbol.asyncDispose]())

const bigTcp = (...argv: string[]) => runCommandLine(cluster.kubeconfig, ['cilium', 'bigtcp', ...argv])

/** Runs that end with the record as JSON, which every reader's schema takes. */
async function recorded(exitCode: number, ...argv: string[]): Promise<{ record: RunRecord; details: BigTcpDetails }> {
  const ended = await bigTcp('-o', 'json', ...argv)
  expect(ended.exitCode, ended.stderr).toBe(exitCode)
  const record = recordOf(ended)
  expect(isRecord(record), JSON.stringify(isRecord.errors)).toBe(true)
  expect(areDetails(record.details), JSON.stringify(areDetails.errors)).toBe(true)
  const details = bigTcpDetailsOf(record)
  if (details === undefined) throw new Error('no details in the record')
  return { record, details }
}

const inAgent = (...command: string[]) =>
  cluster.kubectl(['exec', '-n', 'kube-system', 'ds/cilium', '-c', 'cilium-agent', '--', ...command])

/**
 * Until they answer: an agent is Ready up to ten seconds before it does where a pod was removed while it was away. The CNI plugin
 * holds the queue of removals then, for as long as it looks for the agent, and the agent does not serve before it has that.
 */
async function restartAgents(): Promise<void> {
  await cluster.kubectl(['rollout', 'restart', 'daemonset/cilium', '-n', 'kube-system'])
  const rollout = ['rollout', 'status', 'daemonset/cilium', '-n', 'kube-system', '--timeout=240s']
  await cluster.kubectl(rollout, { timeoutMs: 250_000 })
  const pods = await cluster.kubectl(['get', 'pods', '-n', 'kube-system', '-l', 'k8s-app=cilium', '-o', 'name'])
  for (const pod of pods.trim().split('\n')) {
    const status = ['exec', '-n', 'kube-system', pod, '-c', 'cilium-agent', '--', 'cilium-dbg', 'status', '--brief']
    await expect.poll(() => cluster.kubectl(status)).toBe('OK\n')
  }
}

test('off by choice: nothing in the way, no fault, and what the agent and ip say by themselves', async () => {
  const { record, details } = await recorded(0)
  expect(record.outcome).toBe('passed')
  expect(details.nodes.map(({ node }) => node)).toEqual(['node-a', 'node-b'])
  for (const { families, faults, version } of details.nodes) {
    expect([version, faults]).toEqual(['1.15.19', []])
    expect(families).toMatchObject([
      { ipFamily: 4, state: 'off', isWanted: false, reason: 'not enabled', blockers: [], agent: { enabled: false } },
    ])
  }
  expect(await inAgent('cilium-dbg', 'status')).toMatch(/IPv4 BIG TCP: +Disabled/)
  const [kernel] = (await cluster.kubectl(['get', 'nodes', '-o', 'jsonpath={.items[0].status.nodeInfo.kernelVersion}']))
    .trim()
    .split('\n')
  const shown = await inAgent('ip', '-d', 'link', 'show', 'eth0')
  for (const node of details.nodes) {
    expect(node.kernel).toBe(kernel)
    expect(node.devices).toEqual([
      {
        name: 'eth0',
        driver: 'veth',
        tsoMaxBytes: Number(/tso_max_size (\d+)/.exec(shown)?.[1]),
        ipv4: expect.anything(),
        ipv6: {
          gsoBytes: Number(/gso_max_size (\d+)/.exec(shown)?.[1]),
          groBytes: Number(/gro_max_size (\d+)/.exec(shown)?.[1]),
        },
      },
    ])
  }
})

test('for people: nodes that are alike in one line, and the reason below', async () => {
  const ended = await bigTcp()
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect(ended.stdout).toMatch(
    /^NODE +KERNEL +DEVICE +DRIVER +TSO-MAX +IP +AGENT +GSO +GRO +PODS +BIG-TCP\nnode-a,node-b +\S+ +eth0 +veth +\d+ +IPv4 +disabled .* off\n\nIPv4 off: not enabled → enableIPv4BIGTCP: true in the Helm values, then restart agents and pods\n\nPASSED in/,
  )
  expect(ended.stderr).toMatch(/^Context \S+ \(v1\.34\.4, 2 nodes\)\. Reading 2 Cilium agents by a command in each/m)
})

test('the bench: a figure for each message size and number of streams, beside the sizes; nothing stays', async () => {
  const short = ['--bench-duration', '1s', '--bench-samples', '1']
  const { record } = await recorded(
    0,
    '--bench',
    '--bench-message-size',
    '16Ki,128Ki',
    '--bench-streams',
    '1,2',
    ...short,
  )
  expect(isBench(record.details.bench), JSON.stringify(isBench.errors)).toBe(true)
  const bench = record.details.bench as NetperfDetails
  expect(bench.rows.map(({ parameters: { messageBytes, streams } }) => [messageBytes, streams])).toEqual([
    [16384, 1],
    [131072, 1],
    [16384, 2],
    [131072, 2],
  ])
  for (const { flows, failures } of bench.rows) {
    expect(failures).toEqual([])
    expect(flows[0]?.throughput?.mean).toBeGreaterThan(1e6)
  }
  const names = new Set(record.metrics.map(({ name }) => name))
  expect(names).toContain('tcp_throughput')
  expect(names).toContain('big_tcp_device_tso_max')
  const kinds = 'namespaces,pods,services'
  expect(await cluster.kubectl(['get', kinds, '-A', '-l', 'kubectl-perf/run', '-o', 'name'])).toBe('')
})

test('asked for and not taken is a verdict', async () => {
  const patch = JSON.stringify({ data: { 'enable-ipv4-big-tcp': 'true' } })
  await cluster.kubectl(['patch', 'configmap', 'cilium-config', '-n', 'kube-system', '-p', patch])
  const { record } = await recorded(99)
  expect(record.outcome).toBe('failed')
  expect(record.findings).toContainEqual(
    expect.objectContaining({
      severity: 'error',
      code: 'BigTcpOff',
      message:
        'node-a, node-b: BIG TCP for IPv4: cilium-config asks for it (enable-ipv4-big-tcp), and the agent runs without it',
      advice: 'restart the agent: it reads cilium-config when it starts',
    }),
  )
})

test('after the restart of the agents it is on', async () => {
  await restartAgents()
  expect(await inAgent('cilium-dbg', 'status')).toMatch(/IPv4 BIG TCP: +Enabled +\[196608\]/)
  const { record, details } = await recorded(0, '--threshold', 'big_tcp_nodes{state=on}>=2')
  for (const { families } of details.nodes) {
    expect(families).toMatchObject([
      { state: 'on', isWanted: true, agent: { enabled: true, gsoBytes: 196608, groBytes: 196608 } },
    ])
  }
  expect(record.thresholds).toMatchObject([{ observed: 2, passed: true }])
})

test('a cluster without Cilium, as far as it is looked: how, and what helps', async () => {
  const ended = await bigTcp('-n', 'default')
  expect(ended).toMatchObject({ exitCode: 1, stdout: '' })
  expect(ended.stderr).toMatch(
    /^error: no Cilium agent was found\n {2}pods with the label k8s-app=cilium in namespace default: none\n/m,
  )
})
