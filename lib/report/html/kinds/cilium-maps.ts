import { type CiliumMapsDetails, ciliumMapsDetailsOf } from '../../../record/details/cilium-maps-details.ts'
import { loadDetailsOf } from '../../../record/details/load-details.ts'
import type { RunRecord } from '../../../record/run-record.ts'
import { type Content, type Html, html } from '../html.ts'
import { adviceLines } from '../pieces/advice.ts'
import { count, figure } from '../pieces/figure.ts'
import { heatMap } from '../pieces/heat-map.ts'
import { type Mark, mark } from '../pieces/mark.ts'
import { number, table, text } from '../pieces/table.ts'
import { type Section, section } from '../section.ts'
import { agentSections } from './cilium-maps-agents.ts'
import { loadSections } from './cilium-maps-load.ts'
import { pressure } from './cilium-pressure.ts'

export function ciliumMapsSections(record: RunRecord): readonly Section[] {
  const details = ciliumMapsDetailsOf(record)
  const load = loadDetailsOf(record)
  return [
    ...(details === undefined ? [] : mapSections(details)),
    ...(load === undefined ? [] : loadSections(load)),
    ...(details === undefined ? [] : agentSections(details)),
  ]
}

function mapSections(details: CiliumMapsDetails): readonly Section[] {
  return [
    ...section('eBPF maps', [worstNodes(details), withoutFigure(details), pressures(details)]),
    ...section('What to change', [advice(details)]),
  ]
}

const STATES: Readonly<Record<CiliumMapsDetails['maps'][number]['state'], Mark>> = {
  full: ['bad', 'full'],
  high: ['doubt', 'nearly full'],
  ok: ['good', 'ok'],
  unknown: ['plain', 'no figure'],
}

function worstNodes({ maps }: CiliumMapsDetails): Html {
  return table({
    caption: 'Each map by the node where it is fullest',
    columns: [
      text('Map'),
      text('State'),
      text('Worst node'),
      number('Used'),
      number('Size'),
      number('Pressure'),
      number('Least pressure'),
      number('Nodes'),
      text('When full'),
      number('Failed operations'),
      number('Failed rate'),
      number('Memory'),
      text('Type'),
    ],
    rows: maps
      .filter(({ state }) => state !== 'unknown')
      .map(
        ({
          map,
          state,
          worst,
          maxPressure,
          minPressure,
          pressureAtMost,
          nodes,
          nodesWithFigure,
          whenFull,
          ...rest
        }): Content[] => [
          html`<code>${map}</code>`,
          mark(...STATES[state]),
          worst?.node ?? '',
          worst?.used === undefined ? '' : count(worst.used),
          worst?.capacity === undefined ? '' : count(worst.capacity),
          pressure(maxPressure, pressureAtMost),
          nodesWithFigure < 2 || minPressure === undefined ? '' : pressure(minPressure, undefined),
          `${nodesWithFigure} of ${nodes}`,
          whenFull,
          rest.failedOperations === undefined ? '' : count(rest.failedOperations),
          rest.failedPerSecond === undefined ? '' : figure(rest.failedPerSecond, '1/s'),
          rest.memoryBytes === undefined ? '' : figure(rest.memoryBytes, 'B'),
          rest.type ?? '',
        ],
      ),
  })
}

function withoutFigure({ maps }: CiliumMapsDetails): Html {
  const reasons = Map.groupBy(
    maps.filter(({ state }) => state === 'unknown'),
    ({ missing = 'no figure' }) => missing,
  )
  return table({
    caption: 'Maps without a figure',
    columns: [
      { title: 'Why', wide: true },
      { title: 'Maps', wide: true },
    ],
    rows: [...reasons].map(([reason, group]) => [reason, group.map(({ map }) => map).join(', ')]),
  })
}

/** Every map of every node at a glance: the fullest maps to the left, the fullest nodes above. */
function pressures({ agents: readings, maps }: CiliumMapsDetails): Html {
  const cells = new Map(
    readings.flatMap(({ agent, maps: own }) => own.map((map) => [JSON.stringify([agent.node, map.map]), map] as const)),
  )
  const known = maps.filter(({ state }) => state !== 'unknown').map(({ map }) => map)
  const fullest = (node: string) =>
    known.reduce((most, map) => Math.max(most, cells.get(JSON.stringify([node, map]))?.pressure ?? 0), 0)
  const nodes = [...new Set(readings.map(({ agent }) => agent.node))].toSorted((a, b) => fullest(b) - fullest(a))
  if (known.length === 0 || nodes.length === 0) return html``
  return heatMap({
    caption: 'Pressure of each map on each node',
    note: 'Used ÷ size; the stronger the colour, the fuller. Above 1: so many entries are wanted, and the rest is refused.',
    corner: 'Node',
    rows: nodes,
    columns: known,
    tone: 'warn',
    range: [0, 1],
    cell(node, map) {
      const found = cells.get(JSON.stringify([node, map]))
      if (found === undefined) return undefined
      return { value: found.pressure, shown: pressure(found.pressure, found.pressureAtMost) }
    },
  })
}

function advice({ advice: all }: CiliumMapsDetails): Html {
  return table({
    caption: 'Sizes that would help',
    columns: [
      text('Helm value'),
      number('Set to'),
      number('Now'),
      text('Maps'),
      text('Nodes'),
      number('More memory per node'),
      { title: 'Why', wide: true },
    ],
    rows: all.map(
      ({
        helmKey,
        flag,
        value,
        currentValue,
        maps,
        nodes,
        extraBytesPerNode,
        extraBytesNote,
        reason,
        disruption,
        alternatives,
      }): Content[] => [
        helmKey === undefined && flag === undefined ? 'no size helps' : html`<code>${helmKey ?? flag}</code>`,
        value === undefined ? '' : count(value),
        currentValue === undefined ? '' : count(currentValue),
        maps.join(', '),
        nodes.join(', '),
        extraBytesPerNode === undefined ? (extraBytesNote ?? '') : figure(extraBytesPerNode, 'B'),
        html`${reason}${adviceLines(disruption, ...alternatives)}`,
      ],
    ),
  })
}
