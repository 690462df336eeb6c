import { FIRST_MINOR_WITH_SCHEMA } from './chart-keys.ts'

// Keys that no chart has ever had but that people write: fields of the agent's Go code, flags half remembered, settings of
// other programs, and inventions that went around. Sources for the flags: pkg/option/config.go, pkg/maps/ctmap and
// operator/pkg/ciliumendpointslice of Cilium 1.15 and 1.20.

export interface InventedKey {
  /** Of the whole path in lower case, with all that is neither letter, digit nor point taken out. */
  readonly pattern: RegExp
  /** What to write instead, for the value as it was written. */
  readonly advice: (value: string, minor: number) => string
}

const key = (path: string) => (value: string, minor: number) => {
  if (value === '') return path
  // Charts without a schema write a million as 1e+06, unless it stands in quotes.
  const quoted = minor < FIRST_MINOR_WITH_SCHEMA && /^[1-9]\d{6,}$/.test(value)
  return `${path}: ${quoted ? JSON.stringify(value) : value}`
}
const flag = (name: string) => (value: string) =>
  `extraConfig: {${name}: ${JSON.stringify(value === '' ? '…' : value)}}`
const nothing = (why: string) => () => `remove it: ${why}`

/** A plain number is in nanoseconds for a flag of Go, and meant as seconds. */
const seconds = (name: string) => (value: string) => flag(name)(/^\d+$/.test(value) ? `${value}s` : value)

const PRESSURE = 'full LRU maps evict by themselves'

