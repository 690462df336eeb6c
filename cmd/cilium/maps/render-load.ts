import { type LoadDetails, loadDetailsOf, type MapGrowth } from '../../../lib/record/details/load-details.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { NO_DATA, scale } from '../../../lib/report/scale.ts'
import { renderTable, right } from '../../../lib/report/table.ts'
import type { RenderOptions } from '../../render-record.ts'
import { textLines } from '../../text-layout.ts'

/** What the connections of --load did to the maps: those that grew, the most first. */
export function renderLoad(record: RunRecord, { headers, columns: width }: RenderOptions): string {
  const load = loadDetailsOf(record)
  if (load === undefined) return ''
  const rows = load.growth
    .toSorted((a, b) => shareOf(b) - shareOf(a))
    .map(({ map, node, before, most, capacity, perThousand, state }) => [
      map,
      node,
      String(before),
      String(most),
      capacity === undefined ? NO_DATA : String(capacity),
      capacity === undefined ? NO_DATA : scale(most / capacity, 'ratio'),
      perThousand === undefined ? NO_DATA : String(Math.round(perThousand)),
      WORDS[state],
    ])
  const columns = [
    { title: 'UNDER LOAD' },
    { title: 'NODE' },
    right('BEFORE'),
    right('MOST'),
    right('SIZE'),
    right('PRESSURE'),
    right('PER 1,000'),
    { title: 'STATE' },
  ]
  return `${renderTable(columns, rows, headers, width)}${textLines(describe(load), width)}`
}

const WORDS: Readonly<Record<MapGrowth['state'], string>> = {
  grew: 'grew',
  full: 'full',
  stale: 'not counted anew',
}

function shareOf({ most, capacity }: MapGrowth): number {
  return capacity === undefined ? 0 : most / capacity
}

/** `3000 of 3000 tcp connections held, 500/s, for 20.3s; 2988 of 3000 answered at the end`. */
function describe({ opened, asked, kind, protocol, ratePerSecond, durationSeconds, clients }: LoadDetails): string {
  const probed = clients.reduce((sum, client) => sum + (client.probed ?? 0), 0)
  const answered = clients.reduce((sum, client) => sum + (client.answered ?? 0), 0)
  const end = probed === 0 ? '' : `; ${answered} of ${probed} answered at the end`
  const what = kind === 'held' ? 'held' : 'opened and closed'
  return `${opened} of ${asked} ${protocol} connections ${what}, ${ratePerSecond}/s, for ${scale(durationSeconds, 's')}${end}`
}
