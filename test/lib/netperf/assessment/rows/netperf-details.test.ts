import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { netperfDetails } from '../../../../../lib/netperf/assessment/rows/netperf-details.ts'
import type { NetperfRun } from '../../../../../lib/netperf/netperf-run.ts'
import type { NetperfDetails } from '../../../../../lib/record/details/netperf-details.ts'
import { NetperfDetailsSchema } from '../../../../../lib/record/details/netperf-details.ts'
import { endpoint, failed, flow, GBIT, MBIT, measured, netperfRun, pair, reading } from '../../netperf-run-example.ts'
import { testCase } from '../../test-case-example.ts'

const isValid = new Ajv().compile(NetperfDetailsSchema)

function details(run: NetperfRun, linkBitsPerSecond?: number): NetperfDetails {
  const made = netperfDetails(run, {
    samples: 2,
    wasAborted: false,
    ...(linkBitsPerSecond === undefined ? {} : { linkBitsPerSecond }),
  })
  isValid(JSON.parse(JSON.stringify(made)))
  expect(isValid.errors).toBeNull()
  return made
}

const tcp = (rate: number, retransmits: number) =>
  reading(
    [
      flow(rate, {
        sentBitsPerSecond: rate,
        retransmits,
        rtt: { minSeconds: 0.0001, meanSeconds: 0.0002, maxSeconds: 0.0004 },
        congestionWindowBytes: 500_000,
      }),
    ],
    { clientCores: 0.98, serverCores: 0.6, mssBytes: 1448, clientCongestionControl: 'cubic' },
  )

const twoPairs = netperfRun({
  pairs: [pair(0, 'node-a', 'node-b'), pair(1, 'node-b', 'node-a')],
  samples: [
    measured({ sample: 0 }, tcp(10 * GBIT, 100)),
    measured({ sample: 1 }, tcp(12 * GBIT, 300)),
    measured({ pair: 1, sample: 0 }, tcp(5 * GBIT, 0)),
    failed({ pair: 1, sample: 1 }, 'unable to connect to server: Connection refused'),
  ],
  startSpreads: [{ test: 0, sample: 0, clients: 2, seconds: 0.002, resolutionSeconds: 0.0005 }],
  endpointFacts: new Map([['perf-abc123/client-0', { kernel: '6.8.0', mtuBytes: 1500, gsoMaxBytes: 65536 }]]),
  pathMtus: [{ pair: 0, bytes: 1500, interfaceBytes: 1500, ipFamily: 4 }],
  clusterFacts: { kubeProxyMode: 'iptables', encapsulation: 'vxlan' },
})

test('a row: what was asked for, what was measured, what is missing and why', () => {
  const [row] = details(twoPairs).rows
  expect(row).toMatchObject({
    parameters: { engine: 'iperf3', protocol: 'tcp', streams: 1, isBaseline: false },
    labels: { protocol: 'tcp', path: 'pod', placement: 'other-node' },
    pairs: [0, 1],
    samples: { measured: 3, expected: 4 },
    tools: ['iperf 3.12'],
    measuredSeconds: 10,
    mss: { effectiveBytes: [1448] },
    congestionControl: ['cubic'],
    startSpread: { maxSeconds: 0.002, resolutionSeconds: 0.0005 },
    failures: [
      { pair: 1, sample: 1, code: 'ConnectionRefused', message: 'unable to connect to server: Connection refused' },
    ],
    searches: [],
    throttling: [],
  })
})

