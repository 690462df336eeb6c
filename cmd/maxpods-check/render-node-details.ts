import type { MaxPodsDetails, NodeDetail } from '../../lib/record/details/maxpods-details.ts'
import { printable } from '../../lib/report/printable.ts'
import { renderTable, right } from '../../lib/report/table.ts'
import type { RenderOptions } from '../render-record.ts'
import { describeAddresses, describeSource, describeState } from './render-nodes.ts'
import { tableOrEntries } from './stacked.ts'

/** Everything that is known of each node: its limits, then the facts behind them. */
export function renderNodeDetails({ nodes, instanceTableDate }: MaxPodsDetails, options: RenderOptions): string {
  return nodes.map((node) => renderNode(node, instanceTableDate, options)).join('\n')
}

function renderNode(node: NodeDetail, tableDate: string | undefined, options: RenderOptions): string {
  const { headers, columns: width } = options
  const limits = node.limits.map(({ name, pods, basis, binding }) => [
    name,
    String(pods),
    `${basis}${binding ? '' : ' (not enforced on the node)'}`,
  ])
  const facts = factsOf(node, tableDate)
  const entries = facts.map(([name, value]) => ({ head: `${name}:`, lines: [value] }))
  const table = renderTable([{ title: 'FACT' }, { title: 'VALUE' }], facts, headers)
  return [
    `${printable(node.node)}:\n`,
    renderTable([{ title: 'LIMIT' }, right('PODS'), { title: 'FROM' }], limits, headers, width),
    tableOrEntries(table, 'FACT', entries, width),
  ].join('')
}

function factsOf(node: NodeDetail, tableDate: string | undefined): [string, string][] {
  const { state, kubelet, kubeletUnknown, addresses, volumes, instanceType, provider } = node
  const settings = Object.entries(kubelet?.settings ?? {}).map(([name, value]): [string, string] => [
    `kubelet ${name}`,
    typeof value === 'object' ? describeMap(value) : JSON.stringify(value),
  ])
  const cidrs = addresses === undefined ? '' : addresses.cidrs.join(', ')
  return [
    ['state', describeState(node) || 'Ready'],
    ...some('taints', state.taints.join(', ')),
    ['pods', describePods(node)],
    ...some('provider', [provider ?? '', instanceType ?? ''].filter((text) => text !== '').join(' ')),
    ...(instanceType === undefined || tableDate === undefined
      ? []
      : some('instance table', `figures of EC2 as of ${tableDate}`)),
    [
      'kubelet settings from',
      kubeletUnknown === undefined ? describeSource(node) : `${describeSource(node)}: ${kubeletUnknown}`,
    ],
    ...settings,
    ...some('pod blocks', cidrs),
    ...(addresses === undefined
      ? []
      : some(
          'addresses',
          `${describeAddresses(addresses)} by ${addresses.ipam}${addresses.note === undefined ? '' : `: ${addresses.note}`}`,
        )),
    ...volumes.map(({ driver, limit, attached }): [string, string] => [
      `volumes of ${driver}`,
      `${attached === undefined ? 'at most ' : `${attached} of `}${limit} attached`,
    ]),
  ]
}

function describePods({ running, daemonSet, mirror, terminating, hostNetwork, refused }: NodeDetail): string {
  const parts = [
    `${daemonSet} of DaemonSets`,
    `${mirror} mirror`,
    `${hostNetwork} on the host network`,
    ...(terminating === 0 ? [] : [`${terminating} terminating`]),
    ...(refused === 0 ? [] : [`${refused} refused (OutOfpods)`]),
  ]
  return `${running} running: ${parts.join(', ')}`
}

function describeMap(map: object | null): string {
  return Object.entries(map ?? {})
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(', ')
}

function some(name: string, value: string): [string, string][] {
  return value === '' ? [] : [[name, value]]
}
