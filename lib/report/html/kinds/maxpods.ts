import {
  type ChangeDetail,
  type MaxPodsDetails,
  maxPodsDetails,
  type NodeDetail,
} from '../../../record/details/maxpods-details.ts'
import type { RunRecord } from '../../../record/run-record.ts'
import { type Content, type Html, html } from '../html.ts'
import { bar } from '../pieces/bar.ts'
import { count, figure, noData } from '../pieces/figure.ts'
import { mark } from '../pieces/mark.ts'
import { number, pairs, table, text } from '../pieces/table.ts'
import { type Section, section } from '../section.ts'

export function maxPodsSections(record: RunRecord): readonly Section[] {
  const details = maxPodsDetails(record)
  if (details === undefined) return []
  return [
    ...section('Room for pods', [cluster(details), nodes(details)]),
    ...section('What limits each node', [limits(details), volumes(details)]),
    ...section('Pending pods', [pending(details)]),
    ...section('Would more fit?', [morePods(details), fitNodes(details)]),
    ...section('What must change', target(details)),
    ...section('Tried out', [verification(details)]),
    ...section('Not found out', [missing(details)]),
  ]
}

function cluster({ cluster: all }: MaxPodsDetails): Html {
  return table({
    caption: 'The whole cluster',
    columns: [
      number('Nodes'),
      number('Allocatable'),
      number('Maximum'),
      number('Running'),
      number('Free'),
      number('Free elsewhere'),
      number('CPU requested'),
      number('Memory requested'),
    ],
    rows: [
      [
        count(all.nodes),
        count(all.allocatable),
        count(all.maximum),
        count(all.running),
        count(all.free),
        count(all.freeElsewhere),
        share(all.cpu),
        share(all.memory),
      ],
    ],
    fixed: true,
  })
}

function share({ requested, allocatable }: { requested: number; allocatable: number }): Html {
  return allocatable === 0 ? noData : figure(requested / allocatable, 'ratio')
}

function nodes({ nodes: all }: MaxPodsDetails): Html {
  const most = all.reduce((sum, { maximum = 0 }) => Math.max(sum, maximum), 0)
  return table({
    caption: 'Each node',
    note: 'The bar is what runs there, its mark how many fit; on one scale for all nodes.',
    columns: [
      text('Node'),
      text('State'),
      number('Allocatable'),
      number('Running'),
      number('Free'),
      number('Maximum'),
      text('Fill'),
      text('Limited by'),
      number('CPU requested'),
      number('Memory requested'),
      number('DaemonSet pods'),
      number('Addresses used'),
      number('Addresses'),
      text('Kubelet'),
      text('Instance type'),
    ],
    rows: all.map((node): Content[] => [
      node.node,
      state(node),
      count(node.allocatablePods),
      count(node.running),
      count(node.free),
      count(node.maximum),
      node.maximum === undefined ? '' : bar({ from: 0, to: node.running }, { from: 0, to: most }, [node.maximum]),
      node.limitedBy ?? noData,
      share(node.cpu),
      share(node.memory),
      count(node.daemonSet),
      node.addresses === undefined ? '' : count(node.addresses.used),
      node.addresses?.usable === undefined ? '' : count(node.addresses.usable),
      node.kubelet === undefined
        ? (node.kubeletUnknown ?? '')
        : node.kubelet.source === 'configz'
          ? 'its own word'
          : 'default of the cluster',
      [node.provider ?? '', node.instanceType === undefined ? '' : ` ${node.instanceType}`].join('').trim(),
    ]),
  })
}

function state({ state: { ready, cordoned, taints, pressures } }: NodeDetail): Content {
  if (!ready) return mark('bad', 'not ready')
  const words = [
    ...(cordoned ? ['cordoned'] : []),
    ...pressures,
    ...(taints.length === 0 ? [] : [`tainted ${taints.join(' ')}`]),
  ]
  return words.length === 0 ? mark('good', 'ready') : mark('doubt', words.join(', '))
}

