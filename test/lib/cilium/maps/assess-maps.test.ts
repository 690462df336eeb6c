import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import { assessMaps } from '../../../../lib/cilium/maps/assess-maps.ts'
import { isMetricName } from '../../../../lib/record/catalogue/metric-catalogue.ts'
import type { AgentReading } from '../../../../lib/record/cilium-figures.ts'
import { CiliumMapsDetailsSchema } from '../../../../lib/record/details/cilium-maps-details.ts'
import type { Metric } from '../../../../lib/record/run-record.ts'
import { evaluateThreshold } from '../../../../lib/thresholds/evaluate.ts'
import { parseThreshold } from '../../../../lib/thresholds/threshold.ts'
import { readingOf, readingWithout } from './recorded.ts'

const readings = [readingOf('busy', 'node-a'), readingOf('full', 'node-b')]
const assessed = assessMaps({ readings, failures: [] })
const failure = {
  agent: { node: 'node-c', namespace: 'kube-system', pod: 'cilium-c', container: 'cilium-agent' },
  error: 'its pod does not run: CrashLoopBackOff',
}

test('the worst node of each map and how much nodes differ, the fullest map first', () => {
  const { maps } = assessed.details
  expect(
    maps.slice(0, 4).map(({ map, state, worst }) => [map, state, worst?.node, worst?.used, worst?.capacity]),
  ).toEqual([
    ['lb4_services_v2', 'full', 'node-b', 291, 256],
    ['policy', 'full', 'node-b', 256, 256],
    ['ct4_global', 'full', 'node-b', 840, 1024],
    ['lb4_reverse_nat', 'ok', 'node-b', 85, 256],
  ])
  expect(maps[0]).toMatchObject({
    minPressure: 0.703125,
    maxPressure: 1.13671875,
    whenFull: 'fails',
    failedOperations: 260,
    nodes: 2,
    nodesWithFigure: 2,
    capacities: [256],
  })
  expect(maps.at(-1)).toMatchObject({ state: 'unknown', missing: 'not reported by Cilium 1.15', nodesWithFigure: 0 })
})

test('a map that is full and fails is an error, one that evicts a warning; the run has failed', () => {
  expect(assessed.outcome).toBe('failed')
  expect(assessed.findings.map(({ severity, code, objects }) => [severity, code, objects?.join()])).toEqual([
    ['error', 'MapFull', 'node-b'],
    ['error', 'MapFull', 'node-b'],
    ['warning', 'MapEvicts', 'node-b'],
    ['info', 'PressureInDoubt', 'node-b,node-a'],
    ['info', 'MapsNotReported', undefined],
  ])
  expect(assessed.findings.map(({ message }) => message)).toContain(
    'lb4_services_v2 is full on 1 of 2 nodes: 291 of 256 entries on node-b (113%), 260 updates failed: Services and endpoints that do not fit are not programmed on that node: connections to them fail',
  )
})

test('no update that failed is a figure, which a threshold can ask for', () => {
  const { metrics } = assessMaps({ readings: [readingOf('busy')], failures: [] })
  const failed = 'bpf_map_operations{operation=update,outcome=fail}==0'
  expect(evaluateThreshold(parseThreshold(failed), metrics)).toMatchObject({ passed: true, observed: 0 })
  const full = assessMaps({ readings: [readingOf('full')], failures: [] })
  expect(evaluateThreshold(parseThreshold(failed), full.metrics)).toMatchObject({ passed: false, observed: 684 })
})

test('operations that no agent counts are not none that failed', () => {
  const silent = readingWithout('cilium_bpf_map_ops_total', 'full', 'node-b')
  const { details, findings } = assessMaps({ readings: [silent], failures: [] })
  expect(details.maps.every(({ failedOperations }) => failedOperations === undefined)).toBe(true)
  expect(findings).toContainEqual({
    severity: 'info',
    code: 'OperationsNotCounted',
    message: 'no metric cilium_bpf_map_ops_total is told by 1 agent: whether updates of their maps failed is not known',
    advice: 'prometheus.metrics: ["+cilium_bpf_map_ops_total"] in the Helm values',
    objects: ['node-b'],
  })
  const some = assessMaps({ readings: [silent, readingOf('full', 'node-c')], failures: [] })
  expect(some.details.maps[0]?.failedOperations).toBe(260)
})

test('a map that is nearly full is a warning, and the run passes', () => {
  const { outcome, findings, details } = assessMaps({ readings: [readingOf('busy')], failures: [] })
  expect(outcome).toBe('passed')
  expect(findings[0]).toMatchObject({
    severity: 'warning',
    code: 'MapNearlyFull',
    message: 'lb4_services_v2 is nearly full: 180 of 256 entries on node-a (70%)',
  })
  expect(details.advice.map(({ helmKey }) => helmKey)).toEqual(['bpf.lbMapMax'])
})

test('agents without anything to say pass; of agents that cannot be read there is no data', () => {
  expect(assessMaps({ readings: [readingOf('empty')], failures: [] })).toMatchObject({ outcome: 'passed' })
  const some = assessMaps({ readings: [readingOf('empty')], failures: [failure] })
  expect(some.outcome).toBe('no-data')
  expect(some.findings[0]).toMatchObject({
    severity: 'error',
    code: 'AgentNotRead',
    message: 'agent kube-system/cilium-c on node node-c could not be read: its pod does not run: CrashLoopBackOff',
  })
  expect(assessMaps({ readings, failures: [failure] }).outcome).toBe('failed')
  expect(assessMaps({ readings: [], failures: [] }).outcome).toBe('no-data')
})

