import type { MapKind, MapReading } from '../../../record/cilium-figures.ts'
import type { MapOfNode } from '../cluster/across-nodes.ts'
import { boundedEntries, ratioFor } from '../sizing/dynamic-size.ts'
import { SIZE_RULES, type SizeRule } from '../sizing/size-rules.ts'
import { extraMemory } from './extra-memory.ts'

/** What else helps a map that is too full, or instead of a new size. */
export function alternativesTo(worst: MapOfNode, entries: number, rule: SizeRule | undefined): string[] {
  return [
    ...(rule === undefined ? [] : byRatio(worst, entries, rule)),
    ...(FEWER_ENTRIES[worst.map.kind]?.(worst) ?? []),
  ]
}

/** The ratio that gives the same entries by the memory of the node, with what all that it makes larger takes. */
function byRatio({ map, agent }: MapOfNode, entries: number, { dynamicFloor, defaultEntries }: SizeRule): string[] {
  const { dynamicSizeRatio: now = 0, memoryTotalBytes } = agent
  if (dynamicFloor === undefined || !isByMemory(map) || now === 0 || memoryTotalBytes === undefined) return []
  const ratio = ratioFor(entries, defaultEntries, memoryTotalBytes)
  if (ratio > 1 || ratio <= now) return []
  const extra = Object.values(SIZE_RULES).reduce((sum, rule) => {
    const [flag] = rule.flags
    if (flag === undefined || rule.dynamicFloor === undefined) return sum
    const size = boundedEntries(rule.defaultEntries, rule.dynamicFloor, { memoryBytes: memoryTotalBytes, ratio })
    return sum + (extraMemory([{ ...agent, maps: agent.maps.filter(isByMemory) }], flag, size)?.bytes ?? 0)
  }, 0)
  return [
    `bpf.mapDynamicSizeRatio: ${ratio} (now ${now}) does the same on ${agent.agent.node} by its memory, and makes all tables by memory larger: +${mebibytes(extra)} there`,
  ]
}

function isByMemory({ configured }: MapReading): boolean {
  return ['dynamic', 'floor', 'capped'].includes(configured?.origin ?? '')
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`
}

const FEWER_ENTRIES: Readonly<Partial<Record<MapKind, (worst: MapOfNode) => string[]>>> = {
  conntrack: ({ map }) => {
    const [protocol, now] = map.map.includes('any') ? ['any', '1m'] : ['tcp', '2h13m20s']
    const flags = `bpf-ct-timeout-regular-${protocol} and bpf-ct-timeout-service-${protocol}`
    return [`shorter lives of idle entries, by extraConfig: ${flags} (${now} by default)`]
  },
  nat: ({ agent }) =>
    agent.conntrack.maxIntervalSeconds === undefined
      ? ['conntrackGCMaxInterval: 30m, so that entries of connections that are gone do not stay for hours']
      : [],
  policy: () => ['fewer rules in the endpoint with the most: wider CIDRs and port ranges, toFQDNs with fewer names'],
  'load-balancer': () => [
    'fewer entries: for each port and each of its addresses a Service takes one and one for each endpoint; there are at most 65,535 addresses and ports whatever the size',
  ],
  ipcache: () => ['fewer addresses: CIDR rules and toFQDNs of policies put each address in'],
}
