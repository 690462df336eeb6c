import { expect, test } from 'vitest'
import { adviseSizes } from '../../../../../lib/cilium/maps/advice/advise-sizes.ts'
import { readAgent } from '../../../../../lib/cilium/maps/read-agent.ts'
import type { AgentReading } from '../../../../../lib/record/cilium-figures.ts'
import { inputOf, MEMORY_BYTES, readingOf } from '../recorded.ts'

interface Fullness {
  readonly map: string
  readonly pressure: number
  readonly capacity: number
}

/** An agent of 1.18 with maps that are so full. */
function agentWith(maps: readonly Fullness[], config: Record<string, string> = {}, node = 'node-a'): AgentReading {
  const metrics = maps.flatMap(({ map, pressure, capacity }) => [
    { name: 'cilium_bpf_map_pressure', labels: { map_name: map }, value: pressure },
    { name: 'cilium_bpf_map_capacity', labels: { map_group: `cilium_${map}` }, value: capacity },
  ])
  const input = inputOf('empty', node)
  return readAgent({
    ...input,
    config: { 'enable-ipv4': 'true', 'preallocate-bpf-maps': 'false', ...config },
    answer: { source: 'exec', readAtMs: 0, version: 'Daemon: 1.18.11', metrics: JSON.stringify(metrics) },
  })
}

test('one setting for all maps that it sizes, with its memory for both IP families', () => {
  const [advice] = adviseSizes([readingOf('full', 'node-b')]).filter(({ flag }) => flag === 'bpf-lb-map-max')
  expect(advice).toMatchObject({
    maps: ['lb4_services_v2', 'lb4_backends_v3', 'lb4_reverse_nat', 'lb4_source_range'],
    nodes: ['node-b'],
    helps: true,
    helmKey: 'bpf.lbMapMax',
    value: 65_536,
    currentValue: 256,
    // 80, 72 and 64 bytes of an element and three buckets, for 65,536 entries less those of 256.
    extraBytesPerNode: (80 + 72 + 64 + 3 * 16) * (65_536 - 256),
  })
  const both = agentWith(
    [
      { map: 'ct4_global', pressure: 0.9, capacity: 131_072 },
      { map: 'ct6_global', pressure: 0.1, capacity: 131_072 },
    ],
    { 'enable-ipv6': 'true', 'bpf-ct-global-tcp-max': '131072' },
  )
  expect(adviseSizes([both])[0]).toMatchObject({
    maps: ['ct4_global', 'ct6_global'],
    helmKey: 'bpf.ctTcpMax',
    value: 262_144,
    extraBytesPerNode: 131_072 * (120 + 16) + 131_072 * (144 + 16),
  })
})

test('a size is one that what is there now fills by half, as a power of two', () => {
  const agent = agentWith([{ map: 'ct4_global', pressure: 0.75, capacity: 600_000 }], {
    'bpf-ct-global-tcp-max': '600000',
  })
  expect(adviseSizes([agent])[0]).toMatchObject({ value: 1_048_576, currentValue: 600_000 })
})

test('memory that is taken only as entries come is said to be so', () => {
  const agent = agentWith([{ map: 'lb4_services_v2', pressure: 0.9, capacity: 65_536 }], { 'bpf-lb-map-max': '65536' })
  expect(adviseSizes([agent])[0]).toMatchObject({ value: 131_072, extraBytesNote: 'when all entries are used' })
  const policy = agentWith([{ map: 'policy', pressure: 0.9, capacity: 16_384 }])
  expect(adviseSizes([policy])[0]).toMatchObject({
    helmKey: 'bpf.policyMapMax',
    value: 32_768,
    extraBytesNote: 'memory only for the rules that each endpoint has, 50 to 80 bytes each',
    alternatives: [expect.stringContaining('fewer rules')],
  })
})

test('where sizes are by the memory of the node the ratio is told as well', () => {
  const config = { 'bpf-map-dynamic-size-ratio': '0.0025' }
  const agent = agentWith([{ map: 'ct4_global', pressure: 0.8, capacity: 221_723 }], config)
  const [advice] = adviseSizes([agent])
  expect(advice).toMatchObject({ helmKey: 'bpf.ctTcpMax', value: 524_288 })
  const ratio = Math.ceil((149_422_080 / MEMORY_BYTES) * 10_000) / 10_000
  expect(advice?.alternatives[0]).toContain(`bpf.mapDynamicSizeRatio: ${ratio} (now 0.0025) does the same on node-a`)
})

test('what a larger ratio takes is counted for all tables by memory', () => {
  const agent = readingOf('kpr')
  const pressed = {
    ...agent,
    maps: agent.maps.map((map) =>
      map.map === 'ct4_global' ? { ...map, used: 200_000, pressure: 200_000 / 221_723 } : map,
    ),
  }
  // By the formula with 0.006: entries of CT for TCP, NAT and neighbours; those of CT for others and of sockets are half.
  const entries = Math.floor((524_288 * Math.floor(MEMORY_BYTES * 0.006)) / 149_422_080)
  const half = Math.floor(entries / 2)
  const bucket = (size: number) => 2 ** Math.ceil(Math.log2(size)) * 16
  const bytes = (size: number, element: number) => size * element + bucket(size)
  const before =
    bytes(221_723, 120) + bytes(221_723, 104) + bytes(221_723, 64) + bytes(110_861, 120) + bytes(110_861, 72)
  const after = bytes(entries, 120) + bytes(entries, 104) + bytes(entries, 64) + bytes(half, 120) + bytes(half, 72)
  expect(adviseSizes([pressed])[0]?.alternatives[0]).toBe(
    `bpf.mapDynamicSizeRatio: 0.006 (now 0.0025) does the same on node-a by its memory, and makes all tables by memory larger: +${Math.ceil((after - before) / 2 ** 20)} MiB there`,
  )
})