test('a flow: sum, spread over pairs, the worst of them by name, and the verdict', () => {
  const [flowRow] = details(twoPairs).rows[0]?.flows ?? []
  expect(flowRow).toMatchObject({
    direction: 'forward',
    total: { count: 1, mean: 15 * GBIT },
    acrossPairs: { pairs: 2, min: 5 * GBIT, p50: 5 * GBIT, max: 10 * GBIT, fairness: expect.closeTo(225 / 250, 12) },
    worstPair: { pair: 1, value: 5 * GBIT, clientNode: 'node-b', serverNode: 'node-a' },
    throughput: { count: 3, mean: 9 * GBIT },
    rtt: { minSeconds: 0.0001, meanSeconds: expect.closeTo(0.0002, 12), maxSeconds: 0.0004 },
    verdict: { limit: 'sender-cpu', text: 'sender CPU (98% of one core)', isFloor: true },
  })
  expect(flowRow?.retransmitsPerSecond?.mean).toBeCloseTo(40 / 3, 12)
  // 400 of (10 + 12 + 5) Gbit/s · 10 s / 8 / 1448 B.
  expect(flowRow?.retransmitShare).toBeCloseTo(400 / (27e10 / 8 / 1448), 15)
  const [first, second] = flowRow?.pairs ?? []
  expect(first?.throughput).toEqual({
    count: 2,
    mean: 11 * GBIT,
    ci95: expect.closeTo(12.706_204_736 * GBIT, 0),
    cv: expect.closeTo(Math.SQRT2 / 11, 12),
  })
  expect(first).toMatchObject({ pair: 0, senderCores: 0.98, receiverCores: 0.6, congestionWindowBytes: 500_000 })
  expect(second?.throughput).toEqual({ count: 1, mean: 5 * GBIT })
})

test('pairs with the facts of their ends, path MTUs with their nodes, facts of the cluster', () => {
  const { pairs, pathMtus, cluster } = details(twoPairs)
  expect(pairs[0]).toEqual({
    client: {
      namespace: 'perf-abc123',
      pod: 'client-0',
      node: 'node-a',
      hostNetwork: false,
      addresses: ['10.0.0.1'],
      nodeAddresses: ['192.0.2.1'],
      kernel: '6.8.0',
      mtuBytes: 1500,
      gsoMaxBytes: 65536,
    },
    server: { ...endpoint('server-0', 'node-b') },
    ports: [{ engine: 'iperf3', ipFamily: 4, port: 5201 }],
  })
  expect(pathMtus).toEqual([
    { pair: 0, clientNode: 'node-a', serverNode: 'node-b', bytes: 1500, interfaceBytes: 1500, ipFamily: 4 },
  ])
  expect(cluster).toEqual({ kubeProxyMode: 'iptables', encapsulation: 'vxlan' })
})

test('without any sample there are no figures, and nothing is judged', () => {
  const run = netperfRun({ samples: [failed({ sample: 0 }, 'refused')] })
  const [row] = details(run).rows
  expect(row?.samples).toEqual({ measured: 0, expected: 2 })
  const unknown = { limit: 'unknown', text: 'unknown', evidence: [] }
  expect(row?.flows).toEqual([{ direction: 'forward', verdict: unknown, pairs: [{ pair: 0, verdict: unknown }] }])
})

test('pairs that are limited by different things: what most are, and how many', () => {
  const idle = (rate: number) => reading([flow(rate)], { clientCores: 0.1, serverCores: 0.1 })
  const run = netperfRun({
    pairs: [0, 1, 2].map((index) => pair(index, 'node-a', 'node-b')),
    samples: [
      measured({ sample: 0 }, tcp(10 * GBIT, 0)),
      measured({ pair: 1, sample: 0 }, idle(GBIT)),
      measured({ pair: 2, sample: 0 }, idle(2 * GBIT)),
    ],
  })
  expect(details(run).rows[0]?.flows[0]?.verdict).toMatchObject({ limit: 'network', text: 'network, 2 of 3 pairs' })
})

test('shaped to 1 Gbit/s: line rate with the link speed, network without; drops of the shaper do not count', () => {
  const shaped = (rate: number) =>
    reading(
      [flow(rate, { sentBitsPerSecond: rate, retransmits: 45, rtt: { minSeconds: 0.0011, meanSeconds: 0.0012 } })],
      {
        clientCores: 0.012,
        serverCores: 0.04,
        mssBytes: 1448,
        clientCongestionControl: 'cubic',
      },
    )
  const run = netperfRun({
    endpointFacts: new Map([['perf-abc123/client-0', { mtuBytes: 1500 }]]),
    samples: [923, 955].map((rate, sample) => measured({ sample }, shaped(rate * MBIT))),
  })
  expect(details(run).rows[0]?.flows[0]?.verdict.text).toBe('network')
  const [flowRow] = details(run, GBIT).rows[0]?.flows ?? []
  expect(flowRow?.verdict).toMatchObject({ limit: 'line-rate', text: 'line rate (99.7% of what 1 Gbit/s can carry)' })
  expect(flowRow?.goodput).toMatchObject({
    linkBitsPerSecond: GBIT,
    linkSource: 'option',
    mtuBytes: 1500,
    possibleShare: 1448 / 1538,
    node: 'node-a',
    share: { count: 2, mean: expect.closeTo(0.939 / (1448 / 1538), 12) },
  })
})

