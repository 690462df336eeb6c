import fc from 'fast-check'
import { expect, test } from 'vitest'
import { netperf } from '../../../../../lib/netperf/engines/netperf/netperf.ts'
import { testCase } from '../../test-case-example.ts'
import { clientRequest, outcomeOf } from '../recorded.ts'

// Written after netperf's documentation and rows that others have published: the tool is not in Debian, so none of
// these outputs was recorded.
const banner =
  'MIGRATED TCP STREAM TEST from 0.0.0.0 (0.0.0.0) port 0 AF_INET to 10.77.0.2 () port 5202 AF_INET : demo\n'
const rrHeadings =
  'Throughput,Throughput Units,Elapsed Time (sec),Minimum Latency Microseconds,Mean Latency Microseconds,50th Percentile Latency Microseconds,90th Percentile Latency Microseconds,99th Percentile Latency Microseconds,Maximum Latency Microseconds\n'
const streamHeadings =
  'Throughput,Throughput Units,Elapsed Time (sec),Local Transport Retransmissions,Remote Transport Retransmissions,Transport MSS bytes,Local Congestion Control Algorithm,Remote Congestion Control Algorithm\n'
const rr = { stdout: `${banner}${rrHeadings}22161.09,Trans/s,10.00,10,44.99,13,21,97,53842\n`, stderr: '', exitCode: 0 }
const stream = {
  stdout: `${banner}${streamHeadings}8191.78,10^6bits/s,10.01,42,-1,1448,cubic,bbr\n`,
  stderr: '',
  exitCode: 0,
}
const timing = { durationSeconds: 10, warmupSeconds: 0 }

test('transactions', () => {
  expect(netperf.read(clientRequest({ mode: 'rr' }, { timing }), rr)).toEqual({
    tool: 'netperf',
    flows: [],
    requests: {
      seconds: 10,
      completed: 221611,
      errors: {},
      latency: {
        count: 221611,
        minSeconds: 10e-6,
        meanSeconds: 44.99e-6,
        p50: 13e-6,
        p90: 21e-6,
        p99: 97e-6,
        maxSeconds: 53842e-6,
        resolutionSeconds: 1e-6,
      },
    },
  })
})

test('a stream, in both directions: the sender knows what was sent again', () => {
  expect(netperf.read(clientRequest({}, { timing }), stream)).toEqual({
    tool: 'netperf',
    flows: [{ direction: 'forward', seconds: 10.01, receivedBitsPerSecond: 8191.78e6, retransmits: 42 }],
    mssBytes: 1448,
    clientCongestionControl: 'cubic',
    serverCongestionControl: 'bbr',
  })
  // -1: not known.
  expect(netperf.read(clientRequest({ direction: 'reverse' }, { timing }), stream).flows).toEqual([
    { direction: 'reverse', seconds: 10.01, receivedBitsPerSecond: 8191.78e6 },
  ])
})

test.each([
  [
    'no server',
    {
      stdout: '',
      stderr: 'establish control: are you sure there is a netserver listening on 10.77.0.2 at port 5201?\n',
      exitCode: 255,
    },
    'ConnectionRefused',
  ],
  ['no tool', { stdout: '', stderr: 'sh: 1: netperf: not found', exitCode: 127 }, 'ToolMissing'],
  ['no words', { stdout: '', stderr: '', exitCode: 255 }, 'ToolFailed'],
  ['nothing received', { ...stream, stdout: stream.stdout.replace('8191.78', '0.00') }, 'NothingReceived'],
  ['too short', { ...stream, stdout: stream.stdout.replace('10.01', '5.00') }, 'ShortMeasurement'],
  ['another unit', { ...stream, stdout: stream.stdout.replace('10^6', '10^9') }, 'UnknownOutput'],
  ['headings only', { ...stream, stdout: banner + streamHeadings }, 'UnknownOutput'],
])('%s is no figure', (_, output, code) => {
  expect(outcomeOf(netperf, clientRequest({}, { timing }), output)).toMatchObject({ code })
})

test('garbage is never read', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.string(),
      fc.nat(255),
      fc.constantFrom('stream', 'rr'),
      (stdout, stderr, exitCode, mode) => {
        expect(outcomeOf(netperf, clientRequest({ mode }), { stdout, stderr, exitCode })).toBeInstanceOf(Error)
      },
    ),
  )
})

test('command lines and refusals', () => {
  const line = (...of: Parameters<typeof clientRequest>) => netperf.clientCommand(clientRequest(...of)).join(' ')
  const start = 'netperf -H 10.77.0.2 -p 5201 -4 -l 60'
  const minute = { timing: { durationSeconds: 60, warmupSeconds: 1 } }
  expect(line({ mode: 'crr', messageBytes: 64 }, minute)).toContain(
    `${start} -t TCP_CRR -- -P 0,5202 -r 64,64 -o THROUGHPUT,`,
  )
  expect(line({ direction: 'reverse', mssBytes: 1400 }, minute)).toContain(
    `${start} -t TCP_MAERTS -- -P 0,5202 -G 1400 -o `,
  )
  expect(line({ protocol: 'udp', mode: 'rr' }, minute)).toContain('-t UDP_RR')
  expect(netperf.serverCommand(5201, 4).join(' ')).toBe('netserver -D -p 5201 -4')
  expect(netperf.refuses(testCase({ mode: 'crr' }))).toBeUndefined()
  expect(netperf.refuses(testCase({ path: 'nodeport', mode: 'rr' }))).toContain('node port')
  expect(netperf.refuses(testCase({ protocol: 'udp', bitsPerSecond: 1e6 }))).toContain('UDP')
  expect(netperf.refuses(testCase({ streams: 2 }))).toBe('netperf has one stream for each process')
  expect(netperf.refuses(testCase({ direction: 'bidirectional' }))).toContain('one direction')
})
