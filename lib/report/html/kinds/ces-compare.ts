import { counted } from '../../../record/counted.ts'
import { type CesDetails, cesDetails } from '../../../record/details/ces-details.ts'
import type { RunRecord } from '../../../record/run-record.ts'
import { type Content, type Html, html } from '../html.ts'
import { bar } from '../pieces/bar.ts'
import { count, figure, noData } from '../pieces/figure.ts'
import { number, pairs, table, text } from '../pieces/table.ts'
import { timeSeries } from '../pieces/time-series.ts'
import { type Section, section } from '../section.ts'

export function cesSections(record: RunRecord): readonly Section[] {
  const details = cesDetails(record)
  // A run that ended before it measured has none of these.
  if (details === undefined || !Array.isArray(details.rows)) return []
  return [
    ...section('Endpoints against slices', [verdict(details), rows(details), saved(details)]),
    ...section('Events over time', [timeline(details)]),
    ...section('Steps of the load', [steps(details)]),
    ...section('Larger clusters (modelled)', [fanOut(details)]),
    ...section('Slices and operator', [fill(details), operator(details)]),
  ]
}

function verdict({ verdict: lines }: CesDetails): Html {
  return html`${lines.map((line) => html`<p>${line}</p>`)}`
}

const KINDS = { cep: 'CiliumEndpoint', ces: 'CiliumEndpointSlice' } as const

function rows({ rows: all, slices }: CesDetails): Html {
  return table({
    caption: 'What watchers of each kind get',
    note: `Slices are ${slices.basis}: ${slices.because}`,
    columns: [
      text('Kind'),
      text('Basis'),
      number('Events'),
      number('Added'),
      number('Modified'),
      number('Deleted'),
      number('Bytes'),
      number('Per event'),
      number('Objects'),
      number('Full list'),
      number('List takes'),
    ],
    rows: all.map(({ kind, basis, isSpare, events, bytes, byType, objects, listBytes, listSeconds }): Content[] => [
      KINDS[kind],
      isSpare ? `${basis}, to compare` : basis,
      count(events),
      count(byType.ADDED.events),
      count(byType.MODIFIED.events),
      count(byType.DELETED.events),
      figure(bytes, 'B'),
      events === 0 ? noData : figure(bytes / events, 'B'),
      count(objects),
      figure(listBytes, 'B'),
      listSeconds === undefined ? '' : figure(listSeconds, 's'),
    ]),
  })
}

function saved({ saved: shares, breakEven }: CesDetails): Html {
  const share = (value: number | undefined) => figure(value, 'ratio')
  return pairs('What slices save', [
    ['Events', share(shares.events)],
    ['Bytes of events', share(shares.bytes)],
    ['Bytes of a full list', share(shares.relist)],
    ['Objects', share(shares.objects)],
    ...(breakEven === undefined
      ? []
      : ([['Events of endpoints that weigh as much as one of a slice', breakEven.toFixed(1)]] as const)),
  ])
}

function timeline({ timeline: { startSecond, cep, ces }, slices }: CesDetails): Html {
  if (cep.length === 0 && ces.length === 0) return html``
  const points = (values: readonly number[]) => values.map((value, index) => [startSecond + index, value] as const)
  return timeSeries({
    title: 'Events in each second',
    note: '0 is the start of the run',
    unit: 'count',
    kind: 'steps',
    series: [
      { label: KINDS.cep, points: points(cep) },
      { label: `${KINDS.ces} (${slices.basis})`, points: points(ces) },
    ],
  })
}