test('only the maps that were asked for, by either name', () => {
  const one = assessMaps({ readings, failures: [], wantsMap: (name) => name.startsWith('ct4') })
  expect(one.details.maps.map(({ map }) => map)).toEqual(['ct4_global'])
  expect(one.details.agents.flatMap(({ maps }) => maps)).toHaveLength(2)
  expect(one.outcome).toBe('passed')
  expect(one.details.advice.map(({ flag }) => flag)).toEqual(['bpf-ct-global-tcp-max'])
  const pinned = assessMaps({ readings, failures: [], wantsMap: (name) => name === 'cilium_lxc' })
  expect(pinned.details.maps.map(({ map }) => map)).toEqual(['lxc'])
})

test('agents of several versions, and one that does not tell its own', () => {
  const { version: _, ...silent } = readingOf('empty', 'node-c')
  const newer: AgentReading = { ...readingOf('empty', 'node-b'), version: '1.18.2' }
  const { details, findings } = assessMaps({ readings: [readingOf('empty'), newer, silent], failures: [] })
  expect(details.versions).toEqual([
    { version: '1.15.19', agents: 1 },
    { version: '1.18.2', agents: 1 },
    { version: 'unknown', agents: 1 },
  ])
  expect(findings.find(({ code }) => code === 'MixedVersions')?.message).toBe(
    'agents of several versions: 1.15.19 on 1, 1.18.2 on 1',
  )
  expect(findings.find(({ code }) => code === 'VersionUnknown')?.objects).toEqual(['node-c'])
})

const figureOf = (name: string, labels: Record<string, string>) =>
  assessed.metrics.find(
    (metric) =>
      metric.name === name && Object.entries(labels).every(([label, value]) => metric.labels[label] === value),
  )?.statistics.value

test('metrics by node and map; what is not known has no series', () => {
  const node = 'node-b'
  expect(figureOf('bpf_map_pressure', { node, map: 'lb4_services_v2' })).toBe(1.13671875)
  expect(figureOf('bpf_map_entries', { node, map: 'lb4_services_v2' })).toBe(291)
  expect(figureOf('bpf_map_capacity', { node, map: 'ct4_global' })).toBe(1024)
  expect(figureOf('bpf_map_memory', { node, map: 'ct4_global' })).toBe(139_264)
  expect(figureOf('bpf_map_operations', { node, map: 'policy', operation: 'update', outcome: 'fail' })).toBe(684)
  expect(figureOf('conntrack_entries', { node, protocol: 'TCP', status: 'alive' })).toBe(840)
  expect(figureOf('conntrack_gc_runs', { node, protocol: 'TCP', status: 'completed' })).toBe(18)
  expect(figureOf('node_memory', { node, state: 'total' })).toBe(25_276_510_208)
  expect(figureOf('bpf_maps_memory', { node })).toBe(11_505_640)
  expect(figureOf('dropped_packets', { node, reason: 'Unsupported L3 protocol' })).toBe(23)
  expect(figureOf('bpf_map_pressure', { map: 'ipv4_frag_datagrams' })).toBeUndefined()
})

test('every metric is in the catalogue, and no two have the same labels', () => {
  const identity = ({ name, labels }: Metric) => `${name} ${JSON.stringify(labels)}`
  for (const { name } of assessed.metrics) expect(isMetricName(name), name).toBe(true)
  expect(new Set(assessed.metrics.map(identity)).size).toBe(assessed.metrics.length)
})

test.each([
  ['bpf_map_pressure.max<0.8', false],
  ['bpf_map_pressure{node=node-a}<0.8', true],
  ['bpf_map_pressure{map=lb4_services_v2}<0.8', false],
  ['bpf_map_pressure{map=ipcache}<1%', true],
])('the threshold %s holds: %s', (expression, passed) => {
  expect(evaluateThreshold(parseThreshold(expression), assessed.metrics).passed).toBe(passed)
})

test('policy maps of which Cilium tells only that they are below a tenth hold a limit above it', () => {
  const { metrics } = assessMaps({ readings: [readingOf('kpr')], failures: [] })
  expect(metrics.find(({ labels }) => labels.map === 'policy')).toMatchObject({
    name: 'bpf_map_pressure',
    statistics: { value: 0.1 },
    source: 'below',
  })
  expect(evaluateThreshold(parseThreshold('bpf_map_pressure{map=policy}<0.8'), metrics).passed).toBe(true)
  expect(evaluateThreshold(parseThreshold('bpf_map_pressure{map=snat_v4_external}<0.8'), metrics)).toMatchObject({
    passed: false,
    observed: null,
  })
})

test('the details are as their schema says', () => {
  const ajv = addFormats.default(new Ajv({ allErrors: true }))
  const isValid = ajv.compile(CiliumMapsDetailsSchema)
  for (const details of [
    assessed.details,
    assessMaps({
      readings: [readingOf('kpr'), readingWithout('cilium_bpf_map_ops_total', 'nat', 'n')],
      failures: [failure],
      advise: true,
      headroom: [{ what: 'identities', used: 3, limit: 65_280, share: 0.1, formula: 'x', limitSource: 'y' }],
    }).details,
  ]) {
    isValid(details)
    expect(isValid.errors).toBeNull()
  }
})

test('500 agents are assessed in little time', () => {
  const many = Array.from({ length: 500 }, (_, index) => ({
    ...readings[index % 2 === 0 ? 0 : 1],
    agent: { ...failure.agent, node: `node-${index}` },
  })) as AgentReading[]
  const { details, metrics } = assessMaps({ readings: many, failures: [] })
  expect(details.maps[0]?.nodes).toBe(500)
  expect(metrics.length).toBeGreaterThan(20_000)
})
