import { expect, test } from 'vitest'
import { renderNetperf } from '../../../cmd/netperf/render.ts'
import type { RenderOptions } from '../../../cmd/render-record.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import {
  details,
  endpoint,
  estimate,
  httpRow,
  NETWORK,
  netperfRecord,
  row,
  tcpFlow,
  udpFlow,
} from './netperf-record.ts'

function render(record: RunRecord, options: Partial<RenderOptions> = {}): string {
  return `\n${renderNetperf(record, { wide: false, headers: true, color: false, ...options })}`
}

const ONE = netperfRecord(details([row({}, { flows: [tcpFlow(estimate(16.91e9, 0.42e9))] })]))

test('one test: what was measured, how sure it is, and what limits it', () => {
  expect(render(ONE)).toMatchInlineSnapshot(`
    "
    PROTOCOL   PATH   PLACEMENT    PAIRS         THROUGHPUT   RETRANS      RTT   LIMITED-BY
    tcp        pod    other-node       1   16.9 Gbit/s ±0.4    12.2/s   80.0µs   receiver CPU (98% of one core)

    PASSED in 1m2s. Nothing left behind.
    "
  `)
})

test('the same on terminals of 80 and of 40 columns', () => {
  expect(render(ONE, { columns: 80 })).toMatchInlineSnapshot(`
    "
    PROTOCOL   PATH   PLACEMENT    PAIRS         THROUGHPUT   RETRANS   LIMITED-BY
    tcp        pod    other-node       1   16.9 Gbit/s ±0.4    12.2/s   receiver-cpu

    TEST                 LIMITED-BY
    tcp pod other-node   receiver CPU (98% of one core)

    PASSED in 1m2s. Nothing left behind.
    "
  `)
  expect(render(ONE, { columns: 40 })).toMatchInlineSnapshot(`
    "
    PROTOCOL         THROUGHPUT
    tcp        16.9 Gbit/s ±0.4

    TEST                 LIMITED-BY
    tcp pod other-node   receiver CPU (98%
                         of one core)

    PASSED in 1m2s. Nothing left behind.
    "
  `)
})

test('wide: both ends, the pair, and the way between them', () => {
  expect(render(ONE, { wide: true })).toMatchInlineSnapshot(`
    "
    PROTOCOL   PATH   PLACEMENT    IP     ENGINE   STREAMS    MSS   PAIRS   NODES           SAMPLES         THROUGHPUT      CV   RETRANS      RTT   RTT-MIN   SENDER-CPU   RECEIVER-CPU   START-SPREAD   LIMITED-BY
    tcp        pod    other-node   IPv4   iperf3         1   1448       1   node-a→node-b       5/5   16.9 Gbit/s ±0.4   1.99%    12.2/s   80.0µs    60.0µs         610m           980m            3ms   receiver CPU (98% of one core)

    TEST                 LIMITED-BY                       EVIDENCE
    tcp pod other-node   receiver CPU (98% of one core)   receiver 0.98 cores with 1 stream

    NODE     NETWORK   INTERFACE      MTU   GSO-MAX   GRO-MAX   KERNEL
    node-a   pod       eth0        1500 B   65536 B   65536 B   6.12.0
    node-b   pod       eth0        1500 B   65536 B   65536 B   6.12.0

    PASSED in 1m2s. Nothing left behind.
    "
  `)
})

const MATRIX = netperfRecord(
  details([
    row({}, { flows: [tcpFlow(estimate(16.91e9, 0.42e9))] }),
    row({ path: 'service' }, { flows: [tcpFlow(estimate(15.2e9, 0.3e9), { verdict: NETWORK })] }),
    row({ protocol: 'udp', bitsPerSecond: 100e6 }, { flows: [udpFlow(estimate(99.9e6, 20_000), 0.0103)] }),
    httpRow(),
    row(
      { mode: 'rr', engine: 'iperf2' },
      {
        samples: { measured: 0, expected: 5 },
        failures: [
          { pair: 0, sample: 0, code: 'ConnectionRefused', message: 'tcp connect failed: Connection refused' },
        ],
      },
    ),
  ]),
  { outcome: 'no-data' },
)

test('a matrix: only columns that apply, and a row without data says so', () => {
  expect(render(MATRIX)).toMatchInlineSnapshot(`
    "
    PROTOCOL   PATH      PLACEMENT    PAIRS          THROUGHPUT   RETRANS    LOSS   JITTER      RTT     P50     P99   LIMITED-BY
    tcp        pod       other-node       1    16.9 Gbit/s ±0.4    12.2/s                    80.0µs                   receiver CPU (98% of one core)
    tcp        service   other-node       1    15.2 Gbit/s ±0.3    12.2/s                    80.0µs                   network
    udp        pod       other-node       1   99.9 Mbit/s ±0.02             1.03%   12.0µs                            offered rate
    http       pod       other-node       1        21500/s ±310                                       250µs   1.2ms   receiver CPU (1.9 of 2 cores)
    tcp-rr     pod       other-node       1             no data                                                       connection refused

    NO DATA in 1m2s. Nothing left behind.
    "
  `)
})

