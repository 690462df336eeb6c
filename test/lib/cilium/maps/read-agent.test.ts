import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AgentInput } from '../../../../lib/cilium/maps/agent-answer.ts'
import { AGENT_METRICS } from '../../../../lib/cilium/maps/formats/agent-metrics.ts'
import { readAgent } from '../../../../lib/cilium/maps/read-agent.ts'
import { PerfError } from '../../../../lib/errors/perf-error.ts'
import { AgentReadingSchema, type MapReading } from '../../../../lib/record/cilium-figures.ts'
import { inputOf, mapOf, readingOf, recorded, recordedPins, STATES, type State } from './recorded.ts'

const usage = ({ basis, used, capacity }: MapReading) => [basis, used, capacity]

test.each<[State, Record<string, [string, number | undefined, number]>]>([
  [
    'empty',
    {
      policy: ['below', undefined, 16_384],
      ipcache: ['pressure', 6, 512_000],
      lxc: ['pressure', 2, 65_535],
      ct4_global: ['gc', 0, 1024],
      ct_any4_global: ['gc', 0, 1024],
      lb4_services_v2: ['zero', 0, 65_536],
      auth_map: ['zero', 0, 524_288],
      ipv4_frag_datagrams: ['none', undefined, 8192],
    },
  ],
  [
    'busy',
    {
      policy: ['pressure', 133, 256],
      ipcache: ['pressure', 126, 512_000],
      ct4_global: ['gc', 600, 1024],
      ct_any4_global: ['gc', 2, 1024],
      lb4_services_v2: ['pressure', 180, 256],
      lb4_reverse_nat: ['pressure', 60, 256],
      lb4_backends_v3: ['pressure', 2, 256],
      lb4_source_range: ['zero', 0, 256],
      lxc: ['pressure', 5, 65_535],
    },
  ],
  [
    'full',
    {
      policy: ['pressure', 256, 256],
      ct4_global: ['gc', 840, 1024],
      lb4_services_v2: ['pressure', 291, 256],
      lb4_reverse_nat: ['pressure', 85, 256],
      ipcache: ['pressure', 306, 512_000],
    },
  ],
  [
    'kpr',
    {
      policy: ['below', undefined, 16_384],
      ct4_global: ['gc', 0, 221_723],
      ct_any4_global: ['gc', 0, 110_861],
      snat_v4_external: ['none', undefined, 221_723],
      nodeport_neigh4: ['none', undefined, 221_723],
      lb4_reverse_sk: ['none', undefined, 110_861],
      lb4_affinity: ['none', undefined, 65_536],
      lb4_services_v2: ['pressure', 360, 65_536],
    },
  ],
  [
    'nat',
    {
      ct4_global: ['gc', 316, 2048],
      ct_any4_global: ['gc', 2, 1024],
      snat_v4_external: ['none', undefined, 1024],
      nodeport_neigh4: ['none', undefined, 524_288],
      lb4_reverse_sk: ['none', undefined, 262_144],
      ipcache: ['pressure', 309, 512_000],
      lxc: ['pressure', 3, 65_535],
    },
  ],
])('an agent that is %s: entries and sizes of its maps', (state, maps) => {
  const reading = readingOf(state)
  expect(reading.version).toBe('1.15.19')
  for (const [name, figures] of Object.entries(maps)) expect(usage(mapOf(reading, name)), name).toEqual(figures)
})

test.each(['busy', 'full', 'nat'] as const)(
  'entries of connection tracking agree with those that %s listed',
  (state) => {
    const listed = JSON.parse(recorded(state, 'bpf-ct-list-global.json.gz')) as { Key: { NextHeader: number } }[]
    const tcp = listed.filter(({ Key }) => Key.NextHeader === 6).length
    expect(mapOf(readingOf(state), 'ct4_global').used).toBe(tcp)
    expect(mapOf(readingOf(state), 'ct_any4_global').used).toBe(listed.length - tcp)
  },
)

test.each(STATES)('sizes and entries of %s agree with what bpftool and the list of maps say', (state) => {
  const reading = readingOf(state)
  const sizes = new Map(
    recordedPins(state).map(({ pin, show }) => [pin, (JSON.parse(show) as { max_entries: number }).max_entries]),
  )
  const cached = new Map(
    recorded(state, 'map-list.txt')
      .split('\n')
      .map((line) => line.split(/\s{2,}/))
      .filter((columns) => columns[3] === 'true')
      .map(([name = '', entries]) => [name, Number(entries)]),
  )
  const compared = reading.maps.filter(({ pinned }) => sizes.has(pinned))
  expect(compared.length).toBeGreaterThan(8)
  for (const { pinned, capacity, used } of compared) {
    expect(capacity, pinned).toBe(sizes.get(pinned))
    if (cached.has(pinned) && used !== undefined) expect(used, pinned).toBe(cached.get(pinned))
  }
})

