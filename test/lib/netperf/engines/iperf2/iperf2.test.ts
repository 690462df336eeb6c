import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { iperf2 } from '../../../../../lib/netperf/engines/iperf2/iperf2.ts'
import { iperf2Rows } from '../../../../../lib/netperf/engines/iperf2/iperf2-rows.ts'
import { testCase } from '../../test-case-example.ts'
import { clientRequest, outcomeOf, recorded, recordedNames, requestOf } from '../recorded.ts'

const VERSIONS = ['2.1.8', '2.2.1'] as const
const outcome = (name: string) => outcomeOf(iperf2, requestOf(name), recorded(name))
const read = (name: string) => iperf2.read(requestOf(name), recorded(name))

/** Bytes between two seconds, by another way than the engine's: fields of lines. */
function bytesOf(name: string, stream: string, start: string, end: string): number {
  const line = recorded(name)
    .stdout.split('\n')
    .find((text) => text.startsWith(`[${stream}] ${start}-${end} sec`))
  return Number(line?.split(/ +/).at(-1 - (line.split(/ +/).length - 1 - line.split(/ +/).indexOf('Bytes')) - 1))
}

describe.each(VERSIONS)('iperf2 %s', (version) => {
  test('a TCP stream without the row that fills the buffers', () => {
    const name = `iperf2-${version}-tcp`
    const [flow] = read(name).flows
    const bytes = bytesOf(name, '  1', '1.0000', '2.0000') + bytesOf(name, '  1', '2.0000', '3.0000')
    expect(flow).toMatchObject({ direction: 'forward', seconds: 2 })
    expect(flow?.receivedBitsPerSecond).toBeCloseTo((bytes * 8) / 2, 3)
    expect(flow).toHaveProperty('retransmits')
    expect(flow?.rtt?.minSeconds).toBeGreaterThan(0)
    expect(read(name).mssBytes).toBe(1448)
  })

  test('parallel streams are added', () => {
    const name = `iperf2-${version}-tcp-streams`
    const bytes = ['1', '2', '3'].flatMap((stream) => [
      bytesOf(name, `  ${stream}`, '1.0000', '2.0000'),
      bytesOf(name, `  ${stream}`, '2.0000', '3.0000'),
    ])
    const total = bytes.reduce((sum, of) => sum + of, 0)
    expect(read(name).flows[0]?.receivedBitsPerSecond).toBeCloseTo((total * 8) / 2, 2)
  })

  test('in reverse and in both directions, by the asterisk', () => {
    const reverse = `iperf2-${version}-tcp-reverse`
    const bytes = bytesOf(reverse, ' *1', '1.0000', '2.0000') + bytesOf(reverse, ' *1', '2.0000', '3.0000')
    expect(read(reverse).flows).toHaveLength(1)
    expect(read(reverse).flows[0]?.direction).toBe('reverse')
    expect(read(reverse).flows[0]?.receivedBitsPerSecond).toBeCloseTo((bytes * 8) / 2, 3)
    expect(read(reverse).flows[0]).not.toHaveProperty('rtt')
    for (const what of ['tcp-bidir', 'tcp-bidir-streams']) {
      expect(read(`iperf2-${version}-${what}`).flows.map(({ direction }) => direction)).toEqual(['forward', 'reverse'])
    }
  })

  test('a limited rate', () => {
    const [flow] = read(`iperf2-${version}-tcp-rate`).flows
    expect(flow?.receivedBitsPerSecond).toBeGreaterThan(0.95e8)
    expect(flow?.receivedBitsPerSecond).toBeLessThan(1.05e8)
  })

  test('the same in the units that people read', () => {
    const [flow] = read(`iperf2-${version}-tcp-auto-units`).flows
    expect(flow?.receivedBitsPerSecond).toBeGreaterThan(1e8)
  })

  test.each(['udp', 'udp-loss', 'udp-reverse'])('%s: as the receiver saw it', (what) => {
    const name = `iperf2-${version}-${what}`
    const [flow] = read(name).flows
    const [, lost, sent] = [...recorded(name).stdout.matchAll(/ ms +(\d+)\/(\d+) \(/g)].at(-1) ?? []
    expect(flow?.datagrams).toMatchObject({ lost: Number(lost), sent: Number(sent) })
    const bits = (Number(sent) - Number(lost)) * 1352 * 8
    expect((flow?.receivedBitsPerSecond ?? 0) * (flow?.seconds ?? 0)).toBeCloseTo(bits, 3)
    if (what === 'udp-loss') expect(Number(lost) / Number(sent)).toBeGreaterThan(0.03)
  })

  test('how long datagrams were under way, where the output tells it', () => {
    const name = `iperf2-${version}-udp-reverse`
    const [, mean, min, max] =
      [...recorded(name).stdout.matchAll(/\) ([\d.]+)\/([\d.]+)\/([\d.]+)\/[\d.]+ ms /g)].at(-1) ?? []
    expect(read(name).flows[0]?.datagrams?.oneWayLatency).toEqual({
      minSeconds: Number(min) / 1000,
      meanSeconds: Number(mean) / 1000,
      maxSeconds: Number(max) / 1000,
    })
    expect(read(`iperf2-${version}-udp`).flows[0]?.datagrams).not.toHaveProperty('oneWayLatency')
  })

  test('bounce-back: transactions and their latency, without quantiles that lie in its first bin', () => {
    const name = `iperf2-${version}-rr`
    const [, cnt, avg, min, max] = / (\d+)=([\d.]+)\/([\d.]+)\/([\d.]+)\/[\d.]+ ms /.exec(recorded(name).stdout) ?? []
    const { requests } = read(name)
    expect(requests).toMatchObject({
      completed: Number(cnt),
      errors: {},
      latency: {
        count: Number(cnt),
        meanSeconds: Number(avg) / 1000,
        minSeconds: Number(min) / 1000,
        maxSeconds: Number(max) / 1000,
        resolutionSeconds: 1e-4,
      },
    })
    expect(requests?.latency).not.toHaveProperty('p50')
    expect(requests?.latency).not.toHaveProperty('histogram')
  })

  test.each([
    ['tcp-refused', 'ConnectionRefused'],
    ['rr-refused', 'ConnectionRefused'],
    ['udp-refused', 'ConnectionRefused'],
    ['no-route', 'NoRoute'],
    ['name', 'NameNotResolved'],
    ['option', 'ToolFailed'],
    ['tcp-nothing', 'NothingReceived'],
  ])('%s: %s', (what, code) => {
    expect(outcome(`iperf2-${version}-${what}`)).toMatchObject({ code })
  })

  test.each(['udp-nothing', 'sigterm', 'server-killed', 'rr-server-killed', 'udp-server-killed'])(
    '%s is no figure',
    (what) => {
      expect(outcome(`iperf2-${version}-${what}`)).toBeInstanceOf(Error)
    },
  )
})