test('NAT grows no larger than both tables of connection tracking', () => {
  const tables = { 'bpf-ct-global-tcp-max': '131072', 'bpf-ct-global-any-max': '65536' }
  const capacities = [
    { map: 'ct4_global', pressure: 0.1, capacity: 131_072 },
    { map: 'ct_any4_global', pressure: 0.1, capacity: 65_536 },
  ]
  const grows = agentWith([...capacities, { map: 'snat_v4_external', pressure: 0.9, capacity: 131_072 }], {
    ...tables,
    'bpf-nat-global-max': '131072',
  })
  expect(adviseSizes([grows])[0]).toMatchObject({ helmKey: 'bpf.natMax', value: 196_608, helps: true })
  const stuck = agentWith([...capacities, { map: 'snat_v4_external', pressure: 0.9, capacity: 196_608 }], {
    ...tables,
    'bpf-nat-global-max': '196608',
  })
  expect(adviseSizes([stuck])[0]).toMatchObject({
    helps: false,
    reason:
      '176947 of 196608 entries on node-a (90%), and more than bpf.ctTcpMax + bpf.ctAnyMax (196608) the agent refuses: raise those first',
  })
})

test('a map that is as large as it can be, or whose size is fixed, is not helped by a setting', () => {
  const policy = agentWith([{ map: 'policy', pressure: 1, capacity: 65_536 }], { 'bpf-policy-map-max': '65536' })
  expect(adviseSizes([policy])[0]).toMatchObject({
    helps: false,
    reason: '65536 of 65536 entries on node-a (100%), and 65536 is the most that Cilium takes',
  })
  const ipcache = agentWith([{ map: 'ipcache_v2', pressure: 0.9, capacity: 512_000 }])
  expect(adviseSizes([ipcache])[0]).toMatchObject({
    helps: false,
    reason: '460800 of 512000 entries on node-a (90%), and the size of this map is fixed in Cilium',
  })
  expect(adviseSizes([ipcache])[0]).not.toHaveProperty('value')
})

test('nodes stand by how full they are, and the worst decides', () => {
  const settings = { 'bpf-lb-map-max': '65536' }
  const agents = [0.75, 0.95, 0.1].map((pressure, index) =>
    agentWith([{ map: 'lb4_services_v2', pressure, capacity: 65_536 }], settings, `node-${index}`),
  )
  expect(adviseSizes(agents)[0]).toMatchObject({ nodes: ['node-1', 'node-0'], value: 131_072 })
  expect(adviseSizes(agents)[0]?.reason).toBe('62259 of 65536 entries on node-1 (95%)')
})

test('maps that need nothing get advice only for the asking: the double', () => {
  expect(adviseSizes([readingOf('kpr')])).toEqual([])
  const all = adviseSizes([readingOf('kpr')], { all: true })
  expect(all.find(({ flag }) => flag === 'bpf-ct-global-tcp-max')).toMatchObject({
    value: 524_288,
    currentValue: 221_723,
    reason: '0 of 221723 entries on node-a (0%): large enough as it is',
  })
  expect(all.every(({ helps, value, currentValue = 0 }) => !helps || (value ?? 0) > currentValue)).toBe(true)
})

test('a setting is that of all nodes: one with more entries already keeps them', () => {
  const small = agentWith([{ map: 'ct4_global', pressure: 0.9, capacity: 1024 }], { 'bpf-ct-global-tcp-max': '1024' })
  const large = agentWith([{ map: 'ct4_global', pressure: 0.1, capacity: 300_000 }], {}, 'node-b')
  expect(adviseSizes([small, large])).toMatchObject([
    { nodes: ['node-a'], currentValue: 1024, value: 300_000, helmKey: 'bpf.ctTcpMax' },
  ])
})

test('of several maps that a setting sizes those that need it decide, also where all are asked for', () => {
  const maps = adviseSizes([readingOf('full'), readingOf('kpr', 'node-b')], { all: true })
  expect(maps.find(({ flag }) => flag === 'bpf-lb-map-max')).toMatchObject({
    value: 65_536,
    currentValue: 256,
    nodes: ['node-a'],
    maps: expect.arrayContaining(['lb4_services_v2', 'lb4_backends_v3']),
  })
  expect(maps.find(({ flag }) => flag === 'bpf-ct-global-any-max')).toMatchObject({
    currentValue: 110_861,
    value: 262_144,
    reason: '0 of 110861 entries on node-b (0%): large enough as it is',
  })
  // NAT of the small node may not be larger than its tables of connection tracking: there is nothing to say of it.
  expect(maps.some(({ flag }) => flag === 'bpf-nat-global-max')).toBe(false)
})

test('of a map without a figure it is not said that it is empty', () => {
  const all = adviseSizes([readingOf('kpr')], { all: true })
  expect(all.find(({ flag }) => flag === 'bpf-sock-rev-map-max')?.reason).toBe(
    'room for 110861 entries on node-a: whether it needs more is not known',
  )
  expect(all.find(({ flag }) => flag === 'bpf-policy-map-max')?.reason).toBe(
    'room for 16384 entries on node-a, at most 10% used: large enough as it is',
  )
})
