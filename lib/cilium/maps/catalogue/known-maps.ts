import type { MapKind, WhenFull } from '../../../record/cilium-figures.ts'
import type { SizeId } from '../sizing/size-rules.ts'

export type IpFamily = 'ipv4' | 'ipv6'

/**
 * How the pressure metric comes about. cache: the agent counts what it put there; count: it counts the kernel's entries at
 * times; gc: a garbage collection counts them; policy: the fullest endpoint, above a threshold.
 */
export type PressureSource = 'cache' | 'load-balancer' | 'conntrack' | 'nat' | 'policy'

export interface KnownMap {
  /** As `mapName` gives it. */
  readonly map: string
  readonly kind: MapKind
  readonly type: string
  readonly whenFull: Exclude<WhenFull, 'unknown'>
  readonly family?: IpFamily
  readonly size?: SizeId
  readonly keyBytes?: number
  readonly valueBytes?: number
  /** Undefined: no version reports its pressure. */
  readonly pressure?: { readonly from: PressureSource; readonly sinceMinor?: number; readonly untilMinor?: number }
  /** A hash that takes memory as entries come, whatever the configuration says of others. */
  readonly grows?: true
  /** That it is there whatever the metrics say; absent: only where they or the kernel name it. */
  readonly isThere?: 'always' | 'nodePort' | 'socketLoadBalancer' | 'sessionAffinity'
}

type Shape = readonly [keyBytes: number, valueBytes: number]

const lru = (map: string, kind: MapKind, [keyBytes, valueBytes]: Shape, size: SizeId): KnownMap => ({
  map,
  kind,
  type: 'lru_hash',
  whenFull: 'evicts',
  size,
  keyBytes,
  valueBytes,
})

const hash = (map: string, kind: MapKind, [keyBytes, valueBytes]: Shape, size?: SizeId): KnownMap => ({
  map,
  kind,
  type: 'hash',
  whenFull: 'fails',
  keyBytes,
  valueBytes,
  ...(size === undefined ? {} : { size }),
})

const trie = (map: string, kind: MapKind, size?: SizeId): KnownMap => ({
  map,
  kind,
  type: 'lpm_trie',
  whenFull: 'fails',
  ...(size === undefined ? {} : { size }),
})

const cached = { pressure: { from: 'cache' } } as const
const always = { isThere: 'always' } as const

function ofFamily(family: IpFamily): KnownMap[] {
  const isV4 = family === 'ipv4'
  const digit = isV4 ? 4 : 6
  const conntrack: Shape = isV4 ? [14, 56] : [38, 56]
  const balancer = { pressure: { from: 'load-balancer' }, ...always } as const
  const tracked = { pressure: { from: 'conntrack', sinceMinor: 16 }, ...always } as const
  const maps: KnownMap[] = [
    { ...lru(`ct${digit}_global`, 'conntrack', conntrack, 'ctTcp'), ...tracked },
    { ...lru(`ct_any${digit}_global`, 'conntrack', conntrack, 'ctAny'), ...tracked },
    {
      ...lru(`snat_v${digit}_external`, 'nat', isV4 ? [14, 40] : [38, 56], 'nat'),
      pressure: { from: 'nat', sinceMinor: 15 },
      isThere: 'nodePort',
    },
    { ...lru(`nodeport_neigh${digit}`, 'neighbour', isV4 ? [4, 8] : [16, 8], 'neighbour'), isThere: 'nodePort' },
    {
      ...lru(`lb${digit}_reverse_sk`, 'socket', isV4 ? [16, 8] : [32, 20], 'socket'),
      isThere: 'socketLoadBalancer',
    },
    {
      ...lru(`lb${digit}_affinity`, 'load-balancer', isV4 ? [16, 16] : [24, 16], 'lbAffinity'),
      isThere: 'sessionAffinity',
    },
    { ...hash(`lb${digit}_services_v2`, 'load-balancer', isV4 ? [12, 12] : [24, 12], 'lbService'), ...balancer },
    { ...hash(`lb${digit}_backends_v3`, 'load-balancer', isV4 ? [4, 12] : [4, 24], 'lbBackend'), ...balancer },
    { ...hash(`lb${digit}_reverse_nat`, 'load-balancer', isV4 ? [2, 6] : [2, 18], 'lbReverseNat'), ...balancer },
    {
      ...trie(`lb${digit}_source_range`, 'load-balancer', 'lbSourceRange'),
      pressure: { from: 'load-balancer', untilMinor: 17 },
    },
    { map: `lb${digit}_maglev`, kind: 'load-balancer', type: 'hash_of_maps', whenFull: 'fails', size: 'lbMaglev' },
    lru(`ipv${digit}_frag_datagrams`, 'fragment', isV4 ? [12, 4] : [40, 4], 'fragment'),
    { ...trie(`ipmasq_v${digit}`, 'other'), ...cached },
    { ...trie(`egress_gw_policy_v${digit}`, 'egress', 'egress'), pressure: { from: 'cache', sinceMinor: 16 } },
    { ...trie(`egress_gw_policy_v${digit}_v2`, 'egress', 'egress'), pressure: { from: 'cache', sinceMinor: 20 } },
  ]
  return maps.map((known) => ({ ...known, family }))
}

