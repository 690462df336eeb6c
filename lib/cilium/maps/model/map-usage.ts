import type { MapReading } from '../../../record/cilium-figures.ts'
import { formatDuration } from '../../../record/duration.ts'
import type { KnownMap, PressureSource } from '../catalogue/known-maps.ts'
import { mapName } from '../catalogue/map-name.ts'
import { GC_ENTRIES, GC_RUNS, MAP_PRESSURE, NAT_GC_ENTRIES } from '../formats/agent-metrics.ts'
import type { AgentFacts } from './agent-facts.ts'
import { goSeconds } from './go-seconds.ts'
import { lastCollection } from './read-conntrack.ts'

export type MapUsage = Pick<
  MapReading,
  'basis' | 'used' | 'pressure' | 'pressureAtMost' | 'missing' | 'freshness' | 'doubt'
>

/** Below this the pressure of policy maps is left out (policymap.PressureMetricThreshold). */
const POLICY_THRESHOLD = 0.1
/** How often maps of the load balancer are counted (lb-pressure-metrics-interval). */
const LB_INTERVAL_SECONDS = 300
const POLICY_THRESHOLD_FLAG = 'bpf-policy-map-pressure-metrics-threshold'

/**
 * How full a map is: by its pressure, by what its absence means in this version, by the last garbage collection, or counted.
 * @param capacity its entries at most
 */
export function usageOf(
  name: string,
  known: KnownMap | undefined,
  capacity: number | undefined,
  facts: AgentFacts,
): MapUsage {
  const counted = facts.pinned.filter(({ pin }) => mapName(pin) === name).flatMap(({ entries }) => entries ?? [])
  if (counted.length > 0) return used('counted', Math.max(...counted), capacity, 'counted just now')
  const pressures = facts.metrics
    .all(MAP_PRESSURE)
    .filter(({ labels }) => labels.map_name !== undefined && mapName(labels.map_name) === name)
    .map(({ value }) => value)
  if (pressures.length > 0) return byPressure(Math.max(...pressures), known, capacity, facts)
  return byAbsence(known, capacity, facts)
}

function byPressure(
  pressure: number,
  known: KnownMap | undefined,
  capacity: number | undefined,
  facts: AgentFacts,
): MapUsage {
  const freshness = known?.pressure === undefined ? undefined : freshnessOf(known.pressure.from, facts)
  const doubt = doubtOf(known, facts)
  return {
    basis: 'pressure',
    pressure,
    ...(capacity === undefined ? {} : { used: Math.round(pressure * capacity) }),
    ...(freshness === undefined ? {} : { freshness }),
    ...(doubt === undefined ? {} : { doubt }),
  }
}

function byAbsence(known: KnownMap | undefined, capacity: number | undefined, facts: AgentFacts): MapUsage {
  if (known === undefined) return none('Cilium does not report how full it is')
  const collected = known.kind === 'conntrack' ? aliveConntrack(known, facts) : aliveNat(known, facts)
  if (collected !== undefined) return used('gc', collected, capacity, lastCollection(facts))
  if (known.kind === 'conntrack')
    return none('no garbage collection of connection tracking has run yet, or its metrics are turned off')
  const { pressure } = known
  const minor = facts.minor
  if (pressure === undefined) return none(`not reported by Cilium${versionWords(minor)}`)
  if (minor === undefined)
    return none('not reported, and the version that would tell whether this means 0 is not known')
  if (minor < (pressure.sinceMinor ?? 0) || minor > (pressure.untilMinor ?? Infinity)) {
    return none(`not reported by Cilium${versionWords(minor)}`)
  }
  if (facts.metrics.all(MAP_PRESSURE).length === 0) return none('the metric cilium_bpf_map_pressure is turned off')
  if (pressure.from === 'nat') return none('Cilium tells it only after a garbage collection that swept the NAT table')
  const uncounted = pressure.from === 'load-balancer' ? whyUncounted(facts) : undefined
  if (uncounted !== undefined) return none(uncounted)
  const freshness = freshnessOf(pressure.from, facts)
  if (pressure.from === 'policy') return { basis: 'below', pressureAtMost: policyThreshold(facts), freshness }
  return used('zero', 0, capacity, freshness)
}

