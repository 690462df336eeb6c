import type {
  FlowRow,
  NetperfDetails,
  NetperfRow,
  RequestLatency,
  RequestRow,
} from '../../lib/record/details/netperf-details.ts'
import { NO_DATA, scale, scaleMeasured } from '../../lib/report/scale.ts'
import { type Column, right } from '../../lib/report/table.ts'
import { cores, share, withSpread } from './figures.ts'
import { protocolOf } from './row-names.ts'

/** What one line of the table is about: a test, or of one that sends both ways a direction. */
export interface Line {
  readonly row: NetperfRow
  readonly flow?: FlowRow
  readonly requests?: RequestRow
}

export interface Field {
  readonly column: Column
  readonly cell: (line: Line) => string
  /** In the wide table only. */
  readonly wide?: true
}

interface Parameter {
  readonly title: string
  readonly value: (row: NetperfRow) => string
  /** When the table shows it; `differing`: where tests of one protocol differ in it, else in the wide one. */
  readonly shown: 'always' | 'differing' | 'wide'
  readonly align?: 'right'
  /** As in Column, where all tests have the same. */
  readonly dispensable?: number
}

/** The columns of the table of tests but its last one, in their order. */
export function fieldsOf({ rows, pairs }: NetperfDetails): Field[] {
  const isAsked = (name: keyof NetperfRow['parameters']) =>
    rows.some(({ parameters }) => parameters[name] !== undefined)
  const mss = isAsked('mssBytes') ? 'always' : 'wide'
  const parameters: readonly Parameter[] = [
    {
      title: 'PROTOCOL',
      value: ({ parameters }) => protocolOf(parameters),
      shown: 'always',
      dispensable: 2,
    },
    { title: 'PATH', value: ({ parameters: { path } }) => path, shown: 'always', dispensable: 4 },
    { title: 'PLACEMENT', value: ({ parameters: { placement } }) => placement, shown: 'always', dispensable: 6 },
    { title: 'IP', value: ({ parameters: { ipFamily } }) => `IPv${ipFamily}`, shown: 'differing' },
    { title: 'ENGINE', value: ({ parameters: { engine } }) => engine, shown: 'differing' },
    { title: 'STREAMS', value: streamsText, shown: 'differing', align: 'right' },
    {
      title: 'MSS-ASKED',
      value: ({ parameters: { mssBytes } }) => optional(mssBytes, String),
      shown: mss,
      align: 'right',
    },
    { title: 'MSS', value: (row) => row.mss?.effectiveBytes.join(',') ?? '', shown: mss, align: 'right' },
    {
      title: 'MESSAGE',
      value: ({ parameters: { messageBytes } }) => optional(messageBytes, (size) => `${size} B`),
      shown: 'differing',
      align: 'right',
    },
    {
      title: 'BANDWIDTH',
      value: ({ parameters: { bitsPerSecond } }) => rateText(bitsPerSecond),
      shown: 'differing',
      align: 'right',
    },
    {
      title: 'CONNECTIONS',
      value: ({ parameters: { connections } }) => optional(connections, String),
      shown: 'differing',
      align: 'right',
    },
    {
      title: 'PAIRS',
      value: ({ pairs: own }) => (own.length === 0 ? '' : String(own.length)),
      shown: 'always',
      align: 'right',
      dispensable: 5,
    },
    { title: 'NODES', value: (row) => nodesText(row, pairs), shown: 'wide' },
    {
      title: 'SAMPLES',
      value: ({ samples }) => `${samples.measured}/${samples.expected}`,
      shown: 'wide',
      align: 'right',
    },
  ]
  const fields = parameters.map((parameter) => fieldOf(parameter, rows))
  // A test that sends both ways has a line for each.
  const direction: Field = {
    column: { title: 'DIRECTION', optional: true },
    cell: ({ row, flow }) =>
      row.parameters.direction === 'forward' ? '' : (flow?.direction ?? row.parameters.direction),
  }
  return [...fields.slice(0, 3), direction, ...fields.slice(3), ...figureFields()]
}

function fieldOf({ title, value, shown, align, dispensable }: Parameter, rows: readonly NetperfRow[]): Field {
  const groups = Map.groupBy(rows, ({ parameters }) => protocolOf(parameters))
  const differs = [...groups.values()].some((group) => new Set(group.map(value)).size > 1)
  // What tells rows apart stays however narrow the terminal is.
  const tellsApart = new Set(rows.map(value)).size > 1
  return {
    column: {
      title,
      optional: true,
      ...(align === undefined ? {} : { align }),
      ...(tellsApart ? { kept: true } : dispensable === undefined ? {} : { dispensable }),
    },
    cell: ({ row }) => value(row),
    ...(shown === 'always' || (shown === 'differing' && differs) ? {} : { wide: true }),
  }
}

function streamsText({ parameters: { protocol, streams, mode } }: NetperfRow): string {
  return mode === 'stream' && (protocol === 'tcp' || protocol === 'udp') ? String(streams) : ''
}

/** `node-a→node-b`, or how many. */
function nodesText(row: NetperfRow, pairs: NetperfDetails['pairs']): string {
  const names = new Set(row.pairs.flatMap((index) => nodesOf(pairs[index])))
  return names.size > 2 ? `${names.size} nodes` : [...names].join('→')
}

