import type { Pair } from '../pair.ts'
import type { FlowReading } from '../reading.ts'
import type { TestCase } from '../test-case.ts'

export type Labels = Readonly<Record<string, string>>
export type FlowDirection = FlowReading['direction']

/** Identifies a test completely: two tests of a run never share their labels, nor do two runs that measure differently. */
export function testLabels(test: TestCase): Labels {
  const optional = {
    mss: test.mssBytes,
    message_size: test.messageBytes,
    bandwidth: test.bitsPerSecond,
    connections: test.connections,
    requests_per_second: test.requestsPerSecond,
  }
  return {
    engine: test.engine,
    protocol: test.protocol,
    ...(test.mode === 'stream' ? {} : { mode: test.mode }),
    path: test.path,
    placement: test.placement,
    direction: test.direction,
    ip_family: String(test.ipFamily),
    streams: String(test.streams),
    ...Object.fromEntries(
      Object.entries(optional).flatMap(([label, value]) => (value === undefined ? [] : [[label, String(value)]])),
    ),
    ...(test.isBaseline ? { baseline: 'true' } : {}),
  }
}

/** Of one of the flows of a test: those of a bidirectional one are measured at once, and are not those of one by itself. */
export function flowLabels(test: TestCase, direction: FlowDirection): Labels {
  return {
    ...testLabels(test),
    direction: test.direction === 'bidirectional' ? `bidirectional-${direction}` : direction,
  }
}

/** Which pair a series is of. */
export function pairLabels({ index, client, server }: Pair): Labels {
  return { pair: String(index), client_node: client.node, server_node: server.node }
}
