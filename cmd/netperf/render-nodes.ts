import type { NetperfDetails } from '../../lib/record/details/netperf-details.ts'
import { NO_DATA, scale } from '../../lib/report/scale.ts'
import { renderTable, right } from '../../lib/report/table.ts'
import type { RenderOptions } from '../render-record.ts'

type Endpoint = NetperfDetails['pairs'][number]['client']

/** What is known of the interfaces that the traffic went through, in the wide table: a line for each that differs. */
export function renderInterfaces({ pairs, pathMtus }: NetperfDetails, { headers }: RenderOptions): string {
  const lines = new Map<string, string[]>()
  for (const [index, { client, server }] of pairs.entries()) {
    const proven = pathMtuText(pathMtus.filter(({ pair }) => pair === index))
    for (const endpoint of [client, server]) {
      const line = [...interfaceLine(endpoint), endpoint === client ? proven : '']
      const key = line.slice(0, -1).join(' ')
      if (!lines.has(key) || line.at(-1) !== '') lines.set(key, line)
    }
  }
  const columns = [
    { title: 'NODE' },
    { title: 'ZONE', optional: true },
    { title: 'NETWORK' },
    { title: 'INTERFACE' },
    right('MTU'),
    right('GSO-MAX'),
    right('GRO-MAX'),
    { ...right('LINK'), optional: true },
    { ...right('LIMIT'), optional: true },
    { title: 'KERNEL' },
    { ...right('PATH-MTU'), optional: true },
  ]
  return renderTable(
    columns,
    [...lines.values()].toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    headers,
  )
}

/** Each IP family only where they differ. */
function pathMtuText(mtus: NetperfDetails['pathMtus']): string {
  const [first, ...others] = mtus
  if (first === undefined) return ''
  if (others.every(({ bytes }) => bytes === first.bytes)) return `${first.bytes} B`
  return mtus.map(({ ipFamily, bytes }) => `${bytes} B (IPv${ipFamily})`).join(', ')
}

function interfaceLine(endpoint: Endpoint): string[] {
  const { node, zone, hostNetwork, interfaceName, mtuBytes, gsoMaxBytes, groMaxBytes, linkBitsPerSecond, kernel } =
    endpoint
  const limits = [endpoint.egressLimitBitsPerSecond, endpoint.ingressLimitBitsPerSecond].flatMap((limit) => limit ?? [])
  const bytes = (value: number | undefined) => (value === undefined ? NO_DATA : `${value} B`)
  return [
    node,
    zone ?? '',
    hostNetwork ? 'host' : 'pod',
    interfaceName ?? NO_DATA,
    bytes(mtuBytes),
    bytes(gsoMaxBytes),
    bytes(groMaxBytes),
    linkBitsPerSecond === undefined ? '' : scale(linkBitsPerSecond, 'bit/s'),
    limits.length === 0 ? '' : scale(Math.min(...limits), 'bit/s'),
    kernel ?? NO_DATA,
  ]
}

const CLUSTER_FACTS = [
  ['kube-proxy', 'kubeProxyMode'],
  ['encapsulation', 'encapsulation'],
  ['encryption', 'encryption'],
] as const

/** What is known of the cluster's network, in the wide table. */
export function renderCluster({ cluster }: NetperfDetails, { headers }: RenderOptions): string {
  const lines = CLUSTER_FACTS.flatMap(([name, key]) => (cluster[key] === undefined ? [] : [[name, cluster[key]]]))
  return renderTable([{ title: 'CLUSTER' }, { title: 'IS' }], lines, headers)
}
