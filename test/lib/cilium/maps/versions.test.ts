import { expect, test } from 'vitest'
import type { AgentInput } from '../../../../lib/cilium/maps/agent-answer.ts'
import { readAgent } from '../../../../lib/cilium/maps/read-agent.ts'
import { mapOf } from './recorded.ts'

// What versions other than the recorded one print, made after the code that prints it.

interface Metric {
  name: string
  labels?: Record<string, string>
  value?: number
}

const pressure = (map_name: string, value: number): Metric => ({
  name: 'cilium_bpf_map_pressure',
  labels: { map_name },
  value,
})
const capacity = (map_group: string, value: number): Metric => ({
  name: 'cilium_bpf_map_capacity',
  labels: { map_group },
  value,
})
const gc = (protocol: string, status: string, value: number): Metric => ({
  name: 'cilium_datapath_conntrack_gc_entries',
  labels: { family: 'ipv4', protocol, status },
  value,
})
const runs = (protocol: string, value: number): Metric => ({
  name: 'cilium_datapath_conntrack_gc_runs_total',
  labels: { family: 'ipv4', protocol, status: 'completed' },
  value,
})
const swept = [gc('TCP', 'alive', 100), gc('non-TCP', 'alive', 20), runs('TCP', 3), runs('non-TCP', 3)]
const sizes = [
  capacity('cilium_ct4_global', 147_056),
  capacity('cilium_ct_any4_global', 73_528),
  capacity('default', 65_536),
]

function agent(version: string, metrics: Metric[], rest: Partial<AgentInput> = {}) {
  return readAgent({
    agent: { node: 'n', namespace: 'cilium', pod: 'cilium-n', container: 'cilium-agent' },
    node: { name: 'n' },
    config: { 'enable-ipv4': 'true', 'bpf-policy-map-max': '16384', 'bpf-lb-map-max': '65536' },
    answer: {
      source: 'exec',
      readAtMs: 1_795_255_200_000,
      version: `Client: ${version} a1b2c3d4\nDaemon: ${version} a1b2c3d4 2025-01-01T00:00:00+00:00 go version go1.23`,
      metrics: JSON.stringify([pressure('throttle', 0.01), ...metrics]),
    },
    ...rest,
  })
}

test('1.14: a policy map for each endpoint, of which the fullest counts; no capacities', () => {
  const reading = agent('1.14.19', [pressure('policy_00123', 0.25), pressure('policy_01379', 0.5), ...swept])
  expect(mapOf(reading, 'policy')).toMatchObject({ basis: 'pressure', used: 8192, capacity: 16_384, pressure: 0.5 })
  expect(mapOf(reading, 'lb4_services_v2')).toMatchObject({ basis: 'zero', used: 0, capacity: 65_536 })
  expect(mapOf(reading, 'ct4_global')).toMatchObject({ basis: 'gc', used: 100 })
})

test('1.14 has no pressure of NAT, 1.15 and later only after a sweep', () => {
  const metrics = [...swept, capacity('cilium_snat_v4_external', 147_056)]
  expect(mapOf(agent('1.14.19', metrics), 'snat_v4_external').missing).toBe('not reported by Cilium 1.14')
  expect(mapOf(agent('1.16.19', metrics), 'snat_v4_external').missing).toMatch(
    /only after a garbage collection that swept/,
  )
  const counted = [...metrics, pressure('snat_v4_external', 0.25)]
  expect(mapOf(agent('1.16.19', counted), 'snat_v4_external')).toMatchObject({ used: 36_764, basis: 'pressure' })
})

test('the metric of NAT’s garbage collection, where somebody turned it on', () => {
  const alive = (direction: string, value: number): Metric => ({
    name: 'cilium_datapath_nat_gc_entries',
    labels: { family: 'ipv4', direction, status: 'alive' },
    value,
  })
  const metrics = [capacity('cilium_snat_v4_external', 1000), alive('ingress', 200), alive('egress', 300)]
  expect(mapOf(agent('1.18.3', metrics), 'snat_v4_external')).toMatchObject({ basis: 'gc', used: 500, pressure: 0.5 })
})

