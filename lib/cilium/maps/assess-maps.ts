import type { AgentReading, MapReading } from '../../record/cilium-figures.ts'
import type { AgentFailure, CiliumMapsDetails, Headroom } from '../../record/details/cilium-maps-details.ts'
import type { Finding, Metric, Outcome } from '../../record/run-record.ts'
import { adviseSizes } from './advice/advise-sizes.ts'
import { whereNoSizeHelps } from './advice/no-size-helps.ts'
import { acrossNodes } from './cluster/across-nodes.ts'
import { agentFindings } from './record/agent-findings.ts'
import { headroomFindings } from './record/headroom-findings.ts'
import { mapFindings } from './record/map-findings.ts'
import { headroomMetrics, mapsMetrics } from './record/maps-metrics.ts'

export interface MapsInput {
  readonly readings: readonly AgentReading[]
  readonly failures: readonly AgentFailure[]
  /** Where there is no agent to ask. */
  readonly headroom?: readonly Headroom[]
  /** Advice for every map, also for those that need nothing. */
  readonly advise?: boolean
  /** By the name of a map, as it is in all versions or as it is pinned. */
  readonly wantsMap?: (name: string) => boolean
}

export interface AssessedMaps {
  readonly details: CiliumMapsDetails
  readonly metrics: Metric[]
  readonly findings: Finding[]
  /** failed: a map is full and refuses entries. no-data: an agent could not be read, or there is no figure at all. */
  readonly outcome: Extract<Outcome, 'passed' | 'failed' | 'no-data'>
}

/** What a record of `cilium maps` says of the agents that were read, and of those that were not. */
export function assessMaps({ readings, failures, headroom = [], advise = false, wantsMap }: MapsInput): AssessedMaps {
  const isWanted = ({ map, pinned }: MapReading) => wantsMap === undefined || wantsMap(map) || wantsMap(pinned)
  const agents = readings.map((reading) => ({ ...reading, maps: reading.maps.filter(isWanted) }))
  const maps = acrossNodes(agents)
  const findings = [...mapFindings(agents), ...agentFindings(agents, failures), ...headroomFindings(headroom)].toSorted(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  )
  const isFull = findings.some(({ code, severity }) => FULL.has(code) && severity === 'error')
  const isMissing = failures.length > 0 || (readings.length === 0 && headroom.length === 0)
  return {
    details: {
      agents,
      failures: [...failures],
      maps,
      versions: countVersions(agents),
      advice: [...adviseSizes(readings, { all: advise, wantsMap: isWanted }), ...whereNoSizeHelps(agents)],
      headroom: [...headroom],
    },
    metrics: [...mapsMetrics(agents), ...headroomMetrics(headroom)],
    findings,
    outcome: isFull ? 'failed' : isMissing ? 'no-data' : 'passed',
  }
}

const SEVERITIES: readonly Finding['severity'][] = ['error', 'warning', 'info']
const FULL: ReadonlySet<string> = new Set(['MapFull', 'HeadroomUsedUp'])

function countVersions(agents: readonly AgentReading[]): CiliumMapsDetails['versions'] {
  const byVersion = Map.groupBy(agents, ({ version }) => version ?? 'unknown')
  return [...byVersion].map(([version, some]) => ({ version, agents: some.length }))
}