test('operations by kind and outcome', () => {
  expect(mapOf(readingOf('full'), 'lb4_services_v2').operations).toEqual([
    { operation: 'update', outcome: 'fail', count: 260 },
    { operation: 'update', outcome: 'success', count: 256 },
  ])
  expect(mapOf(readingOf('full'), 'policy').operations).toContainEqual({
    operation: 'update',
    outcome: 'fail',
    count: 684,
  })
})

test('connection tracking: entries, runs and how long they take, interval and lives', () => {
  const { conntrack } = readingOf('busy')
  expect(conntrack.entries).toContainEqual({ family: 'ipv4', protocol: 'TCP', status: 'alive', count: 600 })
  expect(conntrack.collections[0]).toEqual({
    family: 'ipv4',
    protocol: 'TCP',
    completed: 13,
    uncompleted: 0,
    meanSeconds: 0.004978142 / 13,
  })
  expect(conntrack).toMatchObject({ intervalSource: 'adaptive', interval: 'adaptive, 10s to 12h', dumpResets: 0 })
  expect(conntrack.timeouts).toContainEqual({
    flag: 'bpf-ct-timeout-regular-tcp',
    what: 'TCP',
    seconds: 8000,
    source: 'default',
  })
})

const configured = (config: Record<string, string>): AgentInput => ({ ...inputOf('busy'), config })

test('interval and lives are those of the configuration', () => {
  const fixed = readAgent(configured({ 'conntrack-gc-interval': '30s', 'bpf-ct-timeout-regular-any': '2m' })).conntrack
  expect(fixed).toMatchObject({ intervalSeconds: 30, intervalSource: 'configuration', interval: 'every 30s, fixed' })
  expect(fixed.timeouts.find(({ flag }) => flag === 'bpf-ct-timeout-regular-any')).toMatchObject({
    seconds: 120,
    source: 'configuration',
  })
  const bounded = readAgent(configured({ 'conntrack-gc-interval': '0s', 'conntrack-gc-max-interval': '30m' })).conntrack
  expect(bounded).toMatchObject({ maxIntervalSeconds: 1800, interval: 'adaptive, 10s to 30m' })
})

test('a figure that only a garbage collection takes is as old as that', () => {
  const freshness = (config: Record<string, string>) => mapOf(readAgent(configured(config)), 'ct4_global').freshness
  expect(freshness({})).toBe('as of the last garbage collection, at most 12h ago')
  expect(freshness({ 'conntrack-gc-max-interval': '30m' })).toBe('as of the last garbage collection, at most 30m ago')
  expect(freshness({ 'conntrack-gc-interval': '10s' })).toBe('as of the last garbage collection, at most 10s ago')
})

test('drops by reason, most first; the whole memory of maps; when the agent started', () => {
  const reading = readingOf('full')
  expect(reading.drops).toEqual([{ reason: 'Unsupported L3 protocol', direction: 'EGRESS', packets: 23 }])
  expect(reading).toMatchObject({
    mapMemoryBytes: 11_505_640,
    startedAt: '2026-11-21T00:21:00.020Z',
    dynamicSizeRatio: 0,
  })
})

test('where sizes come from', () => {
  expect(mapOf(readingOf('full'), 'lb4_services_v2').configured).toEqual({
    entries: 256,
    origin: 'explicit',
    flag: 'bpf-lb-map-max',
    helmKey: 'bpf.lbMapMax',
  })
  const kpr = readingOf('kpr')
  expect(mapOf(kpr, 'ct4_global').configured).toMatchObject({ entries: 221_723, origin: 'dynamic' })
  expect(mapOf(kpr, 'nodeport_neigh4').configured).toMatchObject({
    entries: 221_723,
    note: 'as large as the NAT table',
  })
  expect(mapOf(kpr, 'ipcache').configured).toEqual({ entries: 512_000, origin: 'fixed' })
})

test('a configuration that was changed since the agent started is told', () => {
  expect(mapOf(readAgent(configured({ 'bpf-lb-map-max': '65536' })), 'lb4_services_v2').configured).toMatchObject({
    entries: 256,
    note: 'the configuration gives 65536: the agent takes it when it restarts',
  })
})

test('a size that the configuration does not give comes from an argument of the agent, and nothing changes it', () => {
  expect(mapOf(readAgent(configured({ 'enable-ipv4': 'true' })), 'lb4_services_v2').configured).toEqual({
    entries: 256,
    origin: 'unknown',
    flag: 'bpf-lb-map-max',
    helmKey: 'bpf.lbMapMax',
  })
})

test('without a configuration nothing is said of where sizes come from', () => {
  const reading = readAgent({ ...inputOf('kpr'), config: undefined })
  expect(mapOf(reading, 'ct4_global').configured).toEqual({
    entries: 221_723,
    origin: 'unknown',
    flag: 'bpf-ct-global-tcp-max',
    helmKey: 'bpf.ctTcpMax',
  })
  expect(reading.conntrack).toMatchObject({ timeouts: [], intervalSource: 'unknown' })
  expect(mapOf(reading, 'lb4_services_v2')).not.toHaveProperty('memory')
})

