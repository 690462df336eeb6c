import type { MapReading } from '../../../lib/record/cilium-figures.ts'
import type { CiliumMapsDetails, MapAcrossNodes } from '../../../lib/record/details/cilium-maps-details.ts'
import { printable } from '../../../lib/report/printable.ts'
import { NO_DATA, scale } from '../../../lib/report/scale.ts'
import { renderTable, right } from '../../../lib/report/table.ts'
import { wrapText } from '../../text-layout.ts'
import type { MapsRenderOptions } from './render-options.ts'

/** Each map by the node where it is fullest. */
export function renderMapsAcrossNodes(
  { maps }: CiliumMapsDetails,
  { sort, wide, headers, columns: width }: MapsRenderOptions,
): string {
  const known = maps.filter(({ state }) => state !== 'unknown')
  const rows = sorted(known, sort, ({ map, worst }) => ({ map, node: worst?.node ?? '' })).map((map) => [
    map.map,
    map.worst?.node ?? NO_DATA,
    usedText(map.worst ?? {}),
    pressureText(map.maxPressure, map.pressureAtMost),
    spreadText(map),
    map.whenFull,
    map.failedOperations === undefined ? NO_DATA : String(map.failedOperations),
    map.failedPerSecond === undefined ? '' : scale(map.failedPerSecond, '1/s'),
    ...(wide ? [map.type ?? '', `${map.nodesWithFigure}/${map.nodes}`, scale(map.memoryBytes, 'B')] : []),
  ])
  const columns = [
    { title: 'MAP' },
    { title: 'WORST-NODE' },
    right('USED'),
    { ...right('PRESSURE'), kept: true },
    { title: 'SPREAD', optional: true, dispensable: 2 },
    { title: 'WHEN-FULL' },
    // Findings tell what has failed.
    { ...right('FAILED-OPS'), dispensable: 1 },
    { ...right('FAILED-RATE'), optional: true, dispensable: 3 },
    ...(wide ? [{ title: 'TYPE', optional: true }, right('NODES'), right('MEMORY')] : []),
  ]
  return renderTable(columns, rows, headers, width)
}

/** Each map of each node. */
export function renderMapsOfNodes(
  { agents }: CiliumMapsDetails,
  { sort, wide, headers, columns: width }: MapsRenderOptions,
): string {
  const all = agents.flatMap((reading) => reading.maps.map((map) => ({ reading, map })))
  const known = all.filter(({ map }) => map.pressure !== undefined || map.pressureAtMost !== undefined || wide)
  const byPressure = known.toSorted((a, b) => (b.map.pressure ?? -1) - (a.map.pressure ?? -1))
  const rows = sorted(byPressure, sort, ({ reading, map }) => ({ map: map.map, node: reading.agent.node })).map(
    ({ reading, map }) => [
      reading.agent.node,
      map.map,
      usedText(map),
      pressureText(map.pressure, map.pressureAtMost),
      map.whenFull,
      reading.countsNoOperations === true ? NO_DATA : String(failedUpdates(map)),
      ...(wide
        ? [sizeText(map), scale(map.memory?.bytes, 'B'), operationsText(map), map.freshness ?? map.missing ?? '']
        : []),
    ],
  )
  const columns = [
    { title: 'NODE' },
    { title: 'MAP' },
    right('USED'),
    right('PRESSURE'),
    { title: 'WHEN-FULL' },
    right('FAILED-OPS'),
    ...(wide
      ? [
          { title: 'SIZE-FROM' },
          right('MEMORY'),
          { title: 'OPERATIONS', optional: true },
          { title: 'HOW-OLD', optional: true },
        ]
      : []),
  ]
  return renderTable(columns, rows, headers, width)
}

/** Maps without a figure, by the reason. */
export function renderUnknownMaps({ maps }: CiliumMapsDetails, { columns: width }: MapsRenderOptions): string {
  const unknown = maps.filter(({ state }) => state === 'unknown')
  const reasons = Map.groupBy(unknown, ({ missing = 'no figure' }) => missing)
  const lines = [...reasons].flatMap(([reason, group]) => {
    const text = printable(`No figure for ${group.map(({ map }) => map).join(', ')}: ${reason}`)
    return wrapText(text, width)
  })
  return lines.map((line) => `${line}\n`).join('')
}

function usedText({ used, capacity }: { used?: number | undefined; capacity?: number | undefined }): string {
  if (capacity === undefined) return used === undefined ? NO_DATA : String(used)
  return `${used ?? NO_DATA} of ${capacity}`
}

function pressureText(pressure: number | undefined, atMost: number | undefined): string {
  if (pressure !== undefined) return pressure.toFixed(2)
  return atMost === undefined ? NO_DATA : `<${atMost.toFixed(2)}`
}

/** Empty where there is nothing between. */
function spreadText({ minPressure, maxPressure, nodesWithFigure }: MapAcrossNodes): string {
  if (minPressure === undefined || maxPressure === undefined || nodesWithFigure < 2) return ''
  return `${minPressure.toFixed(2)}–${maxPressure.toFixed(2)}`
}

/** `65536 default`, `1024 bpf.ctTcpMax`. */
function sizeText({ configured }: MapReading): string {
  if (configured === undefined) return NO_DATA
  const { origin, helmKey, flag, note } = configured
  const from = origin === 'explicit' || origin === 'clamped' ? (helmKey ?? flag) : undefined
  return [origin, ...(from === undefined ? [] : [from]), ...(note === undefined ? [] : [`(${note})`])].join(' ')
}

/** Of an entry that was not there a deletion fails as well: only updates tell that there is no room. */
function failedUpdates({ operations }: MapReading): number {
  const failed = operations.filter(({ operation, outcome }) => operation === 'update' && outcome === 'fail')
  return failed.reduce((sum, { count }) => sum + count, 0)
}

/** `update 260 (2.0/s), update fail 3`. */
function operationsText({ operations }: MapReading): string {
  return operations
    .filter(({ count }) => count > 0)
    .map(({ operation, outcome, count, perSecond }) => {
      const rate = perSecond === undefined || perSecond === 0 ? '' : ` (${scale(perSecond, '1/s')})`
      return `${operation}${outcome === 'success' ? '' : ` ${outcome}`} ${count}${rate}`
    })
    .join(', ')
}

/** Rows come with the highest pressure first. */
function sorted<T>(
  rows: readonly T[],
  sort: MapsRenderOptions['sort'],
  keys: (row: T) => { readonly map: string; readonly node: string },
): readonly T[] {
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  if (sort === 'pressure') return rows
  return rows.toSorted((first, second) => {
    const [a, b] = [keys(first), keys(second)]
    return sort === 'name' ? order(a.map, b.map) || order(a.node, b.node) : order(a.node, b.node)
  })
}