/** Since 1.18 maps of the load balancer are counted at times, of which the first is an interval after the start. */
function whyUncounted({ minor = 0, config, ageSeconds }: AgentFacts): string | undefined {
  if (minor < 18) return undefined
  const interval = goSeconds(config?.['lb-pressure-metrics-interval']) ?? LB_INTERVAL_SECONDS
  if (interval === 0) return 'its count is turned off by lb-pressure-metrics-interval'
  if (ageSeconds === undefined || ageSeconds > interval) return undefined
  return `not counted yet: the agent started less than ${formatDuration(interval * 1000)} ago`
}

function used(
  basis: 'counted' | 'gc' | 'zero',
  entries: number,
  capacity: number | undefined,
  freshness: string,
): MapUsage {
  return {
    basis,
    used: Math.round(entries),
    freshness,
    ...(capacity === undefined || capacity === 0 ? {} : { pressure: entries / capacity }),
  }
}

function none(missing: string): MapUsage {
  return { basis: 'none', missing }
}

/** Alive at the last run, of the protocols of this table; undefined before the first run. */
function aliveConntrack({ family, size }: KnownMap, { metrics }: AgentFacts): number | undefined {
  const protocol = size === 'ctTcp' ? 'TCP' : 'non-TCP'
  const isOwn = (labels: Readonly<Record<string, string>>) => labels.family === family && labels.protocol === protocol
  const hasRun = metrics
    .all(GC_RUNS)
    .some(({ labels, value }) => isOwn(labels) && labels.status === 'completed' && value > 0)
  const alive = metrics.all(GC_ENTRIES).find(({ labels }) => isOwn(labels) && labels.status === 'alive')
  // Where the runs are not told, entries that one has counted tell of it.
  return alive !== undefined && (hasRun || alive.value > 0) ? alive.value : undefined
}

/** Both directions together; the metric is off unless somebody turned it on. */
function aliveNat({ family, kind }: KnownMap, { metrics }: AgentFacts): number | undefined {
  if (kind !== 'nat') return undefined
  const alive = metrics
    .all(NAT_GC_ENTRIES)
    .filter(({ labels }) => labels.family === family && labels.status === 'alive')
  return alive.length === 0 ? undefined : alive.reduce((sum, { value }) => sum + value, 0)
}

function policyThreshold({ config, minor }: AgentFacts): number {
  const set = Number(config?.[POLICY_THRESHOLD_FLAG])
  return (minor ?? 0) >= 19 && set > 0 ? set : POLICY_THRESHOLD
}

function freshnessOf(from: PressureSource, facts: AgentFacts): string {
  const { minor = 0 } = facts
  switch (from) {
    case 'cache':
      return 'kept up to date by the agent'
    case 'load-balancer':
      return minor >= 18 ? 'counted every 5 minutes' : 'kept up to date by the agent: what belongs in the map'
    case 'conntrack':
      return 'counted every 30 seconds'
    case 'nat':
      return lastCollection(facts)
    case 'policy':
      return minor >= 15 ? 'the fullest endpoint, at most 10 seconds old' : 'kept up to date by the agent'
  }
}

function doubtOf(known: KnownMap | undefined, { minor }: AgentFacts): string | undefined {
  if (known?.pressure?.from !== 'load-balancer' || minor === undefined || minor > 15) return undefined
  return `versions up to 1.15 have told 0.42 of a map of the load balancer that was full (cilium/cilium#32311)`
}

function versionWords(minor: number | undefined): string {
  return minor === undefined ? '' : ` 1.${minor}`
}