function steps({ steps: all, slices }: CesDetails): Html {
  const most = all.reduce((sum, { cep }) => Math.max(sum, cep.events), 0)
  return table({
    caption: 'What each step of the load brought',
    columns: [
      text('Step'),
      number('Duration'),
      number('CEP events'),
      number('CES events'),
      text('Compared'),
      number('CEP bytes'),
      number('CES bytes'),
      number('In no slice at its end'),
    ],
    rows: all.map(({ name, durationSeconds, cep, ces, simulated, backlog }): Content[] => {
      const ofSlices = slices.basis === 'measured' ? ces : simulated
      return [
        name,
        figure(durationSeconds, 's'),
        count(cep.events),
        ofSlices === undefined ? noData : count(ofSlices.events),
        [
          bar({ from: 0, to: cep.events }, { from: 0, to: most }),
          ...(ofSlices === undefined ? [] : [bar({ from: 0, to: ofSlices.events }, { from: 0, to: most })]),
        ],
        figure(cep.bytes, 'B'),
        figure(ofSlices?.bytes, 'B'),
        count(backlog),
      ]
    }),
    fixed: true,
  })
}

function fanOut({ fanOut: { rows: all, formula, listsAtStart } }: CesDetails): Html {
  return table({
    caption: 'What the API server would send in a cluster of so many nodes',
    note: `Modelled: without slices ${formula.withoutSlices}, with slices ${formula.withSlices}; ${counted(listsAtStart, 'list')} of an agent when it starts.`,
    columns: [
      number('Nodes'),
      number('Events without'),
      number('Events with'),
      number('Bytes without'),
      number('Bytes with'),
      number('Relist without'),
      number('Relist with'),
    ],
    rows: all.map(({ nodes, withoutSlices, withSlices, relist }): Content[] => [
      count(nodes),
      count(withoutSlices.events),
      count(withSlices.events),
      figure(withoutSlices.bytes, 'B'),
      figure(withSlices.bytes, 'B'),
      relist === undefined ? '' : figure(relist.withoutSlicesBytes, 'B'),
      relist === undefined ? '' : figure(relist.withSlicesBytes, 'B'),
    ]),
  })
}

function fill({ fill: all }: CesDetails): Html {
  const most = all.reduce((sum, { slices }) => Math.max(sum, slices), 0)
  return table({
    caption: 'How full the slices are',
    columns: [text('Endpoints'), number('Slices'), text('Compared')],
    rows: all.map(({ from, to, slices }) => [
      from === to ? String(from) : `${from}–${to}`,
      count(slices),
      bar({ from: 0, to: slices }, { from: 0, to: most }),
    ]),
    fixed: true,
  })
}

function operator({
  operator: { version, deployment, replicas, ready, rules, unreadable },
  crd,
  changes,
  otherEvents,
  slicesLeft,
}: CesDetails): Html {
  return pairs('The operator and what was seen besides', [
    [
      'Operator',
      [
        version ?? 'version unknown',
        deployment === undefined ? '' : `, ${deployment}`,
        replicas === undefined ? '' : `, ${ready ?? 0} of ${replicas} ready`,
      ],
    ],
    ['Endpoints in a slice at most', count(rules.sliceSize)],
    ['Slice mode', rules.sliceMode],
    [
      'Writes',
      rules.possibleRates === undefined
        ? html`${figure(rules.perSecond, '1/s')}, burst ${count(rules.burst)}`
        : html`${rules.possibleRates.join(' or ')} per second by the number of nodes, which is not known`,
    ],
    ['Changes are gathered for', figure(rules.syncDelaySeconds, 's')],
    ['API versions', `${crd.endpoints}${crd.slices === undefined ? '' : `, ${crd.slices}`}`],
    ['Changes that slices carried', count(changes.carried)],
    ['Changes of no concern to slices', count(changes.uncarried)],
    ['Changes undone before a slice carried them', count(changes.cancelled)],
    ['Events in other namespaces, not counted above', count(otherEvents)],
    ...(slicesLeft.length === 0 ? [] : ([['Slices that nobody has removed', slicesLeft.join(', ')]] as const)),
    ...(unreadable.length === 0 ? [] : ([['Could not be read', unreadable.join('; ')]] as const)),
  ])
}
