import type {
  AcrossPairs,
  NetperfDetails,
  NetperfRow,
  Verdict,
  WorstPair,
} from '../../lib/record/details/netperf-details.ts'
import type { Unit } from '../../lib/record/run-record.ts'
import { NO_DATA, scale } from '../../lib/report/scale.ts'
import { renderTable, right } from '../../lib/report/table.ts'
import type { RenderOptions } from '../render-record.ts'
import { cores, share, withSpread } from './figures.ts'
import { lineNames } from './row-names.ts'

/** Several pairs at once: how much each gets, and which gets least. */
export function renderAcrossPairs(details: NetperfDetails, { headers, columns: width }: RenderOptions): string {
  const nameOf = lineNames(details)
  const lines = details.rows.flatMap((row) =>
    partsOf(row, nameOf).flatMap(({ name, unit, across, worst }) =>
      across === undefined || across.pairs < 2 ? [] : [acrossLine(name, unit, across, worst)],
    ),
  )
  const columns = [
    { title: 'ACROSS-PAIRS' },
    right('MIN'),
    { ...right('P05'), optional: true },
    right('P50'),
    { ...right('P95'), optional: true, dispensable: 2 },
    { ...right('MAX'), dispensable: 3 },
    { ...right('FAIRNESS'), optional: true, dispensable: 4 },
    { title: 'WORST-PAIR', optional: true, dispensable: 1 },
  ]
  return renderTable(columns, lines, headers, width)
}

function acrossLine(name: string, unit: Unit, across: AcrossPairs, worst: WorstPair | undefined): string[] {
  const figure = (value: number | undefined) => (value === undefined ? '' : scale(value, unit))
  return [
    name,
    figure(across.min),
    figure(across.p05),
    figure(across.p50),
    figure(across.p95),
    figure(across.max),
    across.fairness === undefined ? '' : String(Number(across.fairness.toPrecision(3))),
    worst === undefined ? '' : `${worst.pair} ${worst.clientNode}→${worst.serverNode}`,
  ]
}

interface Part {
  name: string
  unit: Unit
  across: AcrossPairs | undefined
  worst: WorstPair | undefined
}

function partsOf(row: NetperfRow, nameOf: ReturnType<typeof lineNames>): Part[] {
  const { flows, requests } = row
  if (requests !== undefined)
    return [{ name: nameOf(row), unit: '1/s', across: requests.acrossPairs, worst: requests.worstPair }]
  return flows.map((flow) => ({
    name: nameOf(row, flow),
    unit: 'bit/s',
    across: flow.acrossPairs,
    worst: flow.worstPair,
  }))
}

/** Each of several pairs by itself, in the wide table. */
export function renderPairs(details: NetperfDetails, { headers, columns: width }: RenderOptions): string {
  const { rows, pairs } = details
  const nameOf = lineNames(details)
  const several = rows.filter((row) => row.pairs.length > 1)
  const lines = several.flatMap((row) => [
    ...row.flows.flatMap((direction) =>
      direction.pairs.map((flow) => [
        nameOf(row, direction),
        ...endsOf(pairs, flow.pair),
        withSpread(flow.throughput, 'bit/s'),
        optional(flow.retransmitsPerSecond?.mean, (rate) => scale(rate, '1/s')),
        optional(flow.datagrams?.loss, share),
        optional(flow.rtt?.meanSeconds, (time) => scale(time, 's')),
        '',
        optional(flow.senderCores, cores),
        optional(flow.receiverCores, cores),
        flow.verdict.text,
      ]),
    ),
    ...(row.requests?.pairs ?? []).map((requests) => [
      nameOf(row),
      ...endsOf(pairs, requests.pair),
      withSpread(requests.rate, '1/s'),
      '',
      '',
      '',
      optional(requests.latency?.p50, (time) => scale(time, 's')),
      '',
      '',
      requests.verdict.text,
    ]),
  ])
  const figure = (title: string) => ({ ...right(title), optional: true })
  const columns = [
    { title: 'TEST' },
    right('PAIR'),
    { title: 'CLIENT-NODE' },
    { title: 'SERVER-NODE' },
    right('THROUGHPUT'),
    ...['RETRANS', 'LOSS', 'RTT', 'P50', 'SENDER-CPU', 'RECEIVER-CPU'].map(figure),
    { title: 'LIMITED-BY' },
  ]
  return renderTable(columns, lines, headers, width)
}

function endsOf(pairs: NetperfDetails['pairs'], index: number): [string, string, string] {
  const pair = pairs[index]
  return [String(index), pair?.client.node ?? NO_DATA, pair?.server.node ?? NO_DATA]
}

function optional<T>(value: T | undefined, text: (value: T) => string): string {
  return value === undefined ? '' : text(value)
}

/** What each reason was judged by, in the wide table. */
export function renderEvidence(details: NetperfDetails, { headers, columns: width }: RenderOptions): string {
  const nameOf = lineNames(details)
  const lines = details.rows.flatMap((row) => [
    ...row.flows.flatMap((flow) => evidenceLines(nameOf(row, flow), flow.verdict)),
    ...(row.requests === undefined ? [] : evidenceLines(nameOf(row), row.requests.verdict)),
  ])
  return renderTable([{ title: 'TEST' }, { title: 'LIMITED-BY' }, { title: 'EVIDENCE' }], lines, headers, width)
}

function evidenceLines(name: string, { text, evidence }: Verdict): string[][] {
  return evidence.map((line, index) => (index === 0 ? [name, text, line] : ['', '', line]))
}
