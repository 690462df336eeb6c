import { expect, test } from 'vitest'
import { netperfOptionsOf } from '../../../cmd/cilium/bigtcp/bench.ts'
import { type BigTcpOptions, bigTcpOptions } from '../../../cmd/cilium/bigtcp/options.ts'
import { renderBigTcp } from '../../../cmd/cilium/bigtcp/render.ts'
import { netperfRequest } from '../../../cmd/netperf/request.ts'
import { readOptionValues } from '../../../cmd/option-value.ts'
import { run } from '../../../cmd/root.ts'
import { judgeNode } from '../../../lib/cilium/bigtcp/read-node.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { bigStatus, tunnelStatus } from '../../lib/cilium/bigtcp/statuses.ts'
import { fakeContext } from '../fake-context.ts'

const part = (text: string) => ({ text, exitCode: 0 })

function nodeOf(node: string, status: object, sizes: number) {
  const links = ['eth0', 'lxc0123456789ab'].map((ifname) => ({
    ifname,
    tso_max_size: 524280,
    gso_ipv4_max_size: sizes,
    gro_ipv4_max_size: sizes,
  }))
  const agent = { node, namespace: 'kube-system', pod: `cilium-${node}` }
  const settings = { 'enable-ipv6': 'false' }
  const parts = {
    version: part('Client: 1.18.11'),
    drivers: part('eth0 mlx5_core'),
    links: part(JSON.stringify(links)),
    status: part(JSON.stringify(status)),
  }
  return judgeNode(agent, { kernel: '6.8.0', settings }, new Map(Object.entries(parts)), [])
}

const record: RunRecord = {
  schemaVersion: 1,
  kind: 'cilium-bigtcp',
  runId: 'abc123',
  tool: { name: 'kubectl-perf', version: 'v0.1.0' },
  startedAt: '2026-11-20T10:00:00.000Z',
  finishedAt: '2026-11-20T10:00:02.000Z',
  outcome: 'passed',
  cluster: { serverVersion: 'v1.34.4', nodes: 5, context: 'prod', platform: 'linux/amd64' },
  parameters: {},
  phases: [],
  metrics: [],
  thresholds: [],
  findings: [],
  details: {
    nodes: [
      ...['a', 'b', 'c', 'd'].map((name) => nodeOf(`node-${name}`, bigStatus, 196608)),
      nodeOf('node-e', tunnelStatus, 65536),
    ],
  },
}

test('nodes that are alike stand in one line, with the reason for each kind below', () => {
  const [tables] = renderBigTcp(record, { wide: false, headers: true, color: false }).split('\nPASSED in 2.00s.')
  expect(tables).toMatchInlineSnapshot(`
    "NODE               KERNEL   DEVICE   DRIVER      TSO-MAX   IP        AGENT      GSO      GRO   PODS      BIG-TCP
    node-a,node-b +2   6.8.0    eth0     mlx5_core    524280   IPv4     196608   196608   196608   1 big     on
    node-e             6.8.0    eth0     mlx5_core    524280   IPv4   disabled    65536    65536   1 small   off

    node-a,node-b +2: IPv4 on: packets of up to 196608 bytes
    node-e: IPv4 off: not enabled, and could not be: routing through a tunnel (vxlan), encryption by WireGuard (from Cilium 1.19 on it does not matter), kube-proxy is not replaced, iptables masquerades → routingMode: native, encryption.enabled: false, kubeProxyReplacement: true, bpf.masquerade: true, enableIPv4BIGTCP: true
    "
  `)
})

test('no pods are none; pods that could not be looked at are not', () => {
  const of = (links: { text: string; exitCode: number }) => {
    const settings = { 'enable-ipv6': 'false' }
    const parts = new Map(Object.entries({ links, status: part(JSON.stringify(bigStatus)) }))
    const nodes = [judgeNode({ node: 'a', namespace: 'kube-system', pod: 'cilium-a' }, { settings }, parts, [])]
    return renderBigTcp({ ...record, details: { nodes } }, { wide: true, headers: false, color: false })
  }
  expect(of(part('[]'))).toMatch(/^a .* none +on$/m)
  expect(of({ text: 'sh: ip: not found', exitCode: 127 })).toMatch(/^a .* - +on$/m)
})

test('the wide table has a line for each node', () => {
  const text = renderBigTcp(record, { wide: true, headers: true, color: false })
  expect(text.split('\n').filter((line) => /^node-[a-e] .* IPv4 /.test(line))).toHaveLength(5)
})

test('on a narrow terminal columns and lines give way', () => {
  const text = renderBigTcp(record, { wide: false, headers: true, color: false, columns: 80 })
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([])
})

test('the bench is a run of netperf: message sizes and streams, and what is not said as netperf has it', () => {
  const options = (texts: Readonly<Record<string, readonly string[]>>) =>
    readOptionValues(bigTcpOptions, new Map(Object.entries(texts)), {}) as BigTcpOptions
  const plan = (texts: Readonly<Record<string, readonly string[]>>) =>
    netperfRequest(netperfOptionsOf(options(texts), { environment: {} })).planFor([4])
  const usual = plan({})
  expect(usual.tests.map(({ messageBytes, streams }) => [streams, messageBytes])).toEqual([
    [1, 16_384],
    [1, 65_536],
    [1, 196_608],
    [1, 1_048_576],
    [4, 16_384],
    [4, 65_536],
    [4, 196_608],
    [4, 1_048_576],
  ])
  expect(usual).toMatchObject({ samples: 5, timing: { durationSeconds: 5, warmupSeconds: 1 }, keep: false })
  const own = plan({
    'bench-message-size': ['1Ki'],
    'bench-streams': ['2,8'],
    'bench-duration': ['30s'],
    'bench-samples': ['7'],
    'image-registry': ['mirror.example.com'],
  })
  expect(own.tests.map(({ messageBytes, streams }) => [streams, messageBytes])).toEqual([
    [2, 1024],
    [8, 1024],
  ])
  expect(own).toMatchObject({ samples: 7, timing: { durationSeconds: 30 } })
  expect(own.pods.images.get('iperf3')).toMatch(/^mirror\.example\.com\//)
})

test.each([
  ['bigtcp', '--bench-streams=2', '--bench-streams is about --bench: give it too, or leave --bench-streams out'],
  ['bigtcp', '--keep', '--keep is about --bench'],
  ['maps', '--load-rate=7', '--load-rate is about --load: give it too, or leave --load-rate out'],
  ['maps', '--load-kind=short', '--load-kind is about --load'],
  ['maps', '--yes', '--yes is about --load'],
])('cilium %s %s: an option that would do nothing is a mistake', async (command, flag, message) => {
  const { context, stderr } = fakeContext()
  expect(await run(['cilium', command, flag], context)).toBe(2)
  expect(stderr()).toContain(`error: ${message}`)
})
