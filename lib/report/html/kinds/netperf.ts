import {
  type FlowRow,
  type NetperfDetails,
  type NetperfRow,
  netperfDetailsOf,
  type RequestRow,
} from '../../../record/details/netperf-details.ts'
import type { Metric, RunRecord, Unit } from '../../../record/run-record.ts'
import { type Content, type Html, html } from '../html.ts'
import { adviceLines } from '../pieces/advice.ts'
import { bar } from '../pieces/bar.ts'
import { count, estimate, figure, noData } from '../pieces/figure.ts'
import { number, table, text } from '../pieces/table.ts'
import { type Section, section } from '../section.ts'
import { meshes } from './netperf-mesh.ts'
import { podSections } from './netperf-pods.ts'
import { sampleOrder } from './netperf-samples.ts'
import { testName } from './netperf-test-name.ts'

export function netperfSections(record: RunRecord): readonly Section[] {
  const details = netperfDetailsOf(record)
  return details === undefined ? [] : networkSections(details, record.metrics)
}

/** Also of a record that has such a measurement inside. */
export function networkSections(details: NetperfDetails, metrics: readonly Metric[]): readonly Section[] {
  return [
    ...section('Network tests', [tests(details)]),
    ...section('Between all nodes', meshes(details)),
    ...section('Pairs', [slowParts(details), acrossPairs(details), eachPair(details)]),
    ...section('Samples in their order', sampleOrder(metrics)),
    ...podSections(details),
  ]
}

interface Line {
  readonly row: NetperfRow
  readonly flow?: FlowRow
  readonly requests?: RequestRow
}

function linesOf(row: NetperfRow): Line[] {
  const { flows, requests } = row
  if (requests !== undefined) return [{ row, requests }]
  return flows.length === 0 ? [{ row }] : flows.map((flow) => ({ row, flow }))
}

function tests({ rows }: NetperfDetails): Html {
  const lines = rows.flatMap(linesOf)
  const greatest = (unit: Unit) =>
    lines.reduce((most, line) => (unitOf(line) === unit ? Math.max(most, meanOf(line) ?? 0) : most), 0)
  return table({
    caption: 'What was measured, and what limited it',
    note: '± is the 95 % interval of the mean over the samples.',
    columns: [
      text('Test'),
      text('Direction'),
      number('Throughput'),
      text('Compared'),
      { title: 'Limited by', wide: true },
      number('Of host'),
      number('Of link'),
      number('Retransmits'),
      number('Loss'),
      number('Jitter'),
      number('RTT'),
      number('P50'),
      number('P99'),
      number('Max'),
      number('Errors'),
      text('Engine'),
      number('Pairs'),
      number('Samples'),
      number('Start spread'),
    ],
    rows: lines.map((line): Content[] => {
      const { row, flow, requests } = line
      const share = (flow ?? requests)?.hostShare?.share.mean
      const latency = requests?.latency
      const mean = meanOf(line)
      return [
        testName(row),
        row.parameters.direction === 'forward' ? '' : (flow?.direction ?? row.parameters.direction),
        throughput(line),
        mean === undefined ? '' : bar({ from: 0, to: mean }, { from: 0, to: greatest(unitOf(line)) }),
        limit(line),
        share === undefined ? '' : figure(share, 'ratio'),
        flow?.goodput === undefined ? '' : figure(flow.goodput.share.mean, 'ratio'),
        flow?.retransmitsPerSecond === undefined ? '' : figure(flow.retransmitsPerSecond.mean, '1/s'),
        flow?.datagrams === undefined ? '' : figure(flow.datagrams.loss, 'ratio'),
        flow?.datagrams === undefined ? '' : figure(flow.datagrams.jitterSeconds.mean, 's'),
        flow?.rtt === undefined ? '' : figure(flow.rtt.meanSeconds, 's'),
        ...[latency?.p50, latency?.p99, latency?.maxSeconds].map((value) =>
          value === undefined ? '' : figure(value, 's'),
        ),
        requests === undefined ? '' : count(Object.values(requests.errors).reduce((sum, errors) => sum + errors, 0)),
        row.parameters.engine,
        count(row.pairs.length),
        `${row.samples.measured} of ${row.samples.expected}`,
        row.startSpread === undefined ? '' : figure(row.startSpread.maxSeconds, 's', row.startSpread.resolutionSeconds),
      ]
    }),
  })
}

function unitOf({ requests }: Line): Unit {
  return requests === undefined ? 'bit/s' : '1/s'
}

function meanOf({ row, flow, requests }: Line): number | undefined {
  if (row.samples.measured === 0) return undefined
  const part = flow ?? requests
  return part?.total?.mean ?? part?.acrossPairs?.p50
}