test('memory is computed by the kernel’s layout, and told where the kernel was asked', () => {
  expect(mapOf(readingOf('kpr'), 'ct4_global').memory).toEqual({ bytes: 30_801_064, source: 'computed' })
  const { answer, ...rest } = inputOf('kpr')
  const deep = readAgent({ ...rest, answer: { ...answer, deep: { maps: recordedPins('kpr') } } })
  expect(mapOf(deep, 'ct4_global')).toMatchObject({ type: 'lru_hash', memory: { bytes: 30_801_960, source: 'kernel' } })
})

test('counted entries go before what the metrics say, and maps that are not reported get a figure', () => {
  const { answer, ...rest } = inputOf('nat')
  const listed = (JSON.parse(recorded('nat', 'bpf-nat-list.json.gz')) as unknown[]).length
  const counts: Record<string, number> = {
    cilium_snat_v4_external: listed,
    cilium_policy_00653: 4,
    cilium_policy_01344: 9,
    cilium_ct4_global: 400,
  }
  const maps = recordedPins('nat').map((map) => {
    const entries = counts[map.pin]
    return entries === undefined ? map : { ...map, entries }
  })
  const reading = readAgent({ ...rest, answer: { ...answer, deep: { maps } } })
  expect(mapOf(reading, 'snat_v4_external')).toMatchObject({ basis: 'counted', used: 602, pressure: 602 / 1024 })
  expect(mapOf(reading, 'policy')).toMatchObject({ basis: 'counted', used: 9, pinned: 'cilium_policy_01344' })
  expect(mapOf(reading, 'ct4_global')).toMatchObject({ basis: 'counted', used: 400 })
  expect(reading.maps.map(({ map }) => map)).toContain('lb_affinity_match')
  expect(reading.maps.map(({ map }) => map)).not.toContain('call_policy')
})

test('arrays and rings are no maps that fill up', () => {
  const names = readingOf('full').maps.map(({ map }) => map)
  for (const name of ['events', 'signals', 'runtime_config', 'call_policy']) expect(names).not.toContain(name)
})

test('an error names the agent and what it printed', () => {
  const { answer, ...rest } = inputOf('busy')
  const broken = { ...rest, answer: { ...answer, metrics: answer.metrics.slice(0, 10_000) } }
  expect(() => readAgent(broken)).toThrow(
    /^agent kube-system\/cilium-node-a on node node-a: metrics list: its output is no JSON, or only the beginning of it/,
  )
  expect(() => readAgent({ ...rest, answer: { ...answer, status: 'Error: cannot get status' } })).toThrow(
    /status -o json: /,
  )
  expect(() => readAgent({ ...rest, answer: { ...answer, source: 'metrics', metrics: '<html>' } })).toThrow(
    /line 1 of the metrics/,
  )
})

const isReading = addFormats.default(new Ajv({ allErrors: true })).compile(AgentReadingSchema)

test('whatever an agent prints, it is read as the schema of a reading says, or an error names it', () => {
  const { answer, ...rest } = inputOf('busy')
  const word = fc.oneof(
    fc.constantFrom('ct4_global', 'cilium_ct4_global', 'lxc', 'policy_1', 'default', 'new'),
    fc.string(),
  )
  const metric = fc.record({
    name: fc.oneof(fc.constantFrom(...AGENT_METRICS), fc.string()),
    labels: fc.dictionary(
      fc.constantFrom('map_name', 'map_group', 'operation', 'outcome', 'family', 'protocol', 'status', 'reason'),
      word,
    ),
    value: fc.oneof(fc.double({ noNaN: true }), fc.integer()),
  })
  const metrics = fc.oneof(
    fc.array(metric).map((list) => JSON.stringify(list).replaceAll(/"value":null/g, '"value":1e999')),
    fc.string(),
  )
  const config = fc.dictionary(
    fc.constantFrom('bpf-ct-global-tcp-max', 'bpf-lb-map-max', 'bpf-map-dynamic-size-ratio', 'conntrack-gc-interval'),
    fc.oneof(fc.double().map(String), fc.string()),
  )
  const sizes = fc.array(
    fc.record({ name: fc.constantFrom('NAT', 'IP cache'), size: fc.oneof(fc.double(), fc.string()) }),
  )
  const status = fc.oneof(
    sizes.map((maps) => JSON.stringify({ 'bpf-maps': { maps, 'dynamic-size-ratio': -1 } })),
    fc.json(),
  )
  let read = 0
  fc.assert(
    fc.property(metrics, status, config, fc.string(), (printed, healthz, settings, version) => {
      const input = { ...rest, config: settings, answer: { ...answer, metrics: printed, status: healthz, version } }
      try {
        isReading(readAgent(input))
        expect(isReading.errors).toBeNull()
        read += 1
      } catch (error) {
        expect(error).toBeInstanceOf(PerfError)
        expect(String(error)).toContain('agent kube-system/cilium-node-a on node node-a: ')
      }
    }),
  )
  expect(read).toBeGreaterThan(10)
})
