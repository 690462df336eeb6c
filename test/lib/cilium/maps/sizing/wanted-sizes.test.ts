import { expect, test } from 'vitest'
import { wantedSizes } from '../../../../../lib/cilium/maps/sizing/wanted-sizes.ts'

const GIB = 2 ** 30
const dynamic = { 'bpf-map-dynamic-size-ratio': '0.0025' }

test('by the memory of the node: a share each, the neighbours as many as NAT', () => {
  const sizes = wantedSizes(dynamic, { memoryBytes: 64 * GIB, minor: 18 })
  expect(sizes.get('ctTcp')).toEqual({
    entries: 602_802,
    origin: 'dynamic',
    flag: 'bpf-ct-global-tcp-max',
    helmKey: 'bpf.ctTcpMax',
  })
  expect(sizes.get('ctAny')).toMatchObject({ entries: 301_401, origin: 'dynamic' })
  expect(sizes.get('nat')).toMatchObject({ entries: 602_802, origin: 'dynamic' })
  expect(sizes.get('neighbour')).toMatchObject({
    entries: 602_802,
    origin: 'dynamic',
    note: 'as large as the NAT table',
    flag: 'bpf-nat-global-max',
    helmKey: 'bpf.natMax',
  })
  expect(sizes.get('socket')).toMatchObject({
    entries: 301_401,
    origin: 'dynamic',
    helmKey: 'extraConfig.bpf-sock-rev-map-max',
  })
})

test('a small node sits on the floor, a huge one at the ceiling', () => {
  const small = wantedSizes(dynamic, { memoryBytes: 8_322_646_016 })
  expect(small.get('ctTcp')).toMatchObject({ entries: 131_072, origin: 'floor' })
  expect(small.get('ctAny')).toMatchObject({ entries: 65_536, origin: 'floor' })
  expect(small.get('nat')).toMatchObject({ entries: 131_072, origin: 'floor' })
  const huge = wantedSizes({ 'bpf-map-dynamic-size-ratio': '0.08' }, { memoryBytes: 64 * GIB })
  expect(huge.get('ctTcp')).toMatchObject({ entries: 16_777_216, origin: 'ceiling' })
  expect(huge.get('ctAny')).toMatchObject({ entries: 9_644_838, origin: 'dynamic' })
})

test('one that is set keeps its number, and NAT is two thirds of both tables where it would be more', () => {
  const sizes = wantedSizes({ ...dynamic, 'bpf-ct-global-tcp-max': '65536' }, { memoryBytes: 64 * GIB })
  expect(sizes.get('ctTcp')).toMatchObject({ entries: 65_536, origin: 'explicit' })
  expect(sizes.get('ctAny')).toMatchObject({ entries: 301_401, origin: 'dynamic' })
  expect(sizes.get('nat')).toMatchObject({
    entries: 244_624,
    origin: 'capped',
    note: 'two thirds of both connection tracking tables (65536 + 301401)',
  })
  expect(sizes.get('neighbour')).toMatchObject({ entries: 244_624, origin: 'capped' })
})

test('without a ratio all have their defaults, of which NAT fits both tables', () => {
  const sizes = wantedSizes({}, {})
  expect(sizes.get('ctTcp')).toMatchObject({ entries: 524_288, origin: 'default' })
  expect(sizes.get('nat')).toMatchObject({ entries: 524_288, origin: 'default' })
  expect(sizes.get('policy')).toMatchObject({ entries: 16_384, origin: 'default', helmKey: 'bpf.policyMapMax' })
  expect(sizes.get('ipcache')).toEqual({ entries: 512_000, origin: 'fixed' })
  const small = wantedSizes({ 'bpf-ct-global-tcp-max': '1024', 'bpf-ct-global-any-max': '2048' }, {})
  expect(small.get('nat')).toMatchObject({ entries: 2048, origin: 'capped' })
})

test('neighbours follow a NAT table that is set, unless they are set themselves', () => {
  const nat = { ...dynamic, 'bpf-nat-global-max': '4096' }
  const facts = { memoryBytes: 64 * GIB }
  expect(wantedSizes(nat, facts).get('neighbour')).toMatchObject({ entries: 4096, flag: 'bpf-nat-global-max' })
  const own = wantedSizes({ ...nat, 'bpf-neigh-global-max': '2048' }, facts).get('neighbour')
  expect(own).toEqual({ entries: 2048, origin: 'explicit', flag: 'bpf-neigh-global-max', helmKey: 'bpf.neighMax' })
  // Without dynamic sizing they do not.
  expect(wantedSizes({ 'bpf-nat-global-max': '4096' }, {}).get('neighbour')).toMatchObject({ entries: 524_288 })
})

test('the map of policies is lowered to what it can be', () => {
  expect(wantedSizes({ 'bpf-policy-map-max': '200000' }, {}).get('policy')).toMatchObject({
    entries: 65_536,
    origin: 'clamped',
    note: '200000 is set: the agent lowers it to 65536',
  })
})

test('all maps of the load balancer have one setting, unless one has its own', () => {
  const sizes = wantedSizes(
    { 'bpf-lb-map-max': '256', 'bpf-lb-service-map-max': '4096', 'bpf-lb-affinity-map-max': '0' },
    { minor: 18 },
  )
  expect(sizes.get('lbService')).toMatchObject({
    entries: 4096,
    flag: 'bpf-lb-service-map-max',
    helmKey: 'extraConfig.bpf-lb-service-map-max',
  })
  expect(sizes.get('lbBackend')).toMatchObject({ entries: 256, flag: 'bpf-lb-map-max', helmKey: 'bpf.lbMapMax' })
  expect(sizes.get('lbAffinity')).toMatchObject({ entries: 256, flag: 'bpf-lb-map-max' })
})

test('a key that the chart of this version does not have yet is set by extraConfig', () => {
  const flag = 'bpf-policy-stats-map-max'
  expect(wantedSizes({}, { minor: 18 }).get('policyStats')).toMatchObject({ flag, helmKey: 'bpf.policyStatsMapMax' })
  expect(wantedSizes({}, { minor: 17 }).get('policyStats')).toMatchObject({ flag, helmKey: `extraConfig.${flag}` })
})

test('what depends on an unknown memory has no number', () => {
  const sizes = wantedSizes(dynamic, {})
  expect(sizes.get('ctTcp')).toEqual({ origin: 'dynamic', flag: 'bpf-ct-global-tcp-max', helmKey: 'bpf.ctTcpMax' })
  expect(sizes.get('neighbour')).not.toHaveProperty('entries')
  expect(
    wantedSizes({ ...dynamic, 'bpf-distributed-lru': 'true' }, { memoryBytes: GIB }).get('nat'),
  ).not.toHaveProperty('entries')
})
