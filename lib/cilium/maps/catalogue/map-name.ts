const PREFIX = 'cilium_'
/** One map for each endpoint, of which the metrics tell the fullest: `cilium_policy_v2_*`, `policy_01379`, `policy`. */
const POLICY = /^policy(?:_v\d+)?(?:_(?:\d+|\*))?$/
const RENAMED = /^(ipcache)_v\d+$/

/**
 * The name of a map that is the same in all versions, out of a pinned name or of a label of the metrics: without the
 * prefix, of the policy maps of all endpoints one, and ipcache without its version.
 */
export function mapName(name: string): string {
  const bare = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name
  if (POLICY.test(bare) || bare === 'endpoint_policy') return 'policy'
  return RENAMED.exec(bare)?.[1] ?? bare
}

/** The name of the file in which this version pins a map. */
export function pinnedName(name: string, minor: number | undefined): string {
  if (name === 'policy') return `${PREFIX}${policyPrefix(minor)}*`
  if (name === 'ipcache') return `${PREFIX}${(minor ?? 0) >= 18 ? 'ipcache_v2' : 'ipcache'}`
  return `${PREFIX}${name}`
}

function policyPrefix(minor = 0): string {
  if (minor >= 20) return 'policy_v3_'
  return minor >= 17 ? 'policy_v2_' : 'policy_'
}
