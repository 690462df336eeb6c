import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, startControlPlane } from '../control-plane.ts'

interface NodeItem {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> }
  readonly spec: { readonly podCIDRs: readonly string[]; readonly taints?: readonly { readonly key: string }[] }
  readonly status: { readonly addresses: readonly { readonly type: string }[] }
}

let cluster: ControlPlane & AsyncDisposable

beforeAll(async () => {
  cluster = await startControlPlane({
    realNodes: 3,
    zones: { 'node-a': 'zone-1', 'node-b': 'zone-2' },
    taints: { 'node-c': ['dedicated=db:NoSchedule', 'old:PreferNoSchedule'] },
    mtuBytes: 9000,
    dualStack: true,
    loadBalancer: true,
  })
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

const patiently = { timeout: 60_000, interval: 200 }
const field = (object: string, path: string) =>
  cluster.kubectl(['get', ...object.split(' '), '-o', `jsonpath={${path}}`])
/** Each of them has one address of either family. */
const words = async (object: string, path: string) => (await field(object, path)).split(' ')

test('nodes have the zones, taints and families that were asked for', async () => {
  const nodes: NodeItem[] = JSON.parse(await cluster.kubectl(['get', 'nodes', '-o', 'json'])).items
  expect(nodes.map(({ metadata }) => metadata.labels['topology.kubernetes.io/zone'])).toEqual([
    'zone-1',
    'zone-2',
    undefined,
  ])
  expect(nodes.map(({ spec }) => spec.taints)).toEqual([
    undefined,
    undefined,
    [
      { key: 'dedicated', value: 'db', effect: 'NoSchedule' },
      { key: 'old', effect: 'PreferNoSchedule' },
    ],
  ])
  for (const { spec, status } of nodes) {
    expect(spec.podCIDRs).toEqual([expect.stringContaining('.'), expect.stringContaining('::')])
    expect(status.addresses.filter(({ type }) => type === 'InternalIP')).toHaveLength(2)
  }
})

test('pods on two nodes reach each other over every path, with IPv4 and IPv6', async () => {
  for (const [name, node] of [
    ['client', 'node-a'],
    ['server', 'node-b'],
  ] as const) {
    const overrides = `--overrides={"spec":{"nodeName":"${node}","terminationGracePeriodSeconds":0}}`
    await cluster.kubectl(['run', name, '--image=nginx:alpine', overrides])
  }
  const ports = { port: 80, protocol: 'TCP' }
  const spec = { type: 'LoadBalancer', ipFamilyPolicy: 'RequireDualStack', ports: [ports], selector: { run: 'server' } }
  await cluster.kubectl(['create', '-f', '-'], {
    stdin: JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec }),
  })
  await cluster.kubectl(['wait', '--for=condition=Ready', 'pod', '--all', '--timeout=60s'])
  await expect
    .poll(() => field('service web', '.status.loadBalancer.ingress[*].ip'), patiently)
    .toMatch(/^198\.18\.\d+\.129 fd4b:7065:7266:[0-9a-f]+::129$/)
  const nodePort = await field('service web', '.spec.ports[0].nodePort')
  const inUrl = (address: string) => (address.includes(':') ? `[${address}]` : address)
  const addresses = [
    ...(await words('pod server', '.status.podIPs[*].ip')),
    ...(await words('service web', '.spec.clusterIPs[*]')),
    ...(await words('service web', '.status.loadBalancer.ingress[*].ip')),
    ...(await words('node node-b', '.status.addresses[?(@.type=="InternalIP")].address')).map(
      (address) => `${inUrl(address)}:${nodePort}`,
    ),
  ]
  expect(addresses).toHaveLength(8)
  for (const address of addresses) {
    const url = `http://${address.endsWith(`:${nodePort}`) ? address : inUrl(address)}/`
    const get = ['exec', 'client', '--', 'timeout', '2', 'wget', '-qO-', url]
    await expect
      .poll(async () => [url, (await cluster.tryKubectl(get)).stdout], patiently)
      .toEqual([url, '<h1>Welcome to nginx!</h1>\n'])
  }
})

test('interfaces of nodes and pods have the MTU that was asked for', async () => {
  const link = await cluster.runOnNode('node-a', ['cat', '/sys/class/net/eth0/mtu'])
  const pod = await cluster.kubectl(['exec', 'client', '--', 'cat', '/sys/class/net/eth0/mtu'])
  expect([link.stdout, pod]).toEqual(['9000\n', '9000\n'])
})

test('a Service that names another class of load balancer gets no address', async () => {
  const spec = { type: 'LoadBalancer', loadBalancerClass: 'example.com/other', ports: [{ port: 80 }] }
  const create = (name: string, fields: object) =>
    cluster.kubectl(['create', '-f', '-'], {
      stdin: JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ...spec, ...fields } }),
    })
  await create('other', {})
  await create('later', { loadBalancerClass: undefined })
  await expect.poll(() => field('service later', '.status.loadBalancer.ingress[0].ip'), patiently).toMatch(/\.130$/)
  expect(await field('service other', '.status.loadBalancer.ingress')).toBe('')
})
