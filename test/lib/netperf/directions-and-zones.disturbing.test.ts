import { describe, expect, test } from 'vitest'
import { netperfMetrics } from '../../../lib/netperf/assessment/figures/netperf-metrics.ts'
import { netperfDetails } from '../../../lib/netperf/assessment/rows/netperf-details.ts'
import { namespaceFor } from '../../../lib/run/run-scope.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { measure, outcomes, realPlan } from './measuring.ts'
import { testCase } from './test-case-example.ts'
import { withCluster } from './with-cluster.ts'

// True traffic with large frames, in both directions, within a zone and between two.

let cluster: ControlPlane
withCluster(
  {
    realNodes: 3,
    mtuBytes: 9000,
    zones: { 'node-a': 'east', 'node-b': 'east', 'node-c': 'west' },
  },
  (started) => {
    cluster = started
  },
)

const options = { samples: 1, wasAborted: false }

test('segments up to 9216 bytes: what was asked for beside what was in force', async () => {
  const tests = [1460, 8948, 9216].map((mssBytes) => testCase({ mssBytes }))
  const run = await measure(cluster.kubeconfig, realPlan({ tests }))
  expect(run.failure).toBeUndefined()
  // Of each segment TCP's timestamps take 12 bytes; more than the 8960 that 9000 leave for it does not go through.
  expect(netperfDetails(run, options).rows.map(({ mss }) => mss)).toEqual([
    { askedBytes: 1460, effectiveBytes: [1448] },
    { askedBytes: 8948, effectiveBytes: [8936] },
    { askedBytes: 9216, effectiveBytes: [8948] },
  ])
})

describe('directions', () => {
  const protocols = [{ protocol: 'tcp' }, { protocol: 'udp', bitsPerSecond: 100e6, messageBytes: 1400 }] as const

  test('both at once: each has its figures, and only the side that is asked knows its round-trip time', async () => {
    const tests = protocols.map((protocol) => testCase({ ...protocol, direction: 'bidirectional' }))
    const run = await measure(cluster.kubeconfig, realPlan({ tests }))
    expect(outcomes(run.samples)).toEqual(['0/0/0 measured', '1/0/0 measured'])
    const [tcp, udp] = netperfDetails(run, options).rows
    for (const flows of [tcp?.flows, udp?.flows]) {
      expect(flows?.map(({ direction }) => direction)).toEqual(['forward', 'reverse'])
      for (const { throughput } of flows ?? []) expect(throughput?.mean).toBeGreaterThan(1e6)
    }
    const [forward, reverse] = tcp?.flows ?? []
    expect(forward?.rtt?.meanSeconds).toBeGreaterThan(0)
    expect(reverse?.rtt).toBeUndefined()
    expect(udp?.flows.map(({ datagrams }) => (datagrams?.sent ?? 0) > 0)).toEqual([true, true])
  })

  test('reverse: the server sends, and its round-trip time is absent, not 0', async () => {
    const tests = protocols.map((protocol) => testCase({ ...protocol, direction: 'reverse' }))
    const run = await measure(cluster.kubeconfig, realPlan({ tests }))
    expect(outcomes(run.samples)).toEqual(['0/0/0 measured', '1/0/0 measured'])
    const flows = netperfDetails(run, options).rows.flatMap((row) => row.flows)
    expect(flows.map(({ direction }) => direction)).toEqual(['reverse', 'reverse'])
    for (const { throughput, rtt } of flows) {
      expect(throughput?.mean).toBeGreaterThan(1e6)
      expect(rtt).toBeUndefined()
    }
    const names = netperfMetrics(run, options).map(({ name }) => name)
    expect(names).toContain('tcp_throughput')
    expect(names).toContain('udp_loss')
    expect(names.filter((name) => name.includes('rtt'))).toEqual([])
  })
})

test('within a zone and between two, as the pods themselves say it', async () => {
  const zoneOf = new Map([
    ['node-a', 'east'],
    ['node-b', 'east'],
    ['node-c', 'west'],
  ])
  const tests = [testCase({ placement: 'same-zone' }), testCase({ placement: 'other-zone' })]
  const plan = realPlan({ tests })
  const columns = 'jsonpath={range .items[*]}{.metadata.name} {.spec.nodeName}{"\\n"}{end}'
  let placed: Promise<string> | undefined
  const run = await measure(cluster.kubeconfig, plan, {
    onProgress({ traffic }) {
      if (traffic === undefined) return
      placed ??= cluster.kubectl(['get', 'pods', '-n', namespaceFor(plan.scope, 0), '-o', columns])
    },
  })
  expect(run.failure).toBeUndefined()
  expect(outcomes(run.samples)).toEqual(['0/0/0 measured', '1/0/1 measured'])
  const nodes = new Map(
    ((await placed) ?? '')
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  )
  const [same, other] = run.pairs.map(({ client, server }) => {
    const [ofClient, ofServer] = [nodes.get(client.pod) ?? '', nodes.get(server.pod) ?? '']
    expect([client.node, server.node]).toEqual([ofClient, ofServer])
    return { nodes: new Set([ofClient, ofServer]).size, zones: [zoneOf.get(ofClient), zoneOf.get(ofServer)] }
  })
  expect(same).toEqual({ nodes: 2, zones: ['east', 'east'] })
  expect(other?.zones.toSorted()).toEqual(['east', 'west'])
})
