import type { CiliumMapsDetails } from '../../../record/details/cilium-maps-details.ts'
import { type Content, type Html, html } from '../html.ts'
import { adviceLines } from '../pieces/advice.ts'
import { count, figure, noData } from '../pieces/figure.ts'
import { number, table, text } from '../pieces/table.ts'
import { type Section, section } from '../section.ts'

/** What the agents tell beside their maps. */
export function agentSections(details: CiliumMapsDetails): readonly Section[] {
  return [
    ...section('Connection tracking', [conntrack(details), collections(details)]),
    ...section('Agents', [agents(details), failures(details), drops(details), headroom(details)]),
  ]
}

function conntrack({ agents: readings }: CiliumMapsDetails): Html {
  return table({
    caption: 'Connections at the last garbage collection',
    columns: [text('Node'), text('Family'), text('Protocol'), text('Status'), number('Entries')],
    rows: readings.flatMap(({ agent, conntrack: { entries } }) =>
      entries.map(({ family, protocol, status, count: value }) => [agent.node, family, protocol, status, count(value)]),
    ),
  })
}

function collections({ agents: readings }: CiliumMapsDetails): Html {
  return table({
    caption: 'Garbage collection',
    columns: [
      text('Node'),
      text('Interval'),
      text('Family'),
      text('Protocol'),
      number('Runs'),
      number('Broken off'),
      number('Mean'),
      number('P90'),
    ],
    rows: readings.flatMap(({ agent, conntrack: { collections: runs, interval } }) =>
      runs.map(({ family, protocol, completed, uncompleted, meanSeconds, p90Seconds }): Content[] => [
        agent.node,
        interval,
        family,
        protocol,
        count(completed),
        count(uncompleted),
        meanSeconds === undefined ? '' : figure(meanSeconds, 's'),
        p90Seconds === undefined ? '' : figure(p90Seconds, 's'),
      ]),
    ),
  })
}

function agents({ agents: readings }: CiliumMapsDetails): Html {
  return table({
    caption: 'Agents that were read',
    columns: [
      text('Node'),
      text('Pod'),
      text('Version'),
      text('Kernel'),
      number('CPUs'),
      number('Memory'),
      number('Available'),
      number('Maps take'),
      text('Read by'),
      text('Read at'),
    ],
    rows: readings.map((reading): Content[] => [
      reading.agent.node,
      `${reading.agent.namespace}/${reading.agent.pod}`,
      reading.version ?? noData,
      reading.kernel ?? '',
      reading.cpus === undefined ? '' : count(reading.cpus),
      reading.memoryTotalBytes === undefined ? '' : figure(reading.memoryTotalBytes, 'B'),
      reading.memoryAvailableBytes === undefined ? '' : figure(reading.memoryAvailableBytes, 'B'),
      reading.mapMemoryBytes === undefined ? '' : figure(reading.mapMemoryBytes, 'B'),
      reading.source,
      reading.readAt,
    ]),
  })
}

function failures({ failures: all }: CiliumMapsDetails): Html {
  return table({
    caption: 'Agents that could not be read',
    columns: [text('Node'), text('Pod'), { title: 'Why', wide: true }],
    rows: all.map(({ agent, error, advice: lines = [] }): Content[] => [
      agent.node,
      `${agent.namespace}/${agent.pod}`,
      html`${error}${adviceLines(...lines)}`,
    ]),
  })
}

function drops({ agents: readings }: CiliumMapsDetails): Html {
  return table({
    caption: 'Packets that were dropped',
    columns: [text('Node'), text('Reason'), text('Direction'), number('Packets'), number('Rate')],
    rows: readings
      .flatMap(({ agent, drops: own }) => own.map((drop) => ({ node: agent.node, ...drop })))
      .toSorted((a, b) => b.packets - a.packets)
      .map(({ node, reason, direction, packets, perSecond }): Content[] => [
        node,
        reason,
        direction,
        count(packets),
        perSecond === undefined ? '' : figure(perSecond, '1/s'),
      ]),
    most: 100,
  })
}

function headroom({ headroom: all }: CiliumMapsDetails): Html {
  return table({
    caption: 'By the objects of the API alone',
    columns: [text('What'), number('Used'), number('Limit'), number('Share'), { title: 'Formula', wide: true }],
    rows: all.map(({ what, used, limit, share, formula, limitSource }): Content[] => [
      what,
      count(used),
      count(limit),
      figure(share, 'ratio'),
      [formula, ...(limitSource === undefined ? [] : [`; limit: ${limitSource}`])],
    ]),
  })
}
