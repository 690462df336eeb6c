import type { NetperfDetails, NetperfRow } from '../../../record/details/netperf-details.ts'
import type { Finding } from '../../../record/run-record.ts'
import { bitRateText, percentText } from '../figures/figure-text.ts'
import { rowNames } from '../rows/row-name.ts'
import { BEYOND_LINE_RATE } from '../verdict/verdict.ts'

const MOST_OBJECTS = 20

/** What the ways between the pairs are like, where it changes what a figure means. */
export function pathFindings(details: NetperfDetails): Finding[] {
  const nameOf = rowNames(details.rows)
  return [
    ...pathMtus(details),
    ...crossZone(details),
    ...unequalNodes(details),
    ...details.rows.flatMap((row) => [...linkSpeedExceeded(row, nameOf(row)), ...smallerSegments(row, nameOf(row))]),
  ]
}

/** Packets of the interface's size that do not arrive are lost, or fragmented, or made smaller one connection at a time. */
function pathMtus({ pathMtus: mtus }: NetperfDetails): Finding[] {
  const measured = new Set(mtus.map(({ ipFamily }) => ipFamily))
  const narrow = mtus.filter(({ bytes, interfaceBytes }) => bytes < interfaceBytes)
  const groups = Map.groupBy(narrow, ({ bytes, interfaceBytes }) => `${bytes} ${interfaceBytes}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const ways = [...new Set(group.map(({ clientNode, serverNode }) => `${clientNode} → ${serverNode}`))]
    const { bytes, interfaceBytes, clientNode, serverNode } = first
    const families = new Set(group.map(({ ipFamily }) => ipFamily))
    const packets = families.size === measured.size ? 'packets' : `IPv${[...families].join()} packets`
    return [
      {
        severity: 'warning' as const,
        code: 'PathMtuMismatch',
        message: `${packets} of up to ${bytes} B arrive unfragmented from ${clientNode} at ${serverNode}, while the pod's interface has an MTU of ${interfaceBytes} B`,
        advice: `set the MTU of the pod network to ${bytes} or less, or find the narrower link`,
        objects: ways.slice(0, MOST_OBJECTS),
        count: ways.length,
      },
    ]
  })
}

function crossZone({ rows, pairs }: NetperfDetails): Finding[] {
  const unasked = new Set(
    rows.filter(({ parameters }) => parameters.placement !== 'other-zone').flatMap((row) => row.pairs),
  )
  const crossing = [...unasked].flatMap((index) => {
    const { client, server } = pairs[index] ?? {}
    if (client?.zone === undefined || server?.zone === undefined || client.zone === server.zone) return []
    return [`${client.node} (${client.zone}) → ${server.node} (${server.zone})`]
  })
  const ways = [...new Set(crossing)]
  if (ways.length === 0) return []
  return [
    {
      severity: 'info',
      code: 'CrossZone',
      message: `${crossing.length} of ${unasked.size} pairs are in different zones, which is slower, and often paid for`,
      advice: '--placement same-zone',
      objects: ways.slice(0, MOST_OBJECTS),
      count: crossing.length,
    },
  ]
}

/** Nodes that differ make pairs differ; pods over the host network see the node's own interface, others the pod's. */
function unequalNodes({ pairs }: NetperfDetails): Finding[] {
  const endpoints = pairs.flatMap(({ client, server }) => [client, server])
  const facts = [
    { name: 'kernel', key: 'kernel' },
    { name: 'MTU', key: 'mtuBytes' },
    { name: 'GSO size', key: 'gsoMaxBytes' },
    { name: 'link speed', key: 'linkBitsPerSecond' },
  ] as const
  const differences = facts.flatMap(({ name, key }) =>
    [false, true].flatMap((isHost) => {
      const known = endpoints.filter((endpoint) => endpoint.hostNetwork === isHost && endpoint[key] !== undefined)
      const byValue = Map.groupBy(known, (endpoint) => String(endpoint[key]))
      if (byValue.size < 2) return []
      const values = [...byValue].map(
        ([value, of]) => `${value} on ${[...new Set(of.map(({ node }) => node))].join(', ')}`,
      )
      return [`${name} ${values.join('; ')}`]
    }),
  )
  const [first] = differences
  if (first === undefined) return []
  return [
    {
      severity: 'info',
      code: 'UnequalNodes',
      message: `the nodes are not alike: ${[...new Set(differences)].join('. ')}`,
    },
  ]
}

function linkSpeedExceeded(row: NetperfRow, name: string): Finding[] {
  return row.flows.flatMap(({ goodput }) => {
    if (goodput === undefined || goodput.share.mean <= BEYOND_LINE_RATE) return []
    const { linkBitsPerSecond, linkSource, node, share } = goodput
    return [
      {
        severity: 'warning' as const,
        code: 'LinkSpeedExceeded',
        message: `${name}: node ${node} carried ${percentText(share.mean)} of what a link of ${bitRateText(linkBitsPerSecond)} can: that is not its speed`,
        ...(linkSource === 'option' ? { advice: 'give the real --link-speed' } : {}),
      },
    ]
  })
}

/** TCP makes its segments as large as the way allows, whatever was asked for. */
function smallerSegments(row: NetperfRow, name: string): Finding[] {
  const { askedBytes, effectiveBytes = [] } = row.mss ?? {}
  const effective = Math.min(...effectiveBytes)
  // Options of TCP are part of what is asked for, and not of what is told.
  if (askedBytes === undefined || effectiveBytes.length === 0 || effective >= askedBytes - 40) return []
  return [
    {
      severity: 'info',
      code: 'SmallerSegments',
      message: `${name}: segments of ${effective} B were sent where ${askedBytes} were asked for: the MTU allows no more`,
    },
  ]
}