export const INVENTED_KEYS: readonly InventedKey[] = [
  {
    pattern: /(^|\.)(bpf)?nat(map)?(max|size|entries|mapmax|mapentries(global)?|globalmax|globalentries)$/,
    advice: key('bpf.natMax'),
  },
  { pattern: /(^|\.)(bpf)?neigh(bor)?(map)?(max|size|entries(global)?|globalmax)$/, advice: key('bpf.neighMax') },
  {
    pattern: /(^|\.)(bpf)?(ct|conntrack)(map)?((entries)?(global)?tcp(max|entries|size)?|tcpmap(max|size|entries))$/,
    advice: key('bpf.ctTcpMax'),
  },
  {
    pattern: /(^|\.)(bpf)?(ct|conntrack)(map)?((entries)?(global)?any(max|entries|size)?|anymap(max|size|entries))$/,
    advice: key('bpf.ctAnyMax'),
  },
  { pattern: /(^|\.)(bpf)?(conntrack|ct)(map)?(max|size|entries)$/, advice: () => 'bpf.ctTcpMax and bpf.ctAnyMax' },
  {
    pattern: /(^|\.)(bpf)?sock(et)?(rev(erse)?)?(nat)?(map)?(max|size|entries)$/,
    advice: flag('bpf-sock-rev-map-max'),
  },
  { pattern: /(^|\.)(bpf)?frag(ment)?s?(map)?(max|size|entries)$/, advice: flag('bpf-fragments-map-max') },
  { pattern: /(^|\.)(bpf)?policymap(entries|size|entriesmax|maxentries)$/, advice: key('bpf.policyMapMax') },
  { pattern: /(^|\.)(bpf)?lb(service)?map(entries|size|maxentries)$/, advice: key('bpf.lbMapMax') },
  { pattern: /(^|\.)(bpf)?authmap(entries|size|maxentries)$/, advice: key('bpf.authMapMax') },
  { pattern: /(^|\.)(bpf)?nodemap(entries|size|maxentries)$/, advice: key('bpf.nodeMapMax') },
  {
    pattern: /(^|\.)(bpf\.)?(mapsdynamicsizeratio|dynamicsizeratio|mapsizeratio|mapdynamicratio)$/,
    advice: key('bpf.mapDynamicSizeRatio'),
  },

  { pattern: /(^|\.)mappressure$/, advice: nothing(PRESSURE) },
  {
    pattern: /(^|\.)mappressure\.enabled$/,
    advice: () => 'prometheus.metrics: ["+cilium_bpf_map_pressure"], on by default since 1.14',
  },
  { pattern: /(^|\.)mappressure\.gcinterval$/, advice: key('conntrackGCInterval') },
  {
    pattern: /(^|\.)mappressure\..*threshold$/,
    advice: (_, minor) =>
      minor >= 19
        ? 'remove it: a full LRU map evicts by itself; bpf.policyMapPressureMetricsThreshold says from where on pressure is reported'
        : 'remove it: a full LRU map evicts by itself',
  },

  { pattern: /(^|\.)(bpf\.)?(ct|conntrack)gcinterval$/, advice: key('conntrackGCInterval') },
  { pattern: /(^|\.)(bpf\.)?(ct|conntrack)gcmaxinterval$/, advice: key('conntrackGCMaxInterval') },
  {
    pattern: /(^|\.)(ct)?tcp(fin(wait)?|close(wait)?|timewait)timeout$/,
    advice: seconds('bpf-ct-timeout-regular-tcp-fin'),
  },
  { pattern: /(^|\.)(ct)?tcpsyn(sent|recv)?timeout$/, advice: seconds('bpf-ct-timeout-regular-tcp-syn') },
  { pattern: /(^|\.)(ct)?tcp(connection|established|idle)?timeout$/, advice: seconds('bpf-ct-timeout-regular-tcp') },
  { pattern: /(^|\.)(ct)?(any|udp|icmp)(connection|stream)?timeout$/, advice: seconds('bpf-ct-timeout-regular-any') },

  {
    pattern:
      /(^|\.)(max)?(ciliumendpoints|ceps?|endpoints)(in|per)(slice|ces|ciliumendpointslice)$|(^|\.)maxcepsinces$/,
    advice: flag('ces-max-ciliumendpoints-per-ces'),
  },
  {
    pattern:
      /^(enable)?ciliumendpointslice\.(updatebatchsize|batchsize|updateinterval|syncinterval|batchinterval|writeqps|qps|burst)$/,
    advice: (_, minor) =>
      minor >= 16
        ? 'ciliumEndpointSlice.rateLimits for the rate of writes; changes are gathered for 500ms, which is fixed'
        : 'extraConfig: {ces-write-qps-limit: "…"} for the rate of writes; changes are gathered for 500ms, which is fixed',
  },
  {
    pattern: /^(enable)?ciliumendpointslice\.enablelabelselector$/,
    advice: nothing('slices are filled by namespace, not by labels'),
  },
  { pattern: /^ciliumendpoint(s)?$/, advice: nothing('CiliumEndpoints have no settings but disableEndpointCRD') },
  {
    pattern: /^ciliumendpoints?\.keepdeprecated$/,
    advice: nothing('CiliumEndpoints stay beside CiliumEndpointSlices in any case'),
  },

  { pattern: /^bpf\.events\.monitorinterval$/, advice: key('bpf.monitorInterval') },
  {
    pattern: /^(bpf\.)?(enable)?hostrouting$/,
    advice: () =>
      'bpf.hostLegacyRouting: false, which is the default; what else it needs, "kubectl perf cilium bigtcp" says',
  },
  {
    pattern: /^(enable)?(ipv4)?bigtcp(\.(enabled|ipv4(\.enabled)?))?$/,
    advice: () => 'enableIPv4BIGTCP: true and enableIPv6BIGTCP: true',
  },
  { pattern: /^bigtcp\.ipv6(\.enabled)?$/, advice: key('enableIPv6BIGTCP') },
  {
    pattern: /^enabletunnelbigtcp$/,
    advice: () => 'remove it: only 1.19.0 to 1.19.2 had it; later agents find out themselves whether the kernel can',
  },
]

/** The entry for a path, however it is spelled. */
export function findInvented(path: string): InventedKey | undefined {
  const plain = path.toLowerCase().replaceAll(/[^a-z0-9.]/g, '')
  return INVENTED_KEYS.find(({ pattern }) => pattern.test(plain))
}

/** Names of flags that documents get wrong, with the flag that is there. */
export const INVENTED_FLAGS: ReadonlyMap<string, string> = new Map([
  ['ces-max-cilium-endpoints-per-ces', 'ces-max-ciliumendpoints-per-ces'],
  ['bpf-ct-tcp-max', 'bpf-ct-global-tcp-max'],
  ['bpf-ct-any-max', 'bpf-ct-global-any-max'],
  ['bpf-nat-max', 'bpf-nat-global-max'],
  ['bpf-neigh-max', 'bpf-neigh-global-max'],
  ['bpf-sock-map-max', 'bpf-sock-rev-map-max'],
  ['bpf-frag-map-max', 'bpf-fragments-map-max'],
  ['ct-gc-interval', 'conntrack-gc-interval'],
])
