import { describe, expect, test } from 'vitest'
import { netperfFindings } from '../../../lib/netperf/assessment/findings/netperf-findings.ts'
import type { TestCase } from '../../../lib/netperf/test-case.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { type Measured, measure, outcomes, realPlan } from './measuring.ts'
import { testCase } from './test-case-example.ts'
import { withCluster } from './with-cluster.ts'

// True traffic between real nodes, over every path and placement.

let cluster: ControlPlane
withCluster(
  {
    realNodes: 2,
    zones: { 'node-a': 'east', 'node-b': 'west' },
    dualStack: true,
    loadBalancer: true,
  },
  (started) => {
    cluster = started
  },
)

function nodesOf({ pairs }: Measured, index: number): string {
  const { client, server } = pairs[index] ?? {}
  return client?.node === server?.node ? 'same' : 'other'
}

test('every path, placement and family in one run, interleaved, and nothing is left', async () => {
  const paths: Partial<TestCase>[] = [
    { path: 'pod' },
    { path: 'service' },
    { path: 'nodeport' },
    { path: 'loadbalancer' },
    { path: 'host', isBaseline: true },
    { path: 'pod', ipFamily: 6 },
    { path: 'nodeport', ipFamily: 6, protocol: 'udp', bitsPerSecond: 100e6 },
    { path: 'pod', placement: 'same-node' },
    { path: 'pod', placement: 'other-zone' },
    { path: 'pod', placement: 'any' },
  ]
  const tests = paths.map(testCase)
  const order: string[] = []
  const run = await measure(cluster.kubeconfig, realPlan({ tests, samples: 2 }), {
    onSample: ({ test: index, sample }) => order.push(`${sample}.${index}`),
  })
  expect(run.failure).toBeUndefined()
  expect(run.leftBehind).toEqual([])
  expect(outcomes(run.samples).filter((outcome) => !outcome.endsWith(' measured'))).toEqual([])
  expect(order).toEqual(['0', '1'].flatMap((sample) => tests.map((_, index) => `${sample}.${index}`)))
  const pairOf = (index: number) => run.pairsOfTest.get(index)?.[0] ?? -1
  expect([0, 1, 2, 3, 5].map(pairOf)).toEqual([0, 0, 0, 0, 0])
  expect([0, 4, 7, 8].map((index) => nodesOf(run, pairOf(index)))).toEqual(['other', 'other', 'same', 'other'])
  // The baseline is between the same nodes, in the same direction.
  expect(run.pairs[pairOf(4)]?.client.node).toBe(run.pairs[0]?.client.node)
  expect(run.pairs[pairOf(4)]?.client.hostNetwork).toBe(true)
  const figures = run.samples.flatMap(({ result }) => (result.kind === 'measured' ? result.reading.flows : []))
  for (const { receivedBitsPerSecond } of figures) expect(receivedBitsPerSecond).toBeGreaterThan(1e6)
  const [datagrams] = figures.flatMap((flow) => flow.datagrams ?? [])
  expect(datagrams?.sent).toBeGreaterThanOrEqual(25_000)
  for (const ipFamily of [4, 6]) {
    expect(run.pathMtus).toContainEqual({ pair: 0, bytes: 1500, interfaceBytes: 1500, ipFamily })
  }
  expect(run.phases.map(({ name }) => name)).toEqual(['namespaces', 'pods', 'services', 'paths', 'traffic', 'clean-up'])
})

test('IPv6: each protocol over each path; requests of both families by one server', async () => {
  const http = testCase({ engine: 'fortio', protocol: 'http', connections: 2, requestsPerSecond: 50 })
  const tests = [
    { ...http },
    testCase({ ipFamily: 6, path: 'service' }),
    testCase({ ipFamily: 6, path: 'loadbalancer' }),
    testCase({ ipFamily: 6, path: 'host' }),
    testCase({ ipFamily: 6, protocol: 'udp', bitsPerSecond: 50e6 }),
    { ...http, ipFamily: 6 as const },
    { ...http, ipFamily: 6 as const, protocol: 'grpc' as const, path: 'nodeport' as const },
  ]
  const pods = { clientNode: 'node-a', serverNode: 'node-b' }
  const before = await arrivedBytes('node-b')
  const run = await measure(cluster.kubeconfig, realPlan({ tests, pods }))
  const after = await arrivedBytes('node-b')
  expect(run.failure).toBeUndefined()
  expect(outcomes(run.samples).filter((outcome) => !outcome.endsWith(' measured'))).toEqual([])
  const readings = run.samples.flatMap(({ result }) => (result.kind === 'measured' ? result.reading : []))
  // 1500 without 40 of IPv6, 20 of TCP and 12 of timestamps.
  expect(readings.flatMap(({ mssBytes }) => mssBytes ?? [])).toEqual([1428, 1428, 1428])
  for (const requests of readings.flatMap((reading) => reading.requests ?? [])) {
    expect(requests.completed).toBeGreaterThan(10)
    expect(requests.errors).toEqual({})
  }
  // The node's own kernel has counted as much that came in IPv6 packets.
  const received = readings.flatMap(({ flows }) => flows)
  const bytes = received.reduce((sum, flow) => sum + (flow.receivedBitsPerSecond * flow.seconds) / 8, 0)
  expect(bytes).toBeGreaterThan(1e6)
  expect(after - before).toBeGreaterThan(bytes)
})

/** In IPv6 packets, since the node began. */
async function arrivedBytes(node: string): Promise<number> {
  const { stdout } = await cluster.runOnNode(node, ['grep', '^Ip6InOctets', '/proc/net/snmp6'])
  return Number(stdout.trim().split(/\s+/)[1])
}

