/** What a size in the configuration is for: one of these may be that of several maps. */
export type SizeId =
  | 'ctTcp'
  | 'ctAny'
  | 'nat'
  | 'neighbour'
  | 'socket'
  | 'policy'
  | 'policyStats'
  | 'lbService'
  | 'lbBackend'
  | 'lbReverseNat'
  | 'lbAffinity'
  | 'lbSourceRange'
  | 'lbMaglev'
  | 'auth'
  | 'node'
  | 'egress'
  | 'fragment'
  | 'ipcache'
  | 'endpoint'

export interface SizeRule {
  /** Keys of cilium-config, the first that is set to more than 0 wins; none: the size is fixed. */
  readonly flags: readonly string[]
  /** In the chart's values, for the last of the flags; where there is none, extraConfig takes the flag. */
  readonly helmKey?: { readonly key: string; readonly sinceMinor?: number }
  readonly defaultEntries: number
  readonly min?: number
  readonly max: number
  /** The least that dynamic sizing gives; absent: the size is not by the node's memory. */
  readonly dynamicFloor?: number
  /** In `status -o json`, since 1.18 with new names for some. */
  readonly statusRows?: readonly string[]
}

/** The most of the tables whose size is by the node's memory (LimitTableMax). */
export const LARGEST_TABLE = 16_777_216
const SMALLEST_TABLE = 1024
const LARGEST_LB = 2 ** 31 - 1

const loadBalancer = (flag: string, statusRow?: string): SizeRule => ({
  flags: [flag, 'bpf-lb-map-max'],
  helmKey: { key: 'bpf.lbMapMax' },
  defaultEntries: 65_536,
  min: 1,
  max: LARGEST_LB,
  ...(statusRow === undefined ? {} : { statusRows: [statusRow] }),
})

/**
 * The sizes that a map can have and who decides. Sources: pkg/option/config.go (checkMapSizeLimits,
 * calculateDynamicBPFMapSizes), daemon's getBPFMapStatus and the charts' values.yaml of 1.14 to 1.20.
 */
export const SIZE_RULES: Readonly<Record<SizeId, SizeRule>> = {
  ctTcp: {
    flags: ['bpf-ct-global-tcp-max'],
    helmKey: { key: 'bpf.ctTcpMax' },
    defaultEntries: 524_288,
    min: SMALLEST_TABLE,
    max: LARGEST_TABLE,
    dynamicFloor: 131_072,
    statusRows: ['TCP connection tracking'],
  },
  ctAny: {
    flags: ['bpf-ct-global-any-max'],
    helmKey: { key: 'bpf.ctAnyMax' },
    defaultEntries: 262_144,
    min: SMALLEST_TABLE,
    max: LARGEST_TABLE,
    dynamicFloor: 65_536,
    statusRows: ['Non-TCP connection tracking'],
  },
  nat: {
    flags: ['bpf-nat-global-max'],
    helmKey: { key: 'bpf.natMax' },
    defaultEntries: 524_288,
    min: SMALLEST_TABLE,
    max: LARGEST_TABLE,
    dynamicFloor: 131_072,
    statusRows: ['NAT'],
  },
  neighbour: {
    flags: ['bpf-neigh-global-max'],
    helmKey: { key: 'bpf.neighMax' },
    defaultEntries: 524_288,
    max: LARGEST_TABLE,
    dynamicFloor: 131_072,
    statusRows: ['Neighbor table'],
  },
  socket: {
    flags: ['bpf-sock-rev-map-max'],
    defaultEntries: 262_144,
    min: SMALLEST_TABLE,
    max: LARGEST_TABLE,
    dynamicFloor: 65_536,
    statusRows: ['Sock reverse NAT'],
  },
  policy: {
    flags: ['bpf-policy-map-max'],
    helmKey: { key: 'bpf.policyMapMax' },
    defaultEntries: 16_384,
    min: 256,
    max: 65_536,
    // Up to 1.17 "Endpoint policy" is the map of endpoints, and the policy maps are this:
    statusRows: ['Global policy', 'Endpoint policy'],
  },
  policyStats: {
    flags: ['bpf-policy-stats-map-max'],
    helmKey: { key: 'bpf.policyStatsMapMax', sinceMinor: 18 },
    defaultEntries: 65_536,
    max: LARGEST_TABLE,
    statusRows: ['Policy stats'],
  },
  lbService: loadBalancer('bpf-lb-service-map-max', 'IPv4 service'),
  lbBackend: loadBalancer('bpf-lb-service-backend-map-max', 'IPv4 service backend'),
  lbReverseNat: loadBalancer('bpf-lb-rev-nat-map-max', 'IPv4 service reverse NAT'),
  lbAffinity: loadBalancer('bpf-lb-affinity-map-max', 'Session affinity'),
  lbSourceRange: loadBalancer('bpf-lb-source-range-map-max'),
  lbMaglev: loadBalancer('bpf-lb-maglev-map-max'),
  auth: {
    flags: ['bpf-auth-map-max'],
    helmKey: { key: 'bpf.authMapMax' },
    defaultEntries: 524_288,
    min: 256,
    max: LARGEST_TABLE,
    statusRows: ['Auth'],
  },
  node: {
    flags: ['bpf-node-map-max'],
    helmKey: { key: 'bpf.nodeMapMax', sinceMinor: 16 },
    defaultEntries: 16_384,
    min: 16_384,
    max: LARGEST_LB,
  },
  egress: {
    flags: ['egress-gateway-policy-map-max'],
    helmKey: { key: 'egressGateway.maxPolicyEntries' },
    defaultEntries: 16_384,
    max: LARGEST_LB,
  },
  fragment: {
    flags: ['bpf-fragments-map-max'],
    defaultEntries: 8192,
    min: 256,
    max: 65_536,
    statusRows: ['IPv4 fragmentation'],
  },
  ipcache: { flags: [], defaultEntries: 512_000, max: 512_000, statusRows: ['IP cache'] },
  endpoint: { flags: [], defaultEntries: 65_535, max: 65_535, statusRows: ['Endpoints', 'Endpoint policy'] },
}

/** How the chart of this version sets a flag: a key of its own, or the way to give the agent any flag. */
export function helmKeyOf({ helmKey, flags }: SizeRule, flag: string, minor: number | undefined): string {
  const hasKey = helmKey !== undefined && flag === flags.at(-1) && (minor ?? Infinity) >= (helmKey.sinceMinor ?? 0)
  return hasKey ? helmKey.key : `extraConfig.${flag}`
}
