import type { AgentReading } from '../../../record/cilium-figures.ts'
import { counted } from '../../../record/counted.ts'
import type { AgentFailure } from '../../../record/details/cilium-maps-details.ts'
import { formatDuration } from '../../../record/duration.ts'
import type { Finding } from '../../../record/run-record.ts'
import { percent } from '../advice/words.ts'
import { mapState } from '../cluster/map-state.ts'

/** What is to say of the agents themselves: not read, of several versions, restarted, sweeping seldom, dropping packets. */
export function agentFindings(agents: readonly AgentReading[], failures: readonly AgentFailure[]): Finding[] {
  return [
    ...failures.map(unreadable),
    ...versions(agents),
    ...restarted(agents),
    ...withoutOperations(agents),
    ...seldomSwept(agents),
    ...sourcePorts(agents),
    ...drops(agents),
  ]
}

function unreadable({ agent, error, advice }: AgentFailure): Finding {
  return {
    severity: 'error',
    code: 'AgentNotRead',
    message: `agent ${agent.namespace}/${agent.pod} on node ${agent.node} could not be read: ${error}`,
    ...(advice === undefined || advice.length === 0 ? {} : { advice: advice.join('; ') }),
    objects: [agent.node],
  }
}

function versions(agents: readonly AgentReading[]): Finding[] {
  const byVersion = Map.groupBy(agents, ({ version }) => version)
  const unknown = byVersion.get(undefined) ?? []
  const known = [...byVersion].filter(([version]) => version !== undefined)
  const list = known.map(([version, some]) => `${version} on ${some.length}`).toSorted()
  return [
    ...(known.length > 1
      ? [
          {
            severity: 'info',
            code: 'MixedVersions',
            message: `agents of several versions: ${list.join(', ')}`,
          } as const,
        ]
      : []),
    ...(unknown.length > 0
      ? [
          {
            severity: 'warning',
            code: 'VersionUnknown',
            message: `no version is told by ${counted(unknown.length, 'agent')}: of their maps a figure that is missing cannot be told from 0`,
            objects: nodesOf(unknown),
          } as const,
        ]
      : []),
  ]
}

function restarted(agents: readonly AgentReading[]): Finding[] {
  const again = agents.filter(({ isRestarted }) => isRestarted === true)
  if (again.length === 0) return []
  return [
    {
      severity: 'warning',
      code: 'AgentRestarted',
      message: `${counted(again.length, 'agent')} restarted between two reads: counters began anew, and there are no rates`,
      objects: nodesOf(again),
    },
  ]
}

function withoutOperations(agents: readonly AgentReading[]): Finding[] {
  const silent = agents.filter(({ countsNoOperations }) => countsNoOperations === true)
  if (silent.length === 0) return []
  return [
    {
      severity: 'info',
      code: 'OperationsNotCounted',
      message: `no metric cilium_bpf_map_ops_total is told by ${counted(silent.length, 'agent')}: whether updates of their maps failed is not known`,
      advice: 'prometheus.metrics: ["+cilium_bpf_map_ops_total"] in the Helm values',
      objects: nodesOf(silent),
    },
  ]
}

const SELDOM_SECONDS = 3600

/** Tables that fill while nobody sweeps them. */
function seldomSwept(agents: readonly AgentReading[]): Finding[] {
  const seldom = agents.filter(
    (agent) =>
      (agent.conntrack.intervalSeconds ?? 0) >= SELDOM_SECONDS &&
      agent.maps.some((map) => isSwept(map.kind) && ['high', 'full'].includes(mapState(map, agent))),
  )
  const longest = Math.max(...seldom.map(({ conntrack }) => conntrack.intervalSeconds ?? 0))
  if (seldom.length === 0) return []
  return [
    {
      severity: 'warning',
      code: 'SeldomCollected',
      message: `connection tracking and NAT are swept only every ${formatDuration(longest * 1000)} on ${counted(seldom.length, 'node')} with a table that is nearly full`,
      advice: 'conntrackGCMaxInterval: 30m keeps the interval from growing up to 12 hours',
      objects: nodesOf(seldom),
    },
  ]
}

function isSwept(kind: string): boolean {
  return kind === 'conntrack' || kind === 'nat'
}

const MANY_PORTS_USED = 0.7

function sourcePorts(agents: readonly AgentReading[]): Finding[] {
  const pressed = agents.filter((agent) => mostPorts(agent) >= MANY_PORTS_USED)
  const [worst] = pressed.toSorted((a, b) => mostPorts(b) - mostPorts(a))
  if (worst === undefined) return []
  return [
    {
      severity: 'warning',
      code: 'SourcePortsShort',
      message: `source ports for NAT run out: ${percent(mostPorts(worst))} used towards one remote end on ${worst.agent.node}; a larger NAT table does not help`,
      objects: nodesOf(pressed),
    },
  ]
}

function mostPorts({ sourcePorts: ports }: AgentReading): number {
  return Math.max(0, ...ports.map(({ share }) => share))
}

/** Reasons for which packets are dropped that have to do with maps, as pkg/monitor/api/drop.go names them. */
const MAP_DROPS: ReadonlySet<string> = new Set([
  'CT: Map insertion failed',
  'No mapping for NAT masquerade',
  'Service backend not found',
  'No conntrack map found',
  'No nat map found',
  'LB, sock cgroup: Reverse entry update failed',
  'Fragmented packet entry update failed',
  'First logical datagram fragment not found',
  'Endpoint policy program not available',
])

function drops(agents: readonly AgentReading[]): Finding[] {
  const all = agents.flatMap((agent) => agent.drops.map((drop) => ({ agent, drop })))
  const byReason = Map.groupBy(
    all.filter(({ drop }) => MAP_DROPS.has(drop.reason) && drop.packets > 0),
    ({ drop }) => drop.reason,
  )
  return [...byReason].map(([reason, some]) => {
    const packets = some.reduce((sum, { drop }) => sum + drop.packets, 0)
    const rate = some.reduce((sum, { drop }) => sum + (drop.perSecond ?? 0), 0)
    const now = rate > 0 ? `, ${rate.toFixed(1)} a second now` : ''
    return {
      severity: 'warning',
      code: 'PacketsDropped',
      message: `${counted(packets, 'packet')} dropped since the agents started with "${reason}"${now}`,
      objects: [...new Set(some.map(({ agent }) => agent.agent.node))],
    }
  })
}

function nodesOf(agents: readonly AgentReading[]): string[] {
  return agents.map(({ agent }) => agent.node)
}
