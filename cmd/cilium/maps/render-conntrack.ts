import type { AgentReading } from '../../../lib/record/cilium-figures.ts'
import type { CiliumMapsDetails } from '../../../lib/record/details/cilium-maps-details.ts'
import { NO_DATA, scale } from '../../../lib/report/scale.ts'
import { type Headers, renderTable, right } from '../../../lib/report/table.ts'
import type { RenderOptions } from '../../render-record.ts'

/** So many reasons of drops are shown; the wide table has all. */
const MOST_REASONS = 5

/** Connection tracking by protocol over all nodes: what the last garbage collection left and took. */
export function renderConntrack(
  { agents }: CiliumMapsDetails,
  { wide, headers, columns: width }: RenderOptions,
): string {
  const entries = agents.flatMap(({ agent, conntrack }) =>
    conntrack.entries.map((entry) => ({ ...entry, node: agent.node })),
  )
  const groups = Map.groupBy(entries, ({ family, protocol }) => `${protocol} ${family}`)
  const interval = intervalText(agents)
  const rows = [...groups].map(([name, group]) => {
    const alive = group.filter(({ status }) => status === 'alive')
    const deleted = group.filter(({ status }) => status === 'deleted')
    const most = alive.reduce<(typeof alive)[number] | undefined>(
      (best, next) => (best === undefined || next.count > best.count ? next : best),
      undefined,
    )
    const runs = collectionsOf(agents, name)
    return [
      name,
      String(sum(alive)),
      most === undefined || agents.length < 2 ? '' : `${most.node} (${most.count})`,
      String(sum(deleted)),
      interval,
      runs.completed,
      ...(wide ? [runs.uncompleted, runs.mean] : []),
    ]
  })
  const columns = [
    { title: 'CONNTRACK' },
    right('ALIVE'),
    { title: 'MOST-ON', optional: true, dispensable: 1 },
    right('GC-DELETED'),
    right('GC-INTERVAL'),
    { ...right('GC-RUNS'), dispensable: 2 },
    ...(wide ? [right('GC-FAILED'), { ...right('GC-TIME'), optional: true }] : []),
  ]
  const timeouts = wide ? renderTimeouts(agents, headers, width) : ''
  const table = renderTable(columns, rows, headers, width)
  return timeouts === '' ? table : `${table}\n${timeouts}`
}

function collectionsOf(agents: readonly AgentReading[], name: string) {
  const own = agents
    .flatMap(({ conntrack }) => conntrack.collections)
    .filter(({ protocol, family }) => `${protocol} ${family}` === name)
  // The metric is turned off.
  if (own.length === 0) return { completed: NO_DATA, uncompleted: NO_DATA, mean: '' }
  const completed = own.reduce((total, each) => total + each.completed, 0)
  const uncompleted = own.reduce((total, each) => total + each.uncompleted, 0)
  const means = own.flatMap(({ meanSeconds }) => meanSeconds ?? [])
  return {
    completed: String(completed),
    uncompleted: String(uncompleted),
    mean: means.length === 0 ? '' : scale(Math.max(...means), 's'),
  }
}

/** Each interval that some agent has; where none tells it, what is known of it. */
function intervalText(agents: readonly AgentReading[]): string {
  const seconds = agents.flatMap(({ conntrack }) => conntrack.intervalSeconds ?? [])
  if (seconds.length === 0) return agents[0]?.conntrack.interval ?? ''
  const [least, most] = [Math.min(...seconds), Math.max(...seconds)]
  return least === most ? scale(least, 's') : `${scale(least, 's')}–${scale(most, 's')}`
}

/** In force, where nodes differ each of them. */
function renderTimeouts(agents: readonly AgentReading[], headers: Headers, width: number | undefined): string {
  const timeouts = agents.flatMap(({ conntrack }) => conntrack.timeouts)
  const rows = [...Map.groupBy(timeouts, ({ flag }) => flag)].map(([flag, group]) => [
    group[0]?.what ?? '',
    [...new Set(group.map(({ seconds }) => scale(seconds, 's')))].join(', '),
    [...new Set(group.map(({ source }) => source))].join(', '),
    flag,
  ])
  const columns = [{ title: 'TIMEOUT-OF' }, right('AFTER'), { title: 'FROM' }, { title: 'FLAG' }]
  return renderTable(columns, rows, headers, width)
}

/** How many of the source ports for masquerading the busiest destination has used up, the worst nodes first. */
export function renderSourcePorts(
  { agents }: CiliumMapsDetails,
  { headers, wide, columns: width }: RenderOptions,
): string {
  const ports = agents.flatMap(({ agent, sourcePorts }) => sourcePorts.map((each) => ({ ...each, node: agent.node })))
  const used = ports.filter(({ share }) => share > 0).toSorted((a, b) => b.share - a.share)
  const rows = (wide ? used : used.slice(0, MOST_REASONS)).map(({ node, family, share }) => [
    node,
    family,
    scale(share, 'ratio'),
  ])
  const columns = [{ title: 'NODE' }, { title: 'FAMILY' }, right('NAT-SOURCE-PORTS-USED')]
  return renderTable(columns, rows, headers, width)
}

/** Packets dropped on all nodes, by reason. */
export function renderDrops({ agents }: CiliumMapsDetails, { headers, wide, columns: width }: RenderOptions): string {
  const drops = agents.flatMap(({ agent, drops }) => drops.map((drop) => ({ ...drop, node: agent.node })))
  const reasons = [...Map.groupBy(drops, ({ reason, direction }) => `${reason}\n${direction}`).values()].flatMap(
    (group) => {
      const [first] = group
      if (first === undefined) return []
      const packets = group.reduce((total, drop) => total + drop.packets, 0)
      const rates = group.flatMap(({ perSecond }) => perSecond ?? [])
      const most = group.toSorted((a, b) => b.packets - a.packets)[0]
      return packets === 0 ? [] : [{ ...first, packets, rates, most }]
    },
  )
  const shown = reasons.toSorted((a, b) => b.packets - a.packets)
  const rows = (wide ? shown : shown.slice(0, MOST_REASONS)).map(({ reason, direction, packets, rates, most }) => [
    reason,
    direction.toLowerCase(),
    String(packets),
    rates.length === 0
      ? ''
      : scale(
          rates.reduce((total, rate) => total + rate, 0),
          '1/s',
        ),
    most?.node ?? '',
  ])
  const columns = [
    { title: 'DROPPED-FOR' },
    { title: 'DIRECTION' },
    right('PACKETS'),
    { ...right('RATE'), optional: true },
    { title: 'MOST-ON' },
  ]
  return renderTable(columns, rows, headers, width)
}

function sum(entries: readonly { readonly count: number }[]): number {
  return entries.reduce((total, { count }) => total + count, 0)
}
