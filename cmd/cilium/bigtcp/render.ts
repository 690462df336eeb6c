import {
  type BigTcpDetails,
  type BigTcpFamily,
  type BigTcpNode,
  bigTcpDetailsOf,
} from '../../../lib/record/details/bigtcp-details.ts'
import type { NetperfDetails, NetperfRow } from '../../../lib/record/details/netperf-details.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { printable } from '../../../lib/report/printable.ts'
import { NO_DATA } from '../../../lib/report/scale.ts'
import { type Column, renderTable, right } from '../../../lib/report/table.ts'
import { groupFindings } from '../../netperf/group-findings.ts'
import { renderTests } from '../../netperf/render-tests.ts'
import type { Field } from '../../netperf/test-columns.ts'
import { type RenderOptions, renderFindings, renderThresholds, renderVerdict } from '../../render-record.ts'
import { textLines } from '../../text-layout.ts'

/** Nodes, what is said of them, the bench where there was one, and the verdict last. */
export function renderBigTcp(record: RunRecord, options: RenderOptions): string {
  const details = bigTcpDetailsOf(record)
  const bench = record.details.bench as NetperfDetails | undefined
  // What they say of BIG TCP stands below the table already.
  const own = record.findings.filter(({ code }) => !code.startsWith('BigTcp'))
  const others = bench === undefined || options.wide ? own : groupFindings(own, bench)
  const blocks = [
    ...(details === undefined ? [] : [renderNodes(details, options), renderReasons(details, options)]),
    ...(details === undefined || bench === undefined ? [] : [renderTests(bench, options, sizeFields(details, bench))]),
    renderThresholds(record, options),
    renderFindings({ ...record, findings: others }, options),
    renderVerdict(record, options),
  ]
  return blocks.filter((block) => block !== '').join('\n')
}

interface Row {
  readonly node: BigTcpNode
  readonly family: BigTcpFamily
}

/** A line for each node and family; where they are alike, one for all of them. */
function renderNodes(details: BigTcpDetails, { wide, headers, columns: width }: RenderOptions): string {
  const groups = groupRows(details, wide)
  const rows = groups.map(({ rows: [row], nodes }) => (row === undefined ? [] : [nodes, ...cellsOf(row)]))
  const columns: Column[] = [
    { title: 'NODE' },
    { title: 'KERNEL', dispensable: 3 },
    { title: 'DEVICE', dispensable: 4 },
    { title: 'DRIVER' },
    { ...right('TSO-MAX'), dispensable: 2 },
    { title: 'IP' },
    right('AGENT'),
    right('GSO'),
    { ...right('GRO'), dispensable: 5 },
    { title: 'PODS', dispensable: 1 },
    { title: 'BIG-TCP', kept: true },
  ]
  return renderTable(columns, rows, headers, wide ? undefined : width)
}

function cellsOf({ node, family }: Row): string[] {
  const { ipFamily, agent, pods, state } = family
  const ofDevices = (cell: (device: BigTcpNode['devices'][number]) => string | undefined) =>
    [...new Set(node.devices.map((device) => cell(device) ?? NO_DATA))].join(',') || NO_DATA
  const sizes = (device: BigTcpNode['devices'][number]) => (ipFamily === 4 ? device.ipv4 : device.ipv6)
  const text = (bytes: number | undefined) => (bytes === undefined ? undefined : String(bytes))
  return [
    node.kernel ?? NO_DATA,
    ofDevices(({ name }) => name),
    ofDevices(({ driver }) => driver),
    ofDevices(({ tsoMaxBytes }) => text(tsoMaxBytes)),
    `IPv${ipFamily}`,
    agent === undefined ? NO_DATA : agent.enabled ? String(Math.min(agent.gsoBytes, agent.groBytes)) : 'disabled',
    ofDevices((device) => text(sizes(device).gsoBytes)),
    ofDevices((device) => text(sizes(device).groBytes)),
    podsText(pods),
    state.replace('-', ' '),
  ]
}

/** `12 big`, `12 big, 3 small`, `none`. */
function podsText(pods: BigTcpFamily['pods']): string {
  if (pods === undefined) return NO_DATA
  const known = Object.entries(pods).filter(([, count]) => count > 0)
  return known.length === 0 ? 'none' : known.map(([size, count]) => `${count} ${size}`).join(', ')
}

interface Group {
  readonly rows: readonly Row[]
  readonly nodes: string
}

/** So many are named, here and in the lines below. */
const MOST_NODES = 2

function groupRows({ nodes }: BigTcpDetails, apart: boolean): Group[] {
  const rows = nodes.flatMap((node) => node.families.map((family): Row => ({ node, family })))
  const groups = Map.groupBy(rows, (row) => (apart ? row : `${cellsOf(row).join('\n')}\n${row.family.reason}`))
  return [...groups.values()].map((own) => ({ rows: own, nodes: nodesText(own.map(({ node }) => node.node)) }))
}

function nodesText(names: readonly string[]): string {
  const more = names.length - MOST_NODES
  return `${names.slice(0, MOST_NODES).join(',')}${more > 0 ? ` +${more}` : ''}`
}

/** Why, and what to do, once for all nodes that it is the same for. */
function renderReasons({ nodes }: BigTcpDetails, { columns: width }: RenderOptions): string {
  const reasons = new Map<string, string[]>()
  for (const { node, families } of nodes) {
    for (const { ipFamily, state, reason, advice } of families) {
      const text = `IPv${ipFamily} ${state.replace('-', ' ')}: ${reason}${advice === undefined ? '' : ` → ${advice}`}`
      reasons.set(text, [...(reasons.get(text) ?? []), node])
    }
  }
  const isOne = reasons.size === 1 || nodes.length === 1
  const lines = [...reasons].map(([text, names]) => printable(isOne ? text : `${nodesText(names)}: ${text}`))
  return lines.map((line) => textLines(line, width)).join('')
}

/** What new pods of the two nodes get: the sizes that the packets of the bench were limited to. */
function sizeFields({ nodes }: BigTcpDetails, { pairs }: NetperfDetails): Field[] {
  const sizeOf = (
    { pairs: indices, parameters }: NetperfRow,
    side: 'client' | 'server',
    key: 'gsoBytes' | 'groBytes',
  ) => {
    const sizes = indices.flatMap((index) => {
      const name = pairs[index]?.[side].node
      const family = nodes
        .find(({ node }) => node === name)
        ?.families.find(({ ipFamily }) => ipFamily === parameters.ipFamily)
      return family?.agent?.[key] ?? []
    })
    return [...new Set(sizes)].join(',') || NO_DATA
  }
  return [
    { column: right('GSO'), cell: ({ row }) => sizeOf(row, 'client', 'gsoBytes') },
    { column: right('GRO'), cell: ({ row }) => sizeOf(row, 'server', 'groBytes') },
  ]
}