describe('ratios', () => {
  test.each([
    [4, 1],
    [3, 3],
    [1, 2],
  ])('%i:%i, released together', async (clients, servers) => {
    const timing = { durationSeconds: 2, warmupSeconds: 0 }
    const plan = realPlan({ arrangement: { kind: 'ratio', clients, servers }, timing })
    const run = await measure(cluster.kubeconfig, plan)
    expect(run.failure).toBeUndefined()
    const pairs = Math.max(clients, servers)
    expect(outcomes(run.samples)).toEqual(Array.from({ length: pairs }, (_, pair) => `0/0/${pair} measured`))
    expect(run.pairs.map((_, index) => nodesOf(run, index))).toEqual(Array.from({ length: pairs }, () => 'other'))
    expect(run.startSpreads).toHaveLength(1)
    const [spread] = run.startSpreads
    expect(spread).toMatchObject({ test: 0, sample: 0, clients: pairs })
    // Not one after the other: each would have waited for the traffic before it.
    expect(spread?.seconds).toBeLessThan((pairs - 1) * timing.durationSeconds)
    expect(run.findings.map(({ code }) => code)).toEqual(pairs > 2 ? ['MorePairsThanNodes'] : [])
  })

  test('mesh: each ordered pair of nodes', async () => {
    const tests = [testCase({ placement: 'mesh' })]
    const run = await measure(cluster.kubeconfig, realPlan({ tests, arrangement: { kind: 'mesh' } }))
    expect(outcomes(run.samples)).toEqual(['0/0/0 measured', '0/0/1 measured'])
    const ways = run.pairs.map(({ client, server }) => `${client.node} ${server.node}`)
    expect(ways.toSorted((a, b) => a.localeCompare(b))).toEqual(['node-a node-b', 'node-b node-a'])
    expect(run.pathMtus).toHaveLength(2)
  })
})

test('an engine without a shell: the execs are opened together', async () => {
  const http = testCase({ engine: 'fortio', protocol: 'http', connections: 4 })
  const tests = [
    http,
    { ...http, path: 'service' as const },
    { ...http, protocol: 'grpc' as const, path: 'nodeport' as const },
  ]
  const plan = realPlan({ tests, arrangement: { kind: 'ratio', clients: 2, servers: 1 } })
  const run = await measure(cluster.kubeconfig, plan)
  expect(run.failure).toBeUndefined()
  expect(outcomes(run.samples)).toEqual(
    [0, 1, 2].flatMap((index) => [0, 1].map((pair) => `${index}/0/${pair} measured`)),
  )
  for (const { result } of run.samples) {
    const requests = result.kind === 'measured' ? result.reading.requests : undefined
    expect(requests?.completed).toBeGreaterThan(100)
    expect(requests?.latency?.count).toBeGreaterThan(100)
    expect(requests?.openLoop?.requestedPerSecond).toBeGreaterThan(0)
  }
  expect(run.startSpreads.every(({ clients }) => clients === 2)).toBe(true)
})

test('a path that carries less than its interfaces is a finding', async () => {
  await cluster.shapeLink('node-b', { mtuBytes: 1400 })
  const small = testCase({ protocol: 'udp', bitsPerSecond: 100e6, messageBytes: 64 })
  const run = await measure(cluster.kubeconfig, realPlan({ tests: [small, { ...small, ipFamily: 6 }] }))
  expect(run.pathMtus).toEqual([
    { pair: 0, bytes: 1400, interfaceBytes: 1500, ipFamily: 4 },
    { pair: 0, bytes: 1400, interfaceBytes: 1500, ipFamily: 6 },
  ])
  expect(mtuMessages(run)).toEqual([expect.stringMatching(/^packets of up to 1400 B .* 1500 B$/)])
})

test('a router that has IPv6 packets made smaller is no way for larger ones', async () => {
  const [cidr, address] = [
    await ofNode('node-b', '.spec.podCIDRs[1]'),
    await ofNode('node-b', '.status.addresses[1].address'),
  ]
  const route = async (...more: string[]) => {
    const replace = ['ip', '-6', 'route', 'replace', cidr, 'via', address, ...more]
    expect(await cluster.runOnNode('node-a', replace)).toMatchObject({ exitCode: 0 })
  }
  // node-a tells the pod that sends; of IPv4 it carries all.
  await route('mtu', '1380')
  try {
    const pods = { clientNode: 'node-a', serverNode: 'node-b' }
    const udp = testCase({ protocol: 'udp', bitsPerSecond: 100e6, messageBytes: 1000 })
    const run = await measure(cluster.kubeconfig, realPlan({ tests: [udp, { ...udp, ipFamily: 6 }], pods }))
    expect(run.pathMtus).toEqual([
      { pair: 0, bytes: 1500, interfaceBytes: 1500, ipFamily: 4 },
      { pair: 0, bytes: 1380, interfaceBytes: 1500, ipFamily: 6 },
    ])
    expect(mtuMessages(run)).toEqual([expect.stringMatching(/^IPv6 packets of up to 1380 B .* 1500 B$/)])
  } finally {
    await route()
  }
})

function ofNode(node: string, path: string): Promise<string> {
  return cluster.kubectl(['get', 'node', node, '-o', `jsonpath={${path}}`])
}

function mtuMessages(run: Measured): string[] {
  const findings = netperfFindings(run, { samples: 1, wasAborted: false })
  return findings.filter(({ code }) => code === 'PathMtuMismatch').map(({ message }) => message)
}
