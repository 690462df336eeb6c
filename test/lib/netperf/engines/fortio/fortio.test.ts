import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Pass } from '../../../../../lib/netperf/engines/engine.ts'
import { fortio } from '../../../../../lib/netperf/engines/fortio/fortio.ts'
import type { LatencyReading } from '../../../../../lib/netperf/reading.ts'
import { testCase } from '../../test-case-example.ts'
import { clientRequest, earlierRate, outcomeOf, recorded, recordedNames } from '../recorded.ts'

const target = { address: '10.77.0.2', port: 8080, secondPort: 8081 }

function requestFor(name: string, pass: Pass = name.endsWith('-rate') ? 'rate' : 'latency') {
  const { arguments: given } = recorded(name)
  const protocol = given.includes('-grpc') ? 'grpc' : 'http'
  const durationSeconds = Number.parseFloat(given[given.lastIndexOf('-t') + 1] ?? '')
  return clientRequest({ engine: 'fortio', protocol }, { pass, target, timing: { durationSeconds, warmupSeconds: 0 } })
}
const outcome = (name: string) => outcomeOf(fortio, requestFor(name), recorded(name))
const requests = (name: string) => {
  const read = fortio.read(requestFor(name), recorded(name)).requests
  if (read === undefined) throw new Error(`no requests in ${name}`)
  return read
}

test('the pass that finds the rate', () => {
  expect(fortio.read(requestFor('fortio-1.68.2-http-rate'), recorded('fortio-1.68.2-http-rate'))).toEqual({
    tool: 'fortio 1.68.2',
    flows: [],
    requests: { seconds: 2.000157791, completed: 101745, errors: {} },
  })
})

test('the pass that measures latency', () => {
  const { latency, ...rest } = requests('fortio-1.68.2-http-latency')
  expect(rest).toEqual({
    seconds: 2.007276018,
    completed: 2000,
    errors: {},
    openLoop: { requestedPerSecond: 1000, isKept: true },
  })
  expect(latency).toMatchObject({
    count: 2000,
    minSeconds: 0.000027752,
    meanSeconds: 0.0001105893775,
    maxSeconds: 0.001042214,
  })
  expect(latency?.p50).toBeCloseTo(0.00009766949152542373, 15)
  // p999 lies between 0.9 and 1 ms: the widest of the buckets that are used.
  expect(latency?.resolutionSeconds).toBeCloseTo(0.0001, 12)
})

const measured = recordedNames('fortio').filter((name) => !(outcome(name) instanceof Error))

test.each(measured.filter((name) => !name.endsWith('-rate') && !name.includes('one-bucket')))(
  '%s: quantiles as fortio has computed them itself, where there are requests enough',
  (name) => {
    const printed = JSON.parse(recorded(name).stdout) as {
      DurationHistogram: { Count: number; Percentiles: { Percentile: number; Value: number }[] }
    }
    const { Count, Percentiles } = printed.DurationHistogram
    const { latency } = requests(name)
    for (const [index, key] of (['p50', 'p90', 'p99', 'p999'] as const).entries()) {
      const { Percentile = 0, Value = 0 } = Percentiles[index] ?? {}
      const carries = Count >= Math.round(1 / (1 - Percentile / 100))
      if (carries) expect(latency?.[key]).toBeCloseTo(Value, 12)
      else expect(latency).not.toHaveProperty(key)
    }
    expect(latency?.histogram?.reduce((sum, [, count]) => sum + count, 0)).toBe(Count)
  },
)

test('all in one bucket: nothing between minimum and maximum is known', () => {
  const { latency } = requests('fortio-1.68.2-http-one-bucket')
  expect(latency).toMatchObject({ count: 191, minSeconds: 0.000033429, maxSeconds: 0.031055599 })
  for (const key of ['p50', 'p90', 'p99', 'p999']) expect(latency).not.toHaveProperty(key)
  expect(latency?.resolutionSeconds).toBeCloseTo(0.031055599 - 0.000033429, 12)
})

test('a rate that was not kept is said so', () => {
  expect(requests('fortio-1.68.2-http-not-kept').openLoop).toEqual({ requestedPerSecond: 1_000_000, isKept: false })
  expect(requests('fortio-1.68.2-http-ipv6').openLoop).toEqual({ requestedPerSecond: 500, isKept: false })
})

test('errors by code', () => {
  expect(requests('fortio-1.68.2-http-503-some')).toMatchObject({ completed: 875, errors: { 503: 95 } })
  expect(requests('fortio-1.68.2-grpc-latency')).toMatchObject({ completed: 983, errors: {} })
})

test.each([
  ['http-refused', 'ConnectionRefused', 'dial tcp 10.77.0.2:8080: connect: connection refused'],
  ['grpc-refused', 'ConnectionRefused', 'connection refused'],
  ['http-no-route', 'NoRoute', 'network is unreachable'],
  ['http-timeout', 'ConnectionTimedOut', 'i/o timeout'],
  ['http-name', 'NameNotResolved', 'lookup no-such-host.invalid'],
  ['http-404', 'ToolFailed', 'error 404'],
  ['http-on-grpc', 'ToolFailed', 'error -1'],
  ['http-server-killed', 'ConnectionLost', '1006 of 2000 requests failed with -1'],
  ['grpc-server-killed', 'ConnectionLost', '1018 of 2000 requests failed with ERROR'],
  ['http-sigterm', 'ToolFailed', 'exit code 143'],
  ['http-sigint', 'ShortMeasurement', '1.99 of 6.00 seconds'],
])('%s: %s', (what, code, words) => {
  const fault = outcome(`fortio-1.68.2-${what}`)
  expect(fault).toMatchObject({ code, message: expect.stringContaining(words) as string })
})