test('quantiles beyond the first bin are within theirs', () => {
  const bins = '1:40,2:30,3:20,10:10'
  const stdout = [
    '[  1] 0.0000-2.0000 sec  1 KBytes  16.0 Kbits/sec    100=0.160/0.016/1.000/0.440 ms    0   28K/18 us    6234 rps',
    `[  1] 0.0000-2.0000 sec BB8(f)-PDF: bin(w=100us):cnt(100)=${bins} (5.00/95.00/99.7%=1/15/15,Outliers=1,obl/obu=0/0)`,
  ].join('\n')
  const { requests } = iperf2.read(clientRequest({ mode: 'rr' }), { stdout, stderr: '', exitCode: 0 })
  expect(requests?.latency?.p50).toBeCloseTo(0.0001 + 0.0001 / 3, 9)
  expect(requests?.latency?.p90).toBeCloseTo(0.0003, 9)
  expect(requests?.latency?.p99).toBeCloseTo(0.0009 + 0.00009, 9)
  expect(requests?.latency).not.toHaveProperty('p999')
})

test('units: 1024 to the K of bytes', () => {
  const row = (amount: string) => iperf2Rows(`[  1] 0.0000-1.0000 sec  ${amount}  8.00 Mbits/sec`)[0]?.bytes
  expect(row('123456 Bytes')).toBe(123456)
  expect(row('1.50 KBytes')).toBe(1536)
  expect(row('37.5 MBytes')).toBe(37.5 * 2 ** 20)
  expect(row('2.00 GBytes')).toBe(2 ** 31)
})

test('what is missing, cut off or garbage is never read', () => {
  const names = recordedNames('iperf2').filter((name) => recorded(name).stdout !== '')
  fc.assert(
    // The last line says nothing new of a stream; before it nothing may be missing.
    fc.property(fc.constantFrom(...names), fc.double({ min: 0, max: 0.6, noNaN: true }), (name, share) => {
      const output = recorded(name)
      const stdout = output.stdout.slice(0, Math.floor(output.stdout.length * share))
      expect(outcomeOf(iperf2, requestOf(name), { ...output, stdout })).toBeInstanceOf(Error)
    }),
  )
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(255), (stdout, stderr, exitCode) => {
      expect(outcomeOf(iperf2, clientRequest(), { stdout, stderr, exitCode })).toBeInstanceOf(Error)
    }),
  )
})

test('command lines and refusals', () => {
  const line = (...of: Parameters<typeof clientRequest>) => iperf2.clientCommand(clientRequest(...of)).join(' ')
  const start = 'iperf -c 10.77.0.2 -p 5201 -e -f b'
  expect(line()).toBe(`${start} -i 1 -t 3`)
  expect(line({ streams: 2, direction: 'bidirectional', bitsPerSecond: 1e9, mssBytes: 1400, ipFamily: 6 })).toBe(
    `${start} -V -i 1 -t 3 -b 500000000 -P 2 --full-duplex -M 1400`,
  )
  expect(line({ protocol: 'udp', bitsPerSecond: 1e8, direction: 'reverse' })).toBe(
    `${start} -i 1 -t 2 -u -w 425984 -b 100000000 -R -l 1352`,
  )
  expect(line({ mode: 'rr', messageBytes: 64 })).toBe(`${start} --bounceback --bounceback-period 0 -l 64 -t 2`)
  expect(iperf2.serverCommand(5001, 4)).toEqual([
    'sh',
    '-c',
    'iperf -s -p 5001 -u -e -w 425984 & exec iperf -s -p 5001',
  ])
  expect(iperf2.isServerShared).toBe(true)
  expect(iperf2.refuses(testCase({ mode: 'rr' }))).toBeUndefined()
  expect(iperf2.refuses(testCase({ mode: 'crr' }))).toContain('no crr')
  expect(iperf2.refuses(testCase({ protocol: 'udp', streams: 2 }))).toContain('parallel UDP')
  expect(iperf2.refuses(testCase({ protocol: 'udp', direction: 'bidirectional' }))).toContain('both directions')
  expect(iperf2.refuses(testCase({ protocol: 'grpc' }))).toBe('iperf2 measures TCP and UDP only')
})
