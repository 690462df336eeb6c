import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAgentExposition } from '../../../../../lib/cilium/maps/formats/parse-agent-exposition.ts'
import { parseMemory } from '../../../../../lib/cilium/maps/formats/parse-memory.ts'
import { parsePinnedMap } from '../../../../../lib/cilium/maps/formats/parse-pinned-map.ts'
import { parseStatus } from '../../../../../lib/cilium/maps/formats/parse-status.ts'
import { parseVersionOutput } from '../../../../../lib/cilium/maps/formats/parse-version.ts'
import { PerfError } from '../../../../../lib/errors/perf-error.ts'
import { recorded, recordedPins } from '../recorded.ts'

test('the status of an agent tells the sizes it is configured with and what makes its maps', () => {
  const full = parseStatus(recorded('full', 'status.json'))
  expect(full.sizes.get('TCP connection tracking')).toBe(1024)
  expect(full.sizes.get('Global policy')).toBe(256)
  expect(full).toMatchObject({ dynamicSizeRatio: 0, nodePort: false, socketLoadBalancer: false })
  const kpr = parseStatus(recorded('kpr', 'status.json'))
  expect(kpr.sizes.get('NAT')).toBe(221_723)
  expect(kpr).toMatchObject({
    dynamicSizeRatio: 0.0025,
    nodePort: true,
    socketLoadBalancer: true,
    sessionAffinity: true,
    bpfMasquerade: true,
  })
})

test('a status that leaves things out says nothing of them', () => {
  expect(parseStatus('{}')).toEqual({ sizes: new Map() })
})

test('whatever the status is, it is read or a PerfError', () => {
  const cut = recorded('busy', 'status.json')
  const text = fc.oneof(
    fc.json(),
    fc.string(),
    fc.nat().map((length) => cut.slice(0, length)),
  )
  fc.assert(
    fc.property(text, (printed) => {
      try {
        expect(parseStatus(printed).sizes).toBeInstanceOf(Map)
      } catch (error) {
        expect(error).toBeInstanceOf(PerfError)
      }
    }),
  )
})

test.each([
  [recorded('full', 'version.txt'), '1.15.19', 15],
  [
    'Client: 1.18.3 9a2c 2025-10-14T10:00:00+00:00 go version go1.24.7 linux/amd64\nDaemon: 1.18.2 go version',
    '1.18.2',
    18,
  ],
  ['Client: 1.17.1-rc.0 go version\nDaemon: unable to connect\n', '1.17.1', 17],
])('%j is version %s', (text, version, minor) => {
  expect(parseVersionOutput(text)).toEqual({ text: version, minor })
})

test('a version that is none is not made up', () => {
  expect(parseVersionOutput('')).toBeUndefined()
  expect(parseVersionOutput('Daemon:  go version go1.26.8 linux/amd64')).toBeUndefined()
  fc.assert(fc.property(fc.string(), (text) => parseVersionOutput(`Daemon: x${text}`) === undefined))
})

test('memory is told in kibibytes', () => {
  const text = 'MemTotal:       24684092 kB\nMemFree:  1 kB\nMemAvailable:    1024 kB\n'
  expect(parseMemory(text)).toEqual({ totalBytes: 25_276_510_208, availableBytes: 1_048_576 })
  expect(parseMemory('')).toEqual({})
})

test('pinned maps as bpftool tells them', () => {
  const [neighbours] = recordedPins('nat').filter(({ pin }) => pin === 'cilium_nodeport_neigh4')
  expect(parsePinnedMap({ pin: '', show: '', ...neighbours, entries: 3 })).toEqual({
    pin: 'cilium_nodeport_neigh4',
    type: 'lru_hash',
    maxEntries: 524_288,
    keyBytes: 4,
    valueBytes: 8,
    memoryBytes: 41_943_936,
    entries: 3,
  })
})

test('a file that is no map is none; output that is no JSON is an error with the name of the map', () => {
  const show = '{"error":"bpf obj get (/sys/fs/bpf/tc/globals): Permission denied"}'
  expect(parsePinnedMap({ pin: 'cilium_x', show })).toBeUndefined()
  expect(() => parsePinnedMap({ pin: 'cilium_x', show: '' })).toThrow(/bpftool map show cilium_x: .*it printed nothing/)
  expect(() => parsePinnedMap({ pin: 'cilium_x', show: '{}' })).toThrow('cilium_x: it has no type or no size')
})

test('the exposition of the Prometheus port gives the same figures, and of histograms sum and count', () => {
  const text = `# TYPE cilium_bpf_map_pressure gauge
cilium_bpf_map_pressure{map_name="lb4_services_v2"} 0.703125
# TYPE cilium_datapath_conntrack_gc_duration_seconds histogram
cilium_datapath_conntrack_gc_duration_seconds_bucket{family="ipv4",protocol="TCP",status="completed",le="+Inf"} 14
cilium_datapath_conntrack_gc_duration_seconds_sum{family="ipv4",protocol="TCP",status="completed"} 0.006180451
cilium_datapath_conntrack_gc_duration_seconds_count{family="ipv4",protocol="TCP",status="completed"} 14
# TYPE go_goroutines gauge
go_goroutines 212
`
  const labels = { family: 'ipv4', protocol: 'TCP', status: 'completed' }
  expect(parseAgentExposition(text)).toEqual([
    { name: 'cilium_bpf_map_pressure', labels: { map_name: 'lb4_services_v2' }, value: 0.703125 },
    { name: 'cilium_datapath_conntrack_gc_duration_seconds_sum', labels, value: 0.006180451 },
    { name: 'cilium_datapath_conntrack_gc_duration_seconds_count', labels, value: 14 },
  ])
  expect(() => parseAgentExposition(text.slice(0, 150))).toThrow(PerfError)
})
