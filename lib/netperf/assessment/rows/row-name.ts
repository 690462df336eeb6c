import type { NetperfRow } from '../../../record/details/netperf-details.ts'
import { bitRateText } from '../figures/figure-text.ts'

type Parameters = NetperfRow['parameters']

/** What tells tests apart that have the same name, because nobody need have asked for it. */
const DIFFERENCES: readonly ((parameters: Parameters) => string)[] = [
  ({ engine }) => engine,
  ({ bitsPerSecond: rate }) => (typeof rate === 'number' ? bitRateText(rate) : (rate ?? '')),
  ({ connections }) =>
    connections === undefined ? '' : `${connections} ${connections === 1 ? 'connection' : 'connections'}`,
]

/**
 * Names for the tests of a run in sentences and tables, each its own: by what a person has asked for ("tcp pod other-node",
 * "tcp rr service any, 4 streams"), and where several have that one, by what tells them apart.
 */
export function rowNames(rows: readonly NetperfRow[]): (row: NetperfRow) => string {
  const groups = Map.groupBy(rows, plainName)
  return (row) => {
    const name = plainName(row)
    const alike = groups.get(name) ?? []
    const telling = DIFFERENCES.filter((text) => new Set(alike.map(({ parameters }) => text(parameters))).size > 1)
    return [name, ...telling.map((text) => text(row.parameters))].filter((part) => part !== '').join(' ')
  }
}

function plainName({ parameters }: NetperfRow): string {
  const { protocol, mode, path, placement, direction, streams, mssBytes, messageBytes, ipFamily } = parameters
  const words = [
    protocol,
    ...(mode === 'stream' ? [] : [mode]),
    path,
    placement,
    ...(direction === 'forward' ? [] : [direction]),
    ...(ipFamily === 6 ? ['IPv6'] : []),
  ]
  const sizes = [
    ...(streams === 1 ? [] : [`${streams} streams`]),
    ...(mssBytes === undefined ? [] : [`MSS ${mssBytes}`]),
    ...(messageBytes === undefined ? [] : [`messages of ${messageBytes} B`]),
  ]
  return [words.join(' '), ...sizes].join(', ')
}
