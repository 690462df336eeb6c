import { type BigTcpDetails, type BigTcpFamily, bigTcpDetailsOf } from '../../../record/details/bigtcp-details.ts'
import type { NetperfDetails } from '../../../record/details/netperf-details.ts'
import type { RunRecord } from '../../../record/run-record.ts'
import { type Content, type Html, html } from '../html.ts'
import { adviceLines } from '../pieces/advice.ts'
import { count, noData } from '../pieces/figure.ts'
import { type Mark, mark } from '../pieces/mark.ts'
import { number, table, text } from '../pieces/table.ts'
import { type Section, section } from '../section.ts'
import { networkSections } from './netperf.ts'

export function bigTcpSections(record: RunRecord): readonly Section[] {
  const details = bigTcpDetailsOf(record)
  const bench = record.details.bench as NetperfDetails | undefined
  return [
    ...(details === undefined
      ? []
      : section('BIG TCP on each node', [nodes(details), devices(details), faults(details)])),
    ...(bench === undefined ? [] : networkSections(bench, record.metrics)),
  ]
}

const STATES: Readonly<Record<BigTcpFamily['state'], Mark>> = {
  on: ['good', 'on'],
  'partly-on': ['doubt', 'partly on'],
  'no-gain': ['doubt', 'on, no gain'],
  off: ['plain', 'off'],
  unknown: ['doubt', 'unknown'],
}

function nodes({ nodes: all }: BigTcpDetails): Html {
  return table({
    caption: 'Verdict',
    columns: [
      text('Node'),
      text('IP'),
      text('BIG TCP'),
      text('Wanted'),
      { title: 'Why', wide: true },
      number('Agent GSO'),
      number('Agent GRO'),
      text('Pods'),
      text('Cilium'),
      text('Kernel'),
    ],
    rows: all.flatMap(({ node, version, kernel, families }) =>
      families.map((family): Content[] => [
        node,
        `IPv${family.ipFamily}`,
        mark(...STATES[family.state]),
        family.isWanted ? 'yes' : 'no',
        reason(family),
        family.agent === undefined ? noData : count(family.agent.gsoBytes),
        family.agent === undefined ? noData : count(family.agent.groBytes),
        pods(family.pods),
        version ?? noData,
        kernel ?? noData,
      ]),
    ),
  })
}

function reason({ reason: words, advice, blockers }: BigTcpFamily): Content {
  const lines = [
    ...(advice === undefined ? [] : [advice]),
    ...blockers.map(({ text: what, fix }) => (fix === undefined ? what : `${what}: ${fix}`)),
  ]
  return html`${words}${adviceLines(...lines)}`
}

function pods(counts: BigTcpFamily['pods']): Content {
  if (counts === undefined) return noData
  const known = Object.entries(counts).filter(([, pods]) => pods > 0)
  return known.length === 0 ? 'none' : known.map(([size, pods]) => `${pods} ${size}`).join(', ')
}

function devices({ nodes: all }: BigTcpDetails): Html {
  return table({
    caption: 'Devices: the largest packet, in bytes',
    columns: [
      text('Node'),
      text('Device'),
      text('Driver'),
      number('TSO max'),
      number('IPv4 GSO'),
      number('IPv4 GRO'),
      number('IPv6 GSO'),
      number('IPv6 GRO'),
    ],
    rows: all.flatMap(({ node, devices: own }) =>
      own.map(({ name, driver, tsoMaxBytes, ipv4, ipv6 }): Content[] => [
        node,
        name,
        driver ?? noData,
        ...[tsoMaxBytes, ipv4.gsoBytes, ipv4.groBytes, ipv6.gsoBytes, ipv6.groBytes].map(count),
      ]),
    ),
  })
}

function faults({ nodes: all }: BigTcpDetails): Html {
  return table({
    caption: 'What could not be read',
    columns: [text('Node'), { title: 'What', wide: true }],
    rows: all.flatMap(({ node, faults: own }) => own.map((fault) => [node, fault])),
  })
}