test('buckets give what was counted into them: minimum, maximum and every quantile in between', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 2, maxLength: 40 }), (counts) => {
      const data = counts.map((Count, index) => ({ Start: index * 1e-5, End: (index + 1) * 1e-5, Count }))
      const total = counts.reduce((sum, count) => sum + count, 0)
      const max = counts.length * 1e-5
      const stdout = JSON.stringify({
        Version: '1.68.2',
        RequestedQPS: '100',
        ActualDuration: 2e9,
        RetCodes: { 200: total },
        DurationHistogram: { Count: total, Min: 0, Max: max, Avg: max / 2, Data: data },
      })
      const { latency } = fortio.read(requestFor('fortio-1.68.2-http-latency'), { stdout, stderr: '', exitCode: 0 })
        .requests ?? { latency: undefined }
      const values = (['p50', 'p90', 'p99', 'p999'] as const).flatMap((key) => (latency as LatencyReading)[key] ?? [])
      expect(values).toEqual([...values].sort((a, b) => a - b))
      for (const value of values) {
        // As many requests took at most this long as the quantile says, to the bucket.
        expect(value).toBeGreaterThan(0)
        expect(value).toBeLessThanOrEqual(max + 1e-12)
      }
    }),
  )
})

test('what is missing, cut off or not JSON is never read', () => {
  fc.assert(
    fc.property(fc.constantFrom(...measured), fc.double({ min: 0, max: 0.999, noNaN: true }), (name, share) => {
      const output = recorded(name)
      const text = output.stdout.trimEnd()
      const stdout = text.slice(0, Math.floor(text.length * share))
      expect(outcomeOf(fortio, requestFor(name), { ...output, stdout })).toBeInstanceOf(Error)
    }),
  )
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), fc.string(), fc.nat(255), (stdout, stderr, exitCode) => {
      const request = requestFor('fortio-1.68.2-http-latency')
      expect(outcomeOf(fortio, request, { stdout, stderr, exitCode })).toBeInstanceOf(Error)
    }),
  )
})

test('command lines', () => {
  const line = (...[parts, rest]: Parameters<typeof clientRequest>) =>
    fortio.clientCommand(clientRequest({ protocol: 'http', ...parts }, { target, ...rest })).join(' ')
  const start = 'fortio load -json - -loglevel Warning -log-errors=false -t 2s -r 0.00001'
  expect(line({}, { pass: 'rate' })).toBe(`${start} -c 8 -qps 0 -resolve-ip-type ip4 http://10.77.0.2:8080/`)
  // 70 % of 1000 in two seconds.
  expect(line({ connections: 3 }, { pass: 'latency', earlier: earlierRate(1000, 2) })).toBe(
    `${start} -c 3 -qps 350 -uniform -resolve-ip-type ip4 http://10.77.0.2:8080/`,
  )
  const six = { target: { ...target, address: 'fd77::2' }, pass: 'latency' } as const
  expect(line({ protocol: 'grpc', requestsPerSecond: 20, messageBytes: 1000, ipFamily: 6 }, six)).toBe(
    `${start} -c 8 -qps 20 -uniform -payload-size 1000 -resolve-ip-type ip6 -grpc -ping [fd77::2]:8081`,
  )
  // Never 0, which is as fast as it goes.
  expect(line({}, { pass: 'latency', earlier: earlierRate(1, 10) })).toContain('-qps 1 ')
  expect(() => line({}, { pass: 'latency' })).toThrow(RangeError)
  expect(fortio.serverCommand(8080, 4)).toEqual(
    expect.arrayContaining(['-http-port', '8080', '-grpc-port', '8081', '-redirect-port', 'disabled']),
  )
})

test('passes: first what is possible, then latency below it; or latency at the rate that was asked for', () => {
  expect(fortio.passes(testCase({ protocol: 'http' }))).toEqual(['rate', 'latency'])
  expect(fortio.passes(testCase({ protocol: 'http', requestsPerSecond: 10 }))).toEqual(['latency'])
})

test('what it cannot do it refuses', () => {
  expect(fortio.refuses(testCase({ protocol: 'grpc' }))).toBeUndefined()
  expect(fortio.refuses(testCase())).toBe('fortio measures HTTP and gRPC only')
  expect(fortio.refuses(testCase({ protocol: 'http', mssBytes: 1400 }))).toBe('fortio cannot set the segment size')
  expect(fortio.refuses(testCase({ protocol: 'http', direction: 'reverse' }))).toContain('client to server')
  expect(fortio.refuses(testCase({ protocol: 'http', messageBytes: 300_000 }))).toContain('262144')
})