/**
 * The maps that fill up, of 1.14 to 1.20. Pressure: who of them calls WithPressureMetric, UpdatePressureMetricWithSize or
 * NewBPFMapPressureGauge, and lets the gauge be set (of an LRU map only what counts its entries does). Entry sizes: pkg/maps.
 */
export const KNOWN_MAPS: readonly KnownMap[] = [
  { ...trie('policy', 'policy', 'policy'), pressure: { from: 'policy' }, ...always },
  { ...trie('ipcache', 'ipcache', 'ipcache'), ...cached, ...always },
  { ...hash('lxc', 'endpoint', [20, 48], 'endpoint'), ...cached, ...always },
  ...ofFamily('ipv4'),
  ...ofFamily('ipv6'),
  { ...hash('lb_affinity_match', 'load-balancer', [8, 1], 'lbAffinity'), pressure: { from: 'load-balancer' } },
  { ...hash('auth_map', 'auth', [12, 8], 'auth'), ...cached, grows: true },
  { ...hash('node_map', 'node', [20, 2]), grows: true },
  { ...hash('node_map_v2', 'node', [20, 4], 'node'), grows: true },
  { map: 'policystats', kind: 'policy', type: 'lru_percpu_hash', whenFull: 'evicts', size: 'policyStats' },
  { ...hash('throttle', 'other', [8, 56]), ...cached },
  { ...hash('vtep_map', 'other', [4, 16]), ...cached },
  { ...hash('tunnel_map', 'other', [20, 20]), pressure: { from: 'cache', untilMinor: 17 } },
  { ...trie('subnet_map', 'other'), pressure: { from: 'cache', sinceMinor: 20 } },
  { ...hash('l2_responder_v4', 'other', [8, 8]), grows: true },
  { ...hash('l2_responder_v6', 'other', [20, 8]), grows: true },
  { map: 'ratelimit', kind: 'other', type: 'lru_hash', whenFull: 'evicts', keyBytes: 4, valueBytes: 16 },
  { map: 'metrics', kind: 'other', type: 'percpu_hash', whenFull: 'fails' },
]

const BY_NAME: ReadonlyMap<string, KnownMap> = new Map(KNOWN_MAPS.map((known) => [known.map, known]))

/** @returns undefined for a map that Cilium 1.14 to 1.20 does not have */
export function knownMap(name: string): KnownMap | undefined {
  return BY_NAME.get(name)
}

/** Arrays, and what holds programs or rings: nothing fills up there. */
const FIXED_CONTENT =
  /^(?:events|signals|runtime_config|encrypt_state|call_policy|egresscall_policy|calls_.*|percpu_trace_id|ratelimit_metrics|snat_v[46]_alloc_retries|lb_act|lb_fct|capture\d_rules|cidr_.*|skip_lb\d|ktime_cache)$/

/** Whether the content of a map is what it is, so that its size is of no interest. */
export function isOfFixedContent(name: string): boolean {
  return FIXED_CONTENT.test(name)
}

const FIXED_TYPES: ReadonlySet<string> = new Set([
  'array',
  'percpu_array',
  'prog_array',
  'perf_event_array',
  'array_of_maps',
  'ringbuf',
  'cgroup_array',
  'sk_storage',
  'cgrp_storage',
])

/** Is it a type of the kernel's in which nothing fills up: arrays, programs, rings, and what belongs to a socket or cgroup? */
export function isOfFixedType(type: string): boolean {
  return FIXED_TYPES.has(type)
}

const EVICTING_TYPES: ReadonlySet<string> = new Set(['lru_hash', 'lru_percpu_hash'])
const FAILING_TYPES: ReadonlySet<string> = new Set(['hash', 'percpu_hash', 'lpm_trie', 'hash_of_maps'])

/** What happens when a map of a type of the kernel's is full. */
export function whenFullOfType(type: string): WhenFull {
  if (EVICTING_TYPES.has(type)) return 'evicts'
  return FAILING_TYPES.has(type) ? 'fails' : 'unknown'
}
