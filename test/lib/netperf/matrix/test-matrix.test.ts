import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MatrixEngines, type MatrixRequest, testMatrix } from '../../../../lib/netperf/matrix/test-matrix.ts'
import type { EngineName, TestCase } from '../../../../lib/netperf/test-case.ts'
import { testCase } from '../test-case-example.ts'

const ASKED: MatrixRequest = {
  protocols: ['tcp'],
  modes: ['stream'],
  paths: ['pod'],
  placements: ['other-node'],
  direction: 'forward',
  ipFamilies: [4],
  streams: [1],
  mssBytes: [],
  messageBytes: [],
  bitsPerSecond: [],
  connections: [8],
  engines: [],
  hostBaseline: false,
}

/** iperf3 and iperf2 do streams, netperf rr and crr, fortio and siege http, fortio grpc. */
const PROTOCOLS: Readonly<Record<EngineName, (test: TestCase) => boolean>> = {
  iperf3: ({ protocol, mode }) => ['tcp', 'udp'].includes(protocol) && mode === 'stream',
  iperf2: ({ protocol, mode }) => ['tcp', 'udp'].includes(protocol) && mode === 'stream',
  netperf: ({ protocol, mode }) => protocol === 'tcp' && mode !== 'stream',
  fortio: ({ protocol }) => ['http', 'grpc'].includes(protocol),
  siege: ({ protocol }) => protocol === 'http',
}

const ENGINES: MatrixEngines = {
  engines: Object.fromEntries(
    Object.entries(PROTOCOLS).map(([name, can]) => [
      name,
      { refuses: (test: TestCase) => (can(test) ? undefined : `knows no ${test.protocol} ${test.mode}`) },
    ]),
  ) as MatrixEngines['engines'],
  defaultEngine: ({ protocol, mode }) =>
    protocol === 'http' || protocol === 'grpc' ? 'fortio' : mode === 'stream' ? 'iperf3' : 'netperf',
}

const matrix = (request: Partial<MatrixRequest> = {}) => testMatrix({ ...ASKED, ...request }, ENGINES)

const TCP = testCase()

test('what is asked for without any options: one test of tcp', () => {
  expect(matrix()).toEqual([TCP])
})

test('protocols have what belongs to them: a rate for udp, connections for http', () => {
  expect(matrix({ protocols: ['tcp', 'udp', 'http', 'grpc'] })).toEqual([
    TCP,
    { ...TCP, protocol: 'udp', bitsPerSecond: 100e6 },
    { ...TCP, protocol: 'http', engine: 'fortio', connections: 8 },
    { ...TCP, protocol: 'grpc', engine: 'fortio', connections: 8 },
  ])
})

test('paths, placements and families multiply every test, the family fastest', () => {
  const tests = matrix({
    protocols: ['tcp', 'http'],
    paths: ['pod', 'service'],
    placements: ['other-node', 'same-node'],
    ipFamilies: [4, 6],
  })
  expect(
    tests.map(({ protocol, path, placement, ipFamily }) => `${protocol} ${path} ${placement} ${ipFamily}`),
  ).toEqual([
    'tcp pod other-node 4',
    'tcp pod other-node 6',
    'tcp pod same-node 4',
    'tcp pod same-node 6',
    'tcp service other-node 4',
    'tcp service other-node 6',
    'tcp service same-node 4',
    'tcp service same-node 6',
    'http pod other-node 4',
    'http pod other-node 6',
    'http pod same-node 4',
    'http pod same-node 6',
    'http service other-node 4',
    'http service other-node 6',
    'http service same-node 4',
    'http service same-node 6',
  ])
})

test('a list multiplies only the tests that it says something about', () => {
  const tests = matrix({
    protocols: ['tcp', 'udp', 'http'],
    mssBytes: [1460, 8948],
    streams: [1, 4],
    connections: [1, 64],
    bitsPerSecond: ['max'],
  })
  expect(
    tests.map(({ protocol, mssBytes, streams, connections, bitsPerSecond }) =>
      [protocol, mssBytes, streams, connections, bitsPerSecond].join(' '),
    ),
  ).toEqual([
    'tcp 1460 1  ',
    'tcp 8948 1  ',
    'tcp 1460 4  ',
    'tcp 8948 4  ',
    'udp  1  max',
    'udp  4  max',
    'http  1 1 ',
    'http  1 64 ',
  ])
})

test('one request at a time: both modes, with message sizes and nothing that shapes a stream', () => {
  expect(matrix({ modes: ['rr', 'crr'], messageBytes: [1, 1024] })).toEqual(
    (['rr', 'crr'] as const).flatMap((mode) =>
      [1, 1024].map((messageBytes) => ({ ...TCP, engine: 'netperf', mode, messageBytes })),
    ),
  )
})

test('the host baseline: one for all paths of the same kind, and host itself only once', () => {
  const tests = matrix({
    paths: ['pod', 'service', 'host'],
    placements: ['other-node', 'same-node'],
    hostBaseline: true,
  })
  expect(tests.map(({ path, placement, isBaseline }) => `${path} ${placement} ${isBaseline}`)).toEqual([
    'pod other-node false',
    'host other-node true',
    'pod same-node false',
    'host same-node true',
    'service other-node false',
    'service same-node false',
  ])
})

test('each test with every engine that is named and can do it', () => {
  const tests = matrix({ protocols: ['tcp', 'http'], engines: ['iperf3', 'iperf2', 'fortio'] })
  expect(tests.map(({ protocol, engine }) => `${protocol} ${engine}`)).toEqual([
    'tcp iperf3',
    'tcp iperf2',
    'http fortio',
  ])
})

test('a test that no named engine can do is refused by name, with the reasons and what can', () => {
  const refused = () => matrix({ protocols: ['tcp', 'grpc'], engines: ['iperf3', 'siege'], paths: ['service'] })
  expect(refused).toThrow('cannot measure grpc over service: knows no grpc stream')
  expect(refused).toThrow(
    expect.objectContaining({
      name: 'UsageError',
      advice: ['--engine iperf3,siege,fortio'],
    }),
  )
})

test('no two tests are the same, whatever is asked for, and each value is in some test', () => {
  const some = <T>(...values: [T, ...T[]]) => fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 4 })
  const requests = fc.record({
    ...Object.fromEntries(Object.entries(ASKED).map(([key, value]) => [key, fc.constant(value)])),
    protocols: some('tcp', 'udp', 'http'),
    paths: some('pod', 'host', 'service'),
    placements: some('other-node', 'same-node'),
    streams: some(1, 2, 4),
    mssBytes: fc.array(fc.constantFrom(1460, 8948)),
    hostBaseline: fc.boolean(),
  })
  fc.assert(
    fc.property(requests, (partial) => {
      const request = partial as unknown as MatrixRequest
      const tests = testMatrix(request, ENGINES)
      expect(new Set(tests.map((each) => JSON.stringify(each))).size).toBe(tests.length)
      expect(new Set(tests.map(({ protocol }) => protocol))).toEqual(new Set(request.protocols))
      expect(new Set(tests.filter(({ isBaseline }) => !isBaseline).map(({ path }) => path))).toEqual(
        new Set(request.paths.filter((path) => path !== 'host' || !request.hostBaseline)),
      )
      const tcp = tests.filter(({ protocol }) => protocol === 'tcp')
      if (tcp.length > 0 && request.mssBytes.length > 0) {
        expect(new Set(tcp.map(({ mssBytes }) => mssBytes))).toEqual(new Set(request.mssBytes))
      }
    }),
  )
})
