import type { LoadDetails } from '../../../record/details/load-details.ts'
import { type Content, type Html, html } from '../html.ts'
import { count, figure, noData, wholeNumber } from '../pieces/figure.ts'
import { type Mark, mark } from '../pieces/mark.ts'
import { number, table, text } from '../pieces/table.ts'
import { timeSeries } from '../pieces/time-series.ts'
import { type Section, section } from '../section.ts'
import { pressure } from './cilium-pressure.ts'

/** What connections did to the maps. */
export function loadSections(load: LoadDetails): readonly Section[] {
  return section('Under load', [mapsUnderLoad(load), pressureOverTime(load), connectionsOverTime(load), clients(load)])
}

const GROWTH: Readonly<Record<LoadDetails['growth'][number]['state'], Mark>> = {
  grew: ['plain', 'grew'],
  full: ['bad', 'full'],
  stale: ['doubt', 'not counted anew'],
}

function mapsUnderLoad({
  growth,
  opened,
  asked,
  failed,
  kind,
  protocol,
  ratePerSecond,
  durationSeconds,
}: LoadDetails): Html {
  const share = ({ most, capacity }: LoadDetails['growth'][number]) => (capacity === undefined ? 0 : most / capacity)
  return table({
    caption: 'What the connections did to the maps',
    note: html`${wholeNumber(opened)} of ${wholeNumber(asked)} ${protocol} connections ${kind === 'held' ? 'held' : 'opened and closed'}, ${wholeNumber(failed)} failed; ${figure(ratePerSecond, '1/s')}, for ${figure(durationSeconds, 's')}`,
    columns: [
      text('Map'),
      text('Node'),
      number('Before'),
      number('Most'),
      number('Size'),
      number('Pressure'),
      number('Per 1,000 connections'),
      text('State'),
    ],
    rows: growth
      .toSorted((a, b) => share(b) - share(a))
      .map(({ map, node, before, most, capacity, perThousand, state }): Content[] => [
        html`<code>${map}</code>`,
        node,
        count(before),
        count(most),
        count(capacity),
        capacity === undefined ? noData : pressure(most / capacity, undefined),
        perThousand === undefined ? '' : count(Math.round(perThousand)),
        mark(...GROWTH[state]),
      ]),
  })
}

function pressureOverTime({ maps }: LoadDetails): Html {
  const points = (series: LoadDetails['maps'][number], key: 'pressure' | 'entries') =>
    series.points.map((point) => [point.t, point[key] ?? null] as const)
  const label = ({ map, node }: { map: string; node: string }) => `${map} on ${node}`
  const byPressure = maps.filter((series) => series.points.some(({ pressure: value }) => value !== undefined))
  const byEntries = maps.filter((series) => series.points.some(({ entries }) => entries !== undefined))
  return html`${
    byPressure.length === 0
      ? undefined
      : timeSeries({
          title: 'Map pressure over time',
          note: '0 is the first connection',
          unit: 'ratio',
          yMax: 1,
          series: byPressure.map((series) => ({ label: label(series), points: points(series, 'pressure') })),
        })
  }${
    byEntries.length === 0
      ? undefined
      : timeSeries({
          title: 'Map entries over time',
          note: '0 is the first connection',
          unit: 'count',
          series: byEntries.map((series) => ({ label: label(series), points: points(series, 'entries') })),
        })
  }`
}

function connectionsOverTime({ connections, operations }: LoadDetails): Html {
  return html`${
    connections.length === 0
      ? undefined
      : timeSeries({
          title: 'Connections opened',
          unit: 'count',
          series: [{ label: 'all clients', points: connections.map(({ t, opened }) => [t, opened]) }],
        })
  }${
    operations.length === 0
      ? undefined
      : timeSeries({
          title: 'Map operations since the load began',
          unit: 'count',
          series: operations.map(({ node, map, operation, outcome, points }) => ({
            label: `${map} ${operation} ${outcome} on ${node}`,
            points: points.map(({ t, count: value }) => [t, value - (points[0]?.count ?? 0)]),
          })),
        })
  }`
}

function clients({ clients: all }: LoadDetails): Html {
  return table({
    caption: 'Clients',
    columns: [text('Pod'), text('Node'), number('Opened'), number('Failed'), number('Answered at the end')],
    rows: all.map(({ pod, node, opened, failed, probed, answered }) => [
      pod,
      node,
      count(opened),
      count(failed),
      probed === undefined ? '' : `${wholeNumber(answered ?? 0)} of ${wholeNumber(probed)}`,
    ]),
  })
}