test("an interface's own speed counts where the user gives none; traffic within a node passes no link", () => {
  const facts = { mtuBytes: 9000, linkBitsPerSecond: 10 * GBIT }
  const run = netperfRun({
    pairs: [pair(0, 'node-a', 'node-b'), pair(1, 'node-a', 'node-a')],
    endpointFacts: new Map([0, 1].map((index) => [`perf-abc123/client-${index}`, facts])),
    samples: [
      measured({ sample: 0 }, reading([flow(9.9 * GBIT)])),
      measured({ pair: 1, sample: 0 }, reading([flow(30 * GBIT)])),
    ],
  })
  const [flowRow] = details(run).rows[0]?.flows ?? []
  expect(flowRow?.goodput).toMatchObject({
    linkSource: 'interface',
    share: { mean: expect.closeTo(0.99 / (8948 / 9038), 12) },
  })
  expect(flowRow?.pairs.map(({ verdict }) => verdict.limit)).toEqual(['line-rate', 'network'])
})

test.each([
  [['192.0.2.1'], 4, 1450, 1398 / 1538],
  [['192.0.2.1', 'fd00::1'], 6, 1450, 1378 / 1538],
  // Between nodes without IPv4 the tunnel's own header is larger by 20.
  [['fd00::1'], 6, 1430, 1358 / 1538],
] as const)('nodes with %j: what a tunnel leaves of the link', (nodeAddresses, ipFamily, mtuBytes, expected) => {
  const one = pair(0, 'node-a', 'node-b')
  const run = netperfRun({
    tests: [testCase({ ipFamily })],
    pairs: [{ ...one, client: { ...one.client, nodeAddresses }, server: { ...one.server, nodeAddresses } }],
    endpointFacts: new Map([['perf-abc123/client-0', { mtuBytes }]]),
    clusterFacts: { encapsulation: 'vxlan' },
    samples: [measured({ sample: 0 }, reading([flow(900 * MBIT)]))],
  })
  expect(details(run, GBIT).rows[0]?.flows[0]?.goodput?.possibleShare).toBeCloseTo(expected, 12)
})

test('% of host with the interval of the shares and of the paired differences', () => {
  const rates = [
    [8, 10],
    [9, 10],
    [8.5, 10],
  ] as const
  const run = netperfRun({
    tests: [testCase({ streams: 4 }), testCase({ streams: 4, path: 'host', isBaseline: true })],
    samples: rates.flatMap(([own, host], sample) => [
      measured({ sample }, reading([flow(own * GBIT)])),
      measured({ test: 1, sample }, reading([flow(host * GBIT)])),
    ]),
  })
  const [pod, host] = details(run).rows
  // t(0.975, 2)·0.05/√3
  expect(pod?.flows[0]?.hostShare).toEqual({
    row: 1,
    share: {
      count: 3,
      mean: expect.closeTo(0.85, 12),
      ci95: expect.closeTo(0.124207, 5),
      cv: expect.closeTo(0.05 / 0.85, 9),
    },
    difference: {
      count: 3,
      mean: expect.closeTo(1.5 * GBIT, 3),
      ci95: expect.closeTo(1.24207 * GBIT, -5),
      cv: expect.closeTo(1 / 3, 9),
    },
  })
  expect(host?.flows[0]?.hostShare).toBeUndefined()
})