test('1.16: connection tracking has a pressure, which is newer than the last sweep', () => {
  const reading = agent('1.16.19', [...sizes, ...swept, pressure('ct4_global', 0.000789)])
  expect(mapOf(reading, 'ct4_global')).toMatchObject({
    basis: 'pressure',
    used: 116,
    capacity: 147_056,
    freshness: 'counted every 30 seconds',
  })
  expect(mapOf(reading, 'ct_any4_global')).toMatchObject({ basis: 'gc', used: 20 })
})

test('1.17: the policy map has a new name, operations too, and a histogram is its 90th percentile', () => {
  const reading = agent('1.17.16', [
    ...sizes,
    ...swept,
    pressure('cilium_policy_v2_*', 0.75),
    capacity('endpoint_policy', 16_384),
    {
      name: 'cilium_bpf_map_ops_total',
      labels: { map_name: 'policy_v2', operation: 'update', outcome: 'fail' },
      value: 3,
    },
    {
      name: 'cilium_datapath_conntrack_gc_duration_seconds',
      labels: { family: 'ipv4', protocol: 'TCP', status: 'completed' },
      value: 0.0045,
    },
    { name: 'cilium_datapath_conntrack_gc_interval_seconds', labels: { global: '' }, value: 450 },
  ])
  expect(mapOf(reading, 'policy')).toMatchObject({
    pinned: 'cilium_policy_v2_*',
    used: 12_288,
    operations: [{ operation: 'update', outcome: 'fail', count: 3 }],
  })
  expect(reading.conntrack.collections[0]).toMatchObject({ completed: 3, p90Seconds: 0.0045 })
  expect(reading.conntrack).toMatchObject({
    intervalSeconds: 450,
    intervalSource: 'metric',
    interval: 'every 7m30s (adaptive, 10s to 12h)',
  })
})

test('1.18: ipcache has a new name and is the same map; source ranges are not reported any more', () => {
  const reading = agent('1.18.11', [
    ...sizes,
    pressure('ipcache_v2', 0.001),
    capacity('cilium_ipcache_v2', 512_000),
    capacity('cilium_lb4_source_range', 1000),
  ])
  expect(mapOf(reading, 'ipcache')).toMatchObject({ pinned: 'cilium_ipcache_v2', used: 512, capacity: 512_000 })
  expect(mapOf(reading, 'lb4_source_range').missing).toBe('not reported by Cilium 1.18')
  expect(mapOf(reading, 'lb4_services_v2').freshness).toBe('counted every 5 minutes')
})

test('1.19 lets the threshold of the policy maps be set, and 1.20 renames them', () => {
  const config = { 'enable-ipv4': 'true', 'bpf-policy-map-pressure-metrics-threshold': '0.01' }
  expect(mapOf(agent('1.19.6', sizes, { config }), 'policy')).toMatchObject({ basis: 'below', pressureAtMost: 0.01 })
  expect(mapOf(agent('1.18.11', sizes, { config }), 'policy')).toMatchObject({ basis: 'below', pressureAtMost: 0.1 })
  expect(mapOf(agent('1.20.2', sizes), 'policy').pinned).toBe('cilium_policy_v3_*')
})

test('source ports of NAT, which a larger map does not give', () => {
  const ports = { name: 'cilium_nat_endpoint_max_connection', labels: { family: 'ipv4' }, value: 0.91 }
  expect(agent('1.18.11', [...sizes, ports]).sourcePorts).toEqual([{ family: 'ipv4', share: 0.91 }])
})

test('both IP families have their own tables', () => {
  const config = { 'enable-ipv4': 'true', 'enable-ipv6': 'true' }
  const names = agent('1.18.11', sizes, { config }).maps.map(({ map }) => map)
  for (const name of ['ct4_global', 'ct6_global', 'lb4_services_v2', 'lb6_services_v2']) expect(names).toContain(name)
  const told = agent('1.18.11', [capacity('cilium_ct6_global', 1024)], { config: undefined })
  expect(told.families).toEqual(['ipv6'])
})

