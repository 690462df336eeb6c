import { type IpFamily, isOfFixedContent, isOfFixedType, KNOWN_MAPS, type KnownMap } from '../catalogue/known-maps.ts'
import { mapName } from '../catalogue/map-name.ts'
import { MAP_CAPACITY, MAP_OPERATIONS, MAP_PRESSURE } from '../formats/agent-metrics.ts'
import type { AgentFacts } from './agent-facts.ts'
import type { MetricIndex } from './metric-index.ts'

/** The group of the capacity metric in which all maps of 65,536 entries are. */
export const DEFAULT_GROUP = 'default'

/** The maps of an agent by their names: those that its version and its features make, and those it names. */
export function mapNames(facts: AgentFacts): string[] {
  const { metrics, pinned } = facts
  const expected = KNOWN_MAPS.filter((known) => isExpected(known, facts)).map(({ map }) => map)
  const told = toldNames(metrics).filter((name) => !isOfFixedContent(name))
  const fixed = new Set(pinned.filter(({ type }) => isOfFixedType(type)).map(({ pin }) => mapName(pin)))
  const seen = pinned.map(({ pin }) => mapName(pin)).filter((name) => !isOfFixedContent(name))
  return [...new Set([...expected, ...told, ...seen])].filter((name) => !fixed.has(name))
}

function toldNames(metrics: MetricIndex): string[] {
  return [
    ...metrics.all(MAP_PRESSURE).map(({ labels }) => labels.map_name),
    ...metrics.all(MAP_OPERATIONS).map(({ labels }) => labels.map_name),
    ...metrics.all(MAP_CAPACITY).map(({ labels }) => labels.map_group),
  ].flatMap((label) => (label === undefined || label === '' || label === DEFAULT_GROUP ? [] : [mapName(label)]))
}

function isExpected({ isThere, family }: KnownMap, facts: AgentFacts): boolean {
  if (isThere === undefined || (family !== undefined && !facts.families.includes(family))) return false
  return isThere === 'always' || hasFeature(isThere, facts)
}

function hasFeature(
  feature: Exclude<KnownMap['isThere'], 'always' | undefined>,
  { status, config }: AgentFacts,
): boolean {
  const replacement = config?.['kube-proxy-replacement']
  const replacesProxy = replacement === 'true' || replacement === 'strict'
  switch (feature) {
    case 'nodePort':
      return (
        (status?.nodePort ?? (replacesProxy || config?.['enable-node-port'] === 'true')) ||
        (status?.bpfMasquerade ?? config?.['enable-bpf-masquerade'] === 'true')
      )
    case 'socketLoadBalancer':
      return status?.socketLoadBalancer ?? (replacesProxy || config?.['bpf-lb-sock'] === 'true')
    case 'sessionAffinity':
      return status?.sessionAffinity ?? replacesProxy
  }
}

const OF_FAMILY: Readonly<Record<IpFamily, RegExp>> = {
  ipv4: /^cilium_(?:ct|ct_any)4_global$/,
  ipv6: /^cilium_(?:ct|ct_any)6_global$/,
}

/** The IP families that an agent serves: by its configuration, else by the connection tracking tables that it names. */
export function familiesOf(config: AgentFacts['config'], metrics: MetricIndex): IpFamily[] {
  const groups = metrics.all(MAP_CAPACITY).map(({ labels }) => labels.map_group ?? '')
  const isOn = (family: IpFamily, byDefault: boolean) => {
    const set = config?.[`enable-${family}`]
    if (set !== undefined) return set === 'true'
    return groups.some((group) => OF_FAMILY[family].test(group)) || byDefault
  }
  const hasV6 = isOn('ipv6', false)
  return [...(isOn('ipv4', !hasV6) ? (['ipv4'] as const) : []), ...(hasV6 ? (['ipv6'] as const) : [])]
}