test('requests: rate, latency, errors, whether the rate was kept; limited by the round trip', () => {
  const request = (isKept: boolean) =>
    reading([], {
      tool: 'fortio 1.75.2',
      requests: {
        seconds: 10,
        completed: 8000,
        errors: { '503': 3 },
        latency: { count: 5600, meanSeconds: 0.001, p50: 0.0009, p99: 0.004, resolutionSeconds: 0.00001 },
        openLoop: { requestedPerSecond: 560, isKept },
      },
    })
  const run = netperfRun({
    tests: [testCase({ engine: 'fortio', protocol: 'http', connections: 8 })],
    samples: [measured({ sample: 0 }, request(true)), measured({ sample: 1 }, request(false))],
  })
  const [row] = details(run).rows
  expect(row?.flows).toEqual([])
  expect(row?.requests).toMatchObject({
    total: { count: 2, mean: 800, ci95: 0 },
    completed: 16_000,
    errors: { '503': 6 },
    latency: { count: 11_200, p50: 0.0009, p99: 0.004 },
    openLoop: { requestedPerSecond: 560, kept: 1, samples: 2 },
    verdict: { limit: 'round-trip', text: 'round trip (8 connections, 1ms each)' },
  })
})

test('throttled samples, rate searches, and segments smaller than asked for are told', () => {
  const search = {
    tries: [
      { bitsPerSecond: GBIT, loss: 0.02 },
      { bitsPerSecond: GBIT / 2, loss: 0 },
    ],
  }
  const run = netperfRun({
    tests: [testCase({ protocol: 'udp', bitsPerSecond: 'max', mssBytes: 8948 })],
    samples: [
      measured({ sample: 0 }, reading([flow(GBIT / 2)], { mssBytes: 1448 }), {
        result: { kind: 'measured', reading: reading([flow(GBIT / 2)], { mssBytes: 1448 }), search },
        clientThrottling: { periods: 3, seconds: 2 },
        serverThrottling: { periods: 0, seconds: 0 },
      }),
    ],
  })
  const [row] = details(run).rows
  expect(row?.throttling).toEqual([{ pair: 0, sample: 0, side: 'client', periods: 3, seconds: 2 }])
  expect(row?.searches).toEqual([{ pair: 0, sample: 0, ...search }])
  expect(row?.mss).toEqual({ askedBytes: 8948, effectiveBytes: [1448] })
  expect(row?.flows[0]?.verdict).toMatchObject({
    limit: 'cpu-throttling',
    text: 'CPU limit of the client (throttled 20% of the time)',
  })
})

test('a pair is at line rate only where its own link is full', () => {
  const pairs = [pair(0, 'node-a', 'node-b'), pair(1, 'node-a', 'node-c'), pair(2, 'node-d', 'node-e')]
  const endpointFacts = new Map(pairs.map(({ index }) => [`perf-abc123/client-${index}`, { mtuBytes: 1500 }]))
  const samples = [0.45, 0.46, 0.5].map((rate, index) =>
    measured({ pair: index, sample: 0 }, reading([flow(rate * GBIT)])),
  )
  const [flowRow] = details(netperfRun({ pairs, endpointFacts, samples }), GBIT).rows[0]?.flows ?? []
  expect(flowRow?.pairs.map(({ verdict }) => verdict.limit)).toEqual(['line-rate', 'line-rate', 'network'])
  expect(flowRow?.goodput).toMatchObject({ node: 'node-a', share: { mean: expect.closeTo(0.91 / (1448 / 1538), 12) } })
})

test('the pairs of a mesh take turns: no total, and each has the links to itself', () => {
  const pairs = [pair(0, 'node-a', 'node-b'), pair(1, 'node-a', 'node-c')]
  const endpointFacts = new Map(pairs.map(({ index }) => [`perf-abc123/client-${index}`, { mtuBytes: 1500 }]))
  const samples = [0.92, 0.6].map((rate, index) => measured({ pair: index, sample: 0 }, reading([flow(rate * GBIT)])))
  const run = netperfRun({ tests: [testCase({ placement: 'mesh' })], pairs, endpointFacts, samples })
  const [flowRow] = details(run, GBIT).rows[0]?.flows ?? []
  expect(flowRow?.total).toBeUndefined()
  expect(flowRow?.pairs.map(({ verdict }) => verdict.limit)).toEqual(['line-rate', 'network'])
  expect(flowRow?.goodput?.share.mean).toBeCloseTo(0.92 / (1448 / 1538), 12)
})