test('a map that nobody knows is there, and what happens when it is full is not known', () => {
  const reading = agent('1.18.11', [capacity('cilium_brand_new', 100), pressure('brand_new', 0.5)])
  expect(mapOf(reading, 'brand_new')).toMatchObject({ kind: 'other', whenFull: 'unknown', used: 50, capacity: 100 })
})

test('without a version nothing that is missing counts as 0', () => {
  const reading = agent('', [...sizes, ...swept])
  expect(reading).not.toHaveProperty('version')
  expect(mapOf(reading, 'lb4_services_v2')).toMatchObject({ basis: 'none' })
  expect(mapOf(reading, 'lb4_services_v2').missing).toMatch(/version .* is not known/)
})

test('the tag of the image tells the version where the agent does not', () => {
  const image = 'quay.io/cilium/cilium:v1.18.2@sha256:858f807ea4e20e85e3ea3240a762e1f4b29f1cb5bbd0463b8aa77e7b097c0667'
  const reading = agent('', sizes, {
    agent: { node: 'n', namespace: 'cilium', pod: 'cilium-n', container: 'cilium-agent', image },
  })
  expect(reading.version).toBe('1.18.2')
})

test('before the first garbage collection the entries of connection tracking are not known', () => {
  expect(mapOf(agent('1.18.11', sizes), 'ct4_global')).toMatchObject({
    basis: 'none',
    missing: 'no garbage collection of connection tracking has run yet, or its metrics are turned off',
  })
})

test('maps of the load balancer that 1.18 has not counted yet are not empty', () => {
  const started = (seconds: number): Metric => ({
    name: 'cilium_process_start_time_seconds',
    value: 1_795_255_200 - seconds,
  })
  expect(mapOf(agent('1.18.11', [...sizes, started(299)]), 'lb4_services_v2')).toMatchObject({
    basis: 'none',
    missing: 'not counted yet: the agent started less than 5m ago',
  })
  expect(mapOf(agent('1.18.11', [...sizes, started(301)]), 'lb4_services_v2').basis).toBe('zero')
  expect(mapOf(agent('1.17.16', [...sizes, started(1)]), 'lb4_services_v2').basis).toBe('zero')
  const config = { 'enable-ipv4': 'true', 'lb-pressure-metrics-interval': '0s' }
  expect(mapOf(agent('1.18.11', sizes, { config }), 'lb4_services_v2').missing).toMatch(/turned off by lb-pressure/)
})

test('without any pressure the metric is turned off, and nothing is empty', () => {
  const input = {
    answer: { source: 'exec', readAtMs: 0, version: 'Daemon: 1.17.16', metrics: JSON.stringify([...sizes, ...swept]) },
  } as const
  const reading = agent('1.17.16', [], input)
  expect(mapOf(reading, 'lb4_services_v2').missing).toBe('the metric cilium_bpf_map_pressure is turned off')
  expect(mapOf(reading, 'policy')).toMatchObject({ basis: 'none' })
  expect(mapOf(reading, 'ct4_global')).toMatchObject({ basis: 'gc', used: 100 })
})

test('the Prometheus port of an agent gives the same reading', () => {
  const text = `# TYPE cilium_bpf_map_pressure gauge
cilium_bpf_map_pressure{map_name="lb4_services_v2"} 0.703125
# TYPE cilium_bpf_map_capacity gauge
cilium_bpf_map_capacity{map_group="cilium_lb4_services_v2"} 256
cilium_bpf_map_capacity{map_group="default"} 65536
`
  const reading = agent('', [], {
    answer: { source: 'metrics', readAtMs: 1_795_255_200_000, metrics: text },
    agent: { node: 'n', namespace: 'cilium', pod: 'c', container: 'cilium-agent', image: 'cilium:v1.18.2' },
  })
  expect(mapOf(reading, 'lb4_services_v2')).toMatchObject({ used: 180, capacity: 256, pressure: 0.703125 })
  expect(mapOf(reading, 'lb4_backends_v3')).toMatchObject({ basis: 'zero', used: 0, capacity: 65_536 })
})