function limits({ nodes: all }: MaxPodsDetails): Html {
  return table({
    caption: 'Every limit, the tightest first',
    columns: [text('Node'), text('Limit'), number('Pods'), text('Binds'), { title: 'By', wide: true }],
    rows: all.flatMap(({ node, limits: own }) =>
      own
        .toSorted((a, b) => a.pods - b.pods)
        .map(({ name, pods, basis, binding }) => [node, name, count(pods), binding ? 'yes' : 'recommendation', basis]),
    ),
  })
}

function volumes({ nodes: all }: MaxPodsDetails): Html {
  return table({
    caption: 'Volumes',
    columns: [text('Node'), text('Driver'), number('Limit'), number('Attached')],
    rows: all.flatMap(({ node, volumes: own }) =>
      own.map(({ driver, limit, attached }) => [node, driver, count(limit), count(attached)]),
    ),
  })
}

function pending({ pending: all }: MaxPodsDetails): Html {
  return table({
    caption: 'Why pods are pending',
    columns: [text('Reason'), number('Pods'), text('Oldest'), number('For'), { title: 'What it means', wide: true }],
    rows: all.map(({ reason, count: pods, oldest, oldestSeconds, explanation }) => [
      reason,
      count(pods),
      oldest,
      figure(oldestSeconds, 's'),
      explanation,
    ]),
  })
}

function morePods({ fit: found }: MaxPodsDetails): Html {
  if (found === undefined) return html``
  return pairs('More pods', [
    ['Pods that were asked for', count(found.count)],
    ['Each requests', html`${figure(found.cpu, 'cores')} cores, ${figure(found.memory, 'B')}`],
    ['They fit', found.fits ? mark('good', 'yes') : mark('bad', 'no')],
    ['As many have room', count(found.most)],
    ...(found.onTaintedNodes === 0 ? [] : ([['More on tainted nodes', count(found.onTaintedNodes)]] as const)),
  ])
}

function fitNodes({ fit: found }: MaxPodsDetails): Html {
  return table({
    caption: 'Where they have room',
    columns: [text('Node'), number('Pods'), text('Limited by')],
    rows: (found?.nodes ?? []).map(({ node, pods, limitedBy }) => [node, count(pods), limitedBy]),
  })
}

function target({ target: plan }: MaxPodsDetails): readonly Html[] {
  if (plan === undefined) return []
  const changes = (caption: string, all: readonly ChangeDetail[]) =>
    table({
      caption,
      columns: [text('What'), text('Now'), text('Needed'), { title: 'Why', wide: true }],
      rows: all.map(({ what, now, needed, why }) => [what, now, needed, why]),
    })
  return [
    html`<p>For ${count(plan.pods)} pods on each node:</p>`,
    ...plan.groups.flatMap(({ nodes: names, changes: own, instructions, impossible }) => [
      changes(`On ${names.join(', ')}`, own),
      html`${impossible.map((line) => html`<p>${mark('bad', 'not possible')} ${line}</p>`)}`,
      html`${instructions.map(
        ({ title, where, lines, afterwards }) =>
          html`<details><summary>${title}</summary><p>${where}</p><pre>${lines.join('\n')}</pre>${afterwards.map((line) => html`<p>${line}</p>`)}</details>`,
      )}`,
    ]),
    changes('In the cluster', plan.cluster),
    plan.risks.length === 0 ? html`` : html`<p>Risks:</p><ul>${plan.risks.map((risk) => html`<li>${risk}</li>`)}</ul>`,
  ]
}

function verification({ verification: found }: MaxPodsDetails): Html {
  if (found === undefined) return html``
  return pairs(`Filled: ${found.node}`, [
    ['There should be room for', count(found.maximum)],
    ['Pods before', count(found.before)],
    ['Created', count(found.created)],
    ['Of these ready', count(found.ready)],
    ['Pods when it was full', count(found.running)],
    ['One more', found.further ?? noData],
    ['Proven', found.proven ? mark('good', 'yes') : mark('bad', 'no')],
  ])
}

function missing({ missing: all }: MaxPodsDetails): Html {
  return table({
    caption: 'What was not found out, and what it would tell',
    columns: [text('What'), { title: 'Why', wide: true }, { title: 'It would tell', wide: true }],
    rows: all.map(({ what, why, tells }) => [what, why, tells]),
  })
}