test('in reverse the server sends: its CPU, its node and its limit are those of the sender', () => {
  const backwards = reading([flow(0.9 * GBIT, { direction: 'reverse' })], { clientCores: 0.2, serverCores: 0.5 })
  const cpu = { seconds: 10, podWaitSeconds: 4.6, nodeBusy: 0.3 }
  const run = netperfRun({
    tests: [testCase({ direction: 'reverse' })],
    samples: [measured({ sample: 0 }, backwards, { serverCpu: cpu })],
  })
  const [flowRow] = details(run).rows[0]?.flows ?? []
  expect(flowRow?.direction).toBe('reverse')
  expect(flowRow?.pairs[0]).toMatchObject({ senderCores: 0.5, receiverCores: 0.2 })
  expect(flowRow?.verdict).toMatchObject({
    limit: 'sender-cpu',
    text: 'sender CPU (50% of one core, and waited for one 46% of the time)',
    evidence: [
      'sender used 0.5 cores',
      'sender waited for a core 46% of the time',
      "the sender's node was 30% busy",
      'receiver used 0.2 cores',
    ],
  })
  const limited = { ...run, endpointFacts: new Map([['perf-abc123/server-0', { egressLimitBitsPerSecond: GBIT }]]) }
  expect(details(limited).rows[0]?.flows[0]?.verdict.limit).toBe('bandwidth-limit')
})

test('a transaction without load tells what the round trip of a stream should be', () => {
  // 20 of 2.07 million segments, which allow 91.3 Mbit/s in 49 ms.
  const sent = { seconds: 300, sentBitsPerSecond: 80 * MBIT, retransmits: 20 }
  const lossy = flow(80 * MBIT, { ...sent, rtt: { meanSeconds: 0.05 } })
  const stream = reading([lossy], { mssBytes: 1448, clientCongestionControl: 'cubic' })
  const trips = reading([], {
    requests: {
      seconds: 10,
      completed: 200,
      errors: {},
      latency: { count: 200, minSeconds: 0.049, meanSeconds: 0.0495, resolutionSeconds: 1e-6 },
    },
  })
  const run = netperfRun({
    tests: [testCase(), testCase({ engine: 'netperf', mode: 'rr' })],
    samples: [measured({ sample: 0 }, stream), measured({ test: 1, sample: 0 }, trips)],
  })
  const [streamRow, tripRow] = details(run).rows
  expect(streamRow?.flows[0]?.verdict.limit).toBe('loss')
  expect(streamRow?.flows[0]?.verdict.evidence).toContain('round trip under load 50ms, without load 49ms')
  expect(tripRow?.requests?.verdict).toMatchObject({
    limit: 'round-trip',
    text: 'round trip (one connection, 49.5ms each)',
  })
  const alone = netperfRun({ samples: [measured({ sample: 0 }, stream)] })
  expect(details(alone).rows[0]?.flows[0]?.verdict.limit).toBe('network')
  // The way of the other IP family may be another one.
  const [ofOther] = details({
    ...run,
    tests: [testCase(), testCase({ engine: 'netperf', mode: 'rr', ipFamily: 6 })],
  }).rows
  expect(ofOther?.flows[0]?.verdict.limit).toBe('network')
})

test('one connection that keeps a core full, and a rate that was asked for and kept', () => {
  const requests = { seconds: 10, completed: 5000, errors: {} }
  const run = (changes: object, openLoop?: { requestedPerSecond: number; isKept: boolean }) =>
    netperfRun({
      tests: [testCase({ engine: 'fortio', protocol: 'http', ...changes })],
      samples: [
        measured(
          { sample: 0 },
          reading([], {
            requests: { ...requests, ...(openLoop && { openLoop }) },
            serverCores: 0.97,
            clientCores: 0.4,
          }),
        ),
      ],
    })
  const verdict = (of: NetperfRun) => details(of).rows[0]?.requests?.verdict
  expect(verdict(run({ connections: 1 }))).toMatchObject({
    limit: 'receiver-cpu',
    text: 'server CPU (97% of one core)',
    isFloor: true,
  })
  expect(verdict(run({ connections: 8 }))?.text).toBe('round trip (8 connections)')
  const asked = { connections: 8, requestsPerSecond: 500 }
  expect(verdict(run(asked, { requestedPerSecond: 500, isKept: true }))?.text).toBe('offered rate (500/s)')
  expect(verdict(run(asked, { requestedPerSecond: 500, isKept: false }))?.limit).toBe('round-trip')
})
