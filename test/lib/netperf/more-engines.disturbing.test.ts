import { expect, test } from 'vitest'
import { netperfDetails } from '../../../lib/netperf/assessment/rows/netperf-details.ts'
import { engineImages } from '../../../lib/netperf/engines/engine-images.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { measure, outcomes, realPlan } from './measuring.ts'
import { testCase } from './test-case-example.ts'
import { withCluster } from './with-cluster.ts'

// iperf2 and siege from the image that they run in when nobody names another.

let cluster: ControlPlane
withCluster({ realNodes: 2 }, (started) => {
  cluster = started
})

test('many clients of one server: streams, datagrams, and one request after the other', async () => {
  const tests = [
    testCase({ engine: 'iperf2' }),
    testCase({ engine: 'iperf2', protocol: 'udp', bitsPerSecond: 20e6 }),
    testCase({ engine: 'iperf2', mode: 'rr' }),
    testCase({ engine: 'siege', protocol: 'http', connections: 4 }),
    testCase({ engine: 'iperf2', protocol: 'udp', bitsPerSecond: 100e6, placement: 'same-node' }),
  ]
  const plan = realPlan({ tests, arrangement: { kind: 'ratio', clients: 3, servers: 1 } })
  const run = await measure(cluster.kubeconfig, plan)
  expect(run.failure).toBeUndefined()
  expect(outcomes(run.samples)).toEqual(
    tests.flatMap((_, index) => [0, 1, 2].map((pair) => `${index}/0/${index < 4 ? pair : pair + 3} measured`)),
  )
  const across = run.pairs.slice(0, 3)
  expect(new Set(across.map(({ server }) => server.pod)).size).toBe(1)
  // One process serves them all.
  const ports = across.flatMap(({ processes }) => processes.map(({ engine, port }) => `${engine} ${port}`))
  expect(new Set(ports).size).toBe(2)
  const [tcp, udp, rr, http, within] = netperfDetails(run, { samples: 1, wasAborted: false }).rows
  for (const { throughput } of tcp?.flows[0]?.pairs ?? []) expect(throughput?.mean).toBeGreaterThan(1e6)
  const [datagrams] = udp?.flows ?? []
  for (const { throughput } of datagrams?.pairs ?? []) expect(throughput?.mean).toBeLessThan(20.1e6)
  expect(datagrams?.datagrams?.sent).toBeGreaterThanOrEqual(75_000)
  // One way can be timed where both ends have one clock.
  expect(datagrams?.datagrams).not.toHaveProperty('oneWayLatencySeconds')
  expect(within?.flows[0]?.datagrams?.oneWayLatencySeconds?.mean).toBeGreaterThan(0)
  for (const row of [rr, http]) {
    expect(row?.requests?.pairs).toHaveLength(3)
    expect(row?.requests?.total?.mean).toBeGreaterThan(100)
  }
  expect(rr?.requests?.latency?.meanSeconds).toBeGreaterThan(0)
  expect(rr?.tools).toEqual(['iperf2'])
  expect(http?.tools.join()).toMatch(/^siege/)
})

// An image with iperf2, and without netperf.
const { image } = engineImages.iperf2
const pods = { images: new Map([['netperf' as const, image]]) }
const transactions = (mode: 'rr' | 'crr') => ({ pods, tests: [testCase({ engine: 'netperf', mode })] })

test('requests one at a time, where the image has iperf2 in place of netperf', async () => {
  const run = await measure(cluster.kubeconfig, realPlan(transactions('rr')))
  expect(run.failure).toBeUndefined()
  expect(outcomes(run.samples)).toEqual(['0/0/0 measured'])
  expect(run.findings.map(({ code }) => code)).toEqual(['EngineSubstituted'])
  const [row] = netperfDetails(run, { samples: 1, wasAborted: false }).rows
  expect(row?.tools).toEqual(['iperf2'])
})

test.each([
  ['the user insists on', { ...transactions('rr'), isEngineNamed: true }],
  ['no other can stand in for', transactions('crr')],
])('a missing engine that %s', async (_, parts) => {
  const run = await measure(cluster.kubeconfig, realPlan(parts))
  expect(String(run.failure)).toBe(`MissingEngine: image ${image} has no netperf; it has iperf3, fortio, iperf2, siege`)
  expect(run.samples).toEqual([])
})
