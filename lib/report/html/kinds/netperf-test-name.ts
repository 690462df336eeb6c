import type { NetperfRow } from '../../../record/details/netperf-details.ts'
import { scale } from '../../scale.ts'

/** By what a person asked for: `tcp, pod, other-node, 4 streams`. */
export function testName({ parameters }: NetperfRow): string {
  const { protocol, mode, path, placement, ipFamily, streams, mssBytes, messageBytes, bitsPerSecond, connections } =
    parameters
  return [
    mode === 'stream' ? protocol : `${protocol}-${mode}`,
    path,
    placement,
    ...(ipFamily === 6 ? ['IPv6'] : []),
    ...(streams === 1 ? [] : [`${streams} streams`]),
    ...(mssBytes === undefined ? [] : [`MSS ${mssBytes}`]),
    ...(messageBytes === undefined ? [] : [`${messageBytes} B messages`]),
    ...(bitsPerSecond === undefined
      ? []
      : [typeof bitsPerSecond === 'number' ? scale(bitsPerSecond, 'bit/s') : 'highest rate']),
    ...(connections === undefined ? [] : [`${connections} connection${connections === 1 ? '' : 's'}`]),
  ].join(', ')
}