function throughput(line: Line): Content {
  const { row, flow, requests } = line
  if (row.samples.measured === 0) return noData
  const part = flow ?? requests
  // Pairs of a mesh take turns: there is no moment in which all of them send.
  if (part?.total === undefined && part?.acrossPairs !== undefined)
    return html`${figure(part.acrossPairs.p50, unitOf(line))} each`
  return estimate(part?.total, unitOf(line))
}

function limit({ row, flow, requests }: Line): Content {
  if (row.samples.measured === 0) return row.failures[0]?.message ?? 'not measured'
  const verdict = (flow ?? requests)?.verdict
  if (verdict === undefined) return noData
  const { text: words, evidence, advice } = verdict
  return html`<span title="${evidence.join('; ')}">${words}</span>${adviceLines(advice)}`
}

const SLOW_WORDS: Readonly<Record<NetperfDetails['slow'][number]['kind'], string>> = {
  node: 'this node, both ways',
  'sending-node': 'this node sending',
  'receiving-node': 'this node receiving',
  pair: 'this pair',
}

function slowParts({ slow, rows }: NetperfDetails): Html {
  const unit = (index: number): Unit => (rows[index]?.requests === undefined ? 'bit/s' : '1/s')
  return table({
    caption: 'Slower than all others',
    columns: [
      text('Where'),
      text('What'),
      text('Test'),
      number('Median'),
      number('Elsewhere'),
      number('Pairs'),
      number('P'),
    ],
    rows: slow.map(({ row, kind, nodes, median, elsewhere, pairs, p }) => [
      nodes.join(' → '),
      SLOW_WORDS[kind],
      rows[row] === undefined ? '' : testName(rows[row]),
      figure(median, unit(row)),
      figure(elsewhere, unit(row)),
      count(pairs),
      p === undefined ? '' : p < 0.001 ? '< 0.001' : p.toFixed(3),
    ]),
  })
}

function acrossPairs({ rows }: NetperfDetails): Html {
  return table({
    caption: 'Across pairs: how much each gets',
    note: 'Each pair counts with the median of its samples.',
    columns: [
      text('Test'),
      text('Direction'),
      number('Pairs'),
      ...['Min', 'P05', 'P50', 'P95', 'Max'].map(number),
      number('Fairness'),
      text('Worst pair'),
    ],
    rows: rows.flatMap(linesOf).flatMap((line): Content[][] => {
      const part = line.flow ?? line.requests
      const across = part?.acrossPairs
      if (across === undefined || across.pairs < 2) return []
      const unit = unitOf(line)
      const worst = part?.worstPair
      return [
        [
          testName(line.row),
          line.row.flows.length < 2 ? '' : (line.flow?.direction ?? ''),
          count(across.pairs),
          ...[across.min, across.p05, across.p50, across.p95, across.max].map((value) =>
            value === undefined ? '' : figure(value, unit),
          ),
          across.fairness === undefined ? '' : across.fairness.toFixed(3),
          worst === undefined ? '' : `${worst.clientNode} → ${worst.serverNode} (pair ${worst.pair})`,
        ],
      ]
    }),
  })
}

function eachPair({ rows, pairs }: NetperfDetails): Html {
  const ends = (index: number) => [pairs[index]?.client.node ?? '', pairs[index]?.server.node ?? '']
  const several = rows.filter((row) => row.pairs.length > 1)
  return table({
    caption: 'Each pair',
    columns: [
      text('Test'),
      text('Direction'),
      text('From'),
      text('To'),
      number('Throughput'),
      number('Retransmits'),
      number('Loss'),
      number('P99'),
      number('Sender CPU'),
      number('Receiver CPU'),
      text('Limited by'),
    ],
    rows: several.flatMap((row) => [
      ...row.flows.flatMap((flow) =>
        flow.pairs.map(
          ({
            pair,
            throughput: rate,
            retransmitsPerSecond,
            datagrams,
            senderCores,
            receiverCores,
            verdict,
          }): Content[] => [
            testName(row),
            row.flows.length < 2 ? '' : flow.direction,
            ...ends(pair),
            estimate(rate, 'bit/s'),
            retransmitsPerSecond === undefined ? '' : figure(retransmitsPerSecond.mean, '1/s'),
            datagrams === undefined ? '' : figure(datagrams.loss, 'ratio'),
            '',
            senderCores === undefined ? '' : figure(senderCores, 'cores'),
            receiverCores === undefined ? '' : figure(receiverCores, 'cores'),
            verdict.text,
          ],
        ),
      ),
      ...(row.requests?.pairs ?? []).map(({ pair, rate, latency, verdict }): Content[] => [
        testName(row),
        '',
        ...ends(pair),
        estimate(rate, '1/s'),
        '',
        '',
        latency?.p99 === undefined ? '' : figure(latency.p99, 's'),
        '',
        '',
        verdict.text,
      ]),
    ]),
  })
}
