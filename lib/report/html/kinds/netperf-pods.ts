import type { NetperfDetails } from '../../../record/details/netperf-details.ts'
import { scale } from '../../scale.ts'
import { type Content, type Html, html } from '../html.ts'
import { count, wholeNumber } from '../pieces/figure.ts'
import { number, table, text } from '../pieces/table.ts'
import { type Section, section } from '../section.ts'
import { testName } from './netperf-test-name.ts'

/** Where the traffic ran, and what of it failed. */
export function podSections(details: NetperfDetails): readonly Section[] {
  return section('Pods and interfaces', [endpoints(details), pathMtus(details), failures(details)])
}

function endpoints({ pairs, cluster }: NetperfDetails): Html {
  const pods = new Map(
    pairs.flatMap(({ client, server }) => [client, server]).map((end) => [`${end.namespace}/${end.pod}`, end]),
  )
  const facts = Object.entries(cluster).map(([name, value]) => `${name}: ${value}`)
  return table({
    caption: `Where the ${wholeNumber(pods.size)} pods ran`,
    ...(facts.length === 0 ? {} : { note: facts.join('; ') }),
    columns: [
      text('Pod'),
      text('Node'),
      text('Zone'),
      text('Network'),
      text('Addresses'),
      text('Kernel'),
      text('Interface'),
      number('MTU'),
      number('GSO max'),
      number('GRO max'),
      number('Link'),
    ],
    rows: [...pods].map(([name, end]): Content[] => [
      name,
      end.node,
      end.zone ?? '',
      end.hostNetwork ? 'host' : 'pod',
      end.addresses.join(' '),
      end.kernel ?? '',
      end.interfaceName ?? '',
      end.mtuBytes === undefined ? '' : count(end.mtuBytes),
      end.gsoMaxBytes === undefined ? '' : count(end.gsoMaxBytes),
      end.groMaxBytes === undefined ? '' : count(end.groMaxBytes),
      end.linkBitsPerSecond === undefined ? '' : scale(end.linkBitsPerSecond, 'bit/s'),
    ]),
    most: 200,
  })
}

function pathMtus({ pathMtus: paths }: NetperfDetails): Html {
  return table({
    caption: 'The largest packet that arrives whole',
    columns: [text('From'), text('To'), text('IP'), number('Packet'), number('Interface')],
    rows: paths.map(({ clientNode, serverNode, bytes, interfaceBytes, ipFamily }) => [
      clientNode,
      serverNode,
      `IPv${ipFamily}`,
      html`${count(bytes)} B`,
      html`${count(interfaceBytes)} B`,
    ]),
  })
}

function failures({ rows }: NetperfDetails): Html {
  return table({
    caption: 'Samples that were not measured',
    columns: [text('Test'), number('Pair'), number('Sample'), text('Code'), { title: 'Why', wide: true }],
    rows: rows.flatMap((row) =>
      row.failures.map(({ pair, sample, code, message }) => [
        testName(row),
        String(pair),
        String(sample),
        code,
        message,
      ]),
    ),
    most: 100,
  })
}