test('a matrix on a terminal of 80 columns keeps what tells its rows apart', () => {
  expect(render(MATRIX, { columns: 80 })).toMatchInlineSnapshot(`
    "
    PROTOCOL   PATH             THROUGHPUT    LOSS     P50     P99
    tcp        pod        16.9 Gbit/s ±0.4
    tcp        service    15.2 Gbit/s ±0.3
    udp        pod       99.9 Mbit/s ±0.02   1.03%
    http       pod            21500/s ±310           250µs   1.2ms
    tcp-rr     pod                 no data

    TEST                     LIMITED-BY
    tcp pod other-node       receiver CPU (98% of one core)
    tcp service other-node   network
    udp pod other-node       offered rate
    http pod other-node      receiver CPU (1.9 of 2 cores)
    tcp rr pod other-node    connection refused

    NO DATA in 1m2s. Nothing left behind.
    "
  `)
})

test('segment sizes: asked and in force side by side', () => {
  const sweep = [1460, 9000].map((mssBytes) =>
    row(
      { mssBytes },
      { mss: { askedBytes: mssBytes, effectiveBytes: [1448] }, flows: [tcpFlow(estimate(9.4e9, 1e6))] },
    ),
  )
  expect(render(netperfRecord(details(sweep)))).toMatchInlineSnapshot(`
    "
    PROTOCOL   PATH   PLACEMENT    MSS-ASKED    MSS   PAIRS           THROUGHPUT   RETRANS      RTT   LIMITED-BY
    tcp        pod    other-node        1460   1448       1   9.40 Gbit/s ±0.001    12.2/s   80.0µs   receiver CPU (98% of one core)
    tcp        pod    other-node        9000   1448       1   9.40 Gbit/s ±0.001    12.2/s   80.0µs   receiver CPU (98% of one core)

    PASSED in 1m2s. Nothing left behind.
    "
  `)
})

test('tests that differ in one parameter are told apart by it where they are named', () => {
  const sweep = [1460, 9000].map((mssBytes) =>
    row({ mssBytes }, { flows: [tcpFlow(estimate(9.4e9, 1e6), { verdict: { ...NETWORK, evidence: ['why'] } })] }),
  )
  expect(render(netperfRecord(details(sweep)), { wide: true })).toContain(
    'tcp pod other-node, MSS 1460   network      why\ntcp pod other-node, MSS 9000   network      why\n',
  )
})

test('also where nobody asked for what differs', () => {
  const rows = [1, 64].map((connections) => httpRow({ connections }))
  const text = render(netperfRecord(details(rows)), { columns: 60 })
  expect(text).toContain('http pod other-node 1 connection ')
  expect(text).toContain('http pod other-node 64 connections')
})

test('both ways: a line for each direction', () => {
  const both = row(
    { direction: 'bidirectional' },
    {
      flows: [tcpFlow(estimate(9.1e9, 2e8)), tcpFlow(estimate(7.4e9, 2e8), { direction: 'reverse', verdict: NETWORK })],
    },
  )
  expect(render(netperfRecord(details([both])))).toMatchInlineSnapshot(`
    "
    PROTOCOL   PATH   PLACEMENT    DIRECTION   PAIRS         THROUGHPUT   RETRANS      RTT   LIMITED-BY
    tcp        pod    other-node   forward         1   9.10 Gbit/s ±0.2    12.2/s   80.0µs   receiver CPU (98% of one core)
    tcp        pod    other-node   reverse         1   7.40 Gbit/s ±0.2    12.2/s   80.0µs   network

    PASSED in 1m2s. Nothing left behind.
    "
  `)
})

test('against the host network', () => {
  const share = { row: 1, share: estimate(0.931, 0.02), difference: estimate(1.2e9, 0.3e9) }
  const rows = [
    row({}, { flows: [tcpFlow(estimate(16.91e9, 0.42e9), { hostShare: share })] }),
    row({ path: 'host', isBaseline: true }, { flows: [tcpFlow(estimate(18.2e9, 0.5e9), { verdict: NETWORK })] }),
  ]
  expect(render(netperfRecord(details(rows)))).toMatchInlineSnapshot(`
    "
    PROTOCOL   PATH   PLACEMENT    PAIRS         THROUGHPUT   OF-HOST   RETRANS      RTT   LIMITED-BY
    tcp        pod    other-node       1   16.9 Gbit/s ±0.4     93.1%    12.2/s   80.0µs   receiver CPU (98% of one core)
    tcp        host   other-node       1   18.2 Gbit/s ±0.5              12.2/s   80.0µs   network

    PASSED in 1m2s. Nothing left behind.
    "
  `)
})