function nodesOf(pair: NetperfDetails['pairs'][number] | undefined): string[] {
  return pair === undefined ? [] : [pair.client.node, pair.server.node]
}

/** An optional column is shown where a line has something in it. */
function figureFields(): Field[] {
  const figure = (
    title: string,
    cell: (line: Line) => string,
    { wide, dispensable }: { wide?: true; dispensable?: number } = {},
  ): Field => ({
    column: { ...right(title), optional: true, ...(dispensable === undefined ? {} : { dispensable }) },
    cell,
    ...(wide === undefined ? {} : { wide }),
  })
  const quantile = (title: string, key: 'p50' | 'p99' | 'p999', dispensable: number) =>
    figure(title, ({ requests }) => (requests === undefined ? '' : quantileText(requests.latency, key)), {
      dispensable,
    })
  return [
    { column: { ...right('THROUGHPUT'), kept: true }, cell: throughputText },
    figure('OF-HOST', ({ flow, requests }) => optional((flow ?? requests)?.hostShare?.share.mean, share)),
    figure('OF-LINK', ({ flow }) => optional(flow?.goodput?.share.mean, share), { wide: true }),
    figure('CV', ({ flow, requests }) => optional((flow ?? requests)?.total?.cv, share), { wide: true }),
    figure('RETRANS', ({ flow }) => optional(flow?.retransmitsPerSecond?.mean, (rate) => scale(rate, '1/s')), {
      dispensable: 7,
    }),
    figure('LOSS', ({ flow }) => optional(flow?.datagrams?.loss, share)),
    figure('JITTER', ({ flow }) => optional(flow?.datagrams?.jitterSeconds.mean, (time) => scale(time, 's')), {
      dispensable: 8,
    }),
    figure('PACKETS', ({ flow }) => optional(flow?.datagrams?.packetsPerSecond.mean, (rate) => scale(rate, '1/s')), {
      wide: true,
    }),
    figure('ONE-WAY', ({ flow }) => optional(flow?.datagrams?.oneWayLatencySeconds?.mean, (time) => scale(time, 's')), {
      wide: true,
    }),
    figure('RTT', ({ flow }) => optional(flow?.rtt?.meanSeconds, (time) => scale(time, 's')), { dispensable: 9 }),
    figure('RTT-MIN', ({ flow }) => optional(flow?.rtt?.minSeconds, (time) => scale(time, 's')), { wide: true }),
    quantile('P50', 'p50', 3),
    quantile('P99', 'p99', 1),
    { ...quantile('P999', 'p999', 9), wide: true },
    figure('MAX', ({ requests }) => optional(requests?.latency?.maxSeconds, (time) => scale(time, 's')), {
      wide: true,
    }),
    figure('ERRORS', ({ requests }) => errorsText(requests)),
    figure('SENDER-CPU', ({ flow }) => cpuText(flow, 'senderCores'), { wide: true }),
    figure('RECEIVER-CPU', ({ flow }) => cpuText(flow, 'receiverCores'), { wide: true }),
    figure('START-SPREAD', ({ row: { startSpread } }) => spreadText(startSpread), { wide: true }),
  ]
}

function throughputText({ flow, requests, row }: Line): string {
  if (row.samples.measured === 0) return 'no data'
  const [part, unit] = requests === undefined ? ([flow, 'bit/s'] as const) : ([requests, '1/s'] as const)
  // Pairs of a mesh take turns: there is no moment in which all of them send.
  if (part?.total === undefined && part?.acrossPairs !== undefined) return `${scale(part.acrossPairs.p50, unit)} each`
  return withSpread(part?.total, unit)
}

function rateText(bitsPerSecond: NetperfRow['parameters']['bitsPerSecond']): string {
  return typeof bitsPerSecond === 'number' ? scale(bitsPerSecond, 'bit/s') : (bitsPerSecond ?? '')
}

/** No finer than the bucket of the histogram that it lies in. */
function quantileText(latency: RequestLatency | undefined, key: 'p50' | 'p99' | 'p999'): string {
  const value = latency?.[key]
  if (latency === undefined || value === undefined) return NO_DATA
  const bounds = (latency.histogram ?? []).map(([bound]) => bound)
  const index = bounds.findIndex((bound) => bound >= value)
  const width = index < 1 ? latency.resolutionSeconds : (bounds[index] ?? 0) - (bounds[index - 1] ?? 0)
  return scaleMeasured(value, width)
}

/** Empty where there were none. */
function errorsText(requests: RequestRow | undefined): string {
  const failed = Object.values(requests?.errors ?? {}).reduce((sum, count) => sum + count, 0)
  return failed === 0 ? '' : String(failed)
}

/** Of the pair that used most. */
function cpuText(flow: FlowRow | undefined, key: 'senderCores' | 'receiverCores'): string {
  const used = flow?.pairs.flatMap((pair) => pair[key] ?? []) ?? []
  return used.length === 0 ? '' : cores(Math.max(...used))
}

function spreadText(spread: NetperfRow['startSpread']): string {
  return spread === undefined ? '' : scaleMeasured(spread.maxSeconds, spread.resolutionSeconds)
}

function optional<T>(value: T | undefined, text: (value: T) => string): string {
  return value === undefined ? '' : text(value)
}