test('several pairs: what they get together, and how they differ', () => {
  const four = row(
    {},
    {
      pairs: [0, 1],
      flows: [
        tcpFlow(estimate(21.2e9, 0.2e9), {
          acrossPairs: { pairs: 50, min: 0.31e9, p05: 0.36e9, p50: 0.42e9, p95: 0.5e9, max: 0.52e9, fairness: 0.981 },
          worstPair: { pair: 7, value: 0.31e9, clientNode: 'node-a', serverNode: 'node-b' },
        }),
      ],
    },
  )
  expect(render(netperfRecord(details([four])))).toMatchInlineSnapshot(`
    "
    PROTOCOL   PATH   PLACEMENT    PAIRS         THROUGHPUT   RETRANS      RTT   LIMITED-BY
    tcp        pod    other-node       2   21.2 Gbit/s ±0.2    12.2/s   80.0µs   receiver CPU (98% of one core)

    ACROSS-PAIRS                MIN          P05          P50          P95          MAX   FAIRNESS   WORST-PAIR
    tcp pod other-node   310 Mbit/s   360 Mbit/s   420 Mbit/s   500 Mbit/s   520 Mbit/s      0.981   7 node-a→node-b

    PASSED in 1m2s. Nothing left behind.
    "
  `)
})

test('a mesh: the slow node by name, and in the wide table each node to each', () => {
  const nodes = ['node-a', 'node-b', 'node-c']
  const ends = nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => [from, to] as const))
  const flows = ends.map(([from, to], pair) => ({
    pair,
    throughput: estimate(from === 'node-c' || to === 'node-c' ? 4.1e9 : 9.4e9, 1e8),
    verdict: NETWORK,
  }))
  const { total: _, ...together } = tcpFlow(estimate(7e9, 1e8), { verdict: NETWORK, pairs: flows })
  const mesh = row(
    { placement: 'mesh' },
    {
      pairs: ends.map((_, index) => index),
      flows: [{ ...together, acrossPairs: { pairs: 6, min: 4.1e9, p50: 4.1e9, max: 9.4e9 } }],
    },
  )
  const record = netperfRecord(
    details([mesh], {
      pairs: ends.map(([from, to]) => ({
        client: endpoint('a', from),
        server: endpoint('b', to),
        ports: [{ engine: 'iperf3', ipFamily: 4, port: 5201 }],
      })),
      slow: [{ row: 0, kind: 'node', nodes: ['node-c'], median: 4.1e9, elsewhere: 9.4e9, pairs: 4, p: 0.0012 }],
    }),
  )
  expect(render(record)).toMatchInlineSnapshot(`
    "
    PROTOCOL   PATH   PLACEMENT   PAIRS         THROUGHPUT   RETRANS      RTT   LIMITED-BY
    tcp        pod    mesh            6   4.10 Gbit/s each    12.2/s   80.0µs   network

    ACROSS-PAIRS           MIN           P50           MAX
    tcp pod mesh   4.10 Gbit/s   4.10 Gbit/s   9.40 Gbit/s

    SLOW     WHAT             MEDIAN     ELSEWHERE   CHANCE
    node-c   both ways   4.10 Gbit/s   9.40 Gbit/s   p = 0.0012

    PASSED in 1m2s. Nothing left behind.
    "
  `)
  expect(render(record, { wide: true })).toMatch(/TCP POD MESH FROM\\TO +node-a +node-b +node-c\nnode-a +9\.40/)
})

test('thresholds, findings with what to do, and the verdict', () => {
  const record = netperfRecord(ONE.details as ReturnType<typeof details>, {
    outcome: 'failed',
    thresholds: [{ expression: 'tcp_throughput.p50>20Gbit/s', observed: 16.9e9, unit: 'bit/s', passed: false }],
    findings: [
      {
        severity: 'info',
        code: 'GeneratorBound',
        message: 'tcp pod other-node: limited by receiver CPU (98% of one core), so the figure is a floor',
        advice: '--streams 4',
      },
    ],
  })
  expect(render(record)).toMatchInlineSnapshot(`
    "
    PROTOCOL   PATH   PLACEMENT    PAIRS         THROUGHPUT   RETRANS      RTT   LIMITED-BY
    tcp        pod    other-node       1   16.9 Gbit/s ±0.4    12.2/s   80.0µs   receiver CPU (98% of one core)

    THRESHOLD                        OBSERVED   RESULT
    tcp_throughput.p50>20Gbit/s   16.9 Gbit/s   fail

    FINDING   MESSAGE
    INFO      tcp pod other-node: limited by receiver CPU (98% of one core), so the figure is a floor  → --streams 4

    FAILED in 1m2s: 1 of 1 threshold does not hold. Nothing left behind.
    "
  `)
})

test('without headers there are figures alone', () => {
  expect(render(ONE, { headers: false })).toMatch(/^\ntcp +pod +other-node +1 +16\.9 Gbit\/s ±0\.4/)
})

test('a record that broke before anything was measured has the reason in its verdict', () => {
  const record = netperfRecord(details([]), {
    outcome: 'error',
    details: { cleanUpCommand: '' },
    findings: [
      {
        severity: 'error',
        code: 'RunFailed',
        message: 'pod client-0 is not ready: ErrImagePull',
        advice: 'name another image with --image',
      },
    ],
  })
  expect(render(record)).toBe(
    '\nFAILED in 1m2s: pod client-0 is not ready: ErrImagePull. Nothing left behind.\n  name another image with --image\n',
  )
})
