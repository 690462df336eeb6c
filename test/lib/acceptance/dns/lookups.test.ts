import { expect, test } from 'vitest'
import { lookupMetrics, parseLookups } from '../../../../lib/acceptance/dns/lookups.ts'

const stdout = `short 1785 0
absolute 394 0
overhead 25 0
short 772 0
absolute 367 0
external 1998 1
overhead 13 0
external 1570 1
`
const stderr = `environment: line 7: example.com: Temporary failure in name resolution
environment: line 7: /dev/udp/example.com/9: Invalid argument
environment: line 7: example.com: Temporary failure in name resolution
`

test('latencies are of what succeeded, and faults are told once', () => {
  const lookups = parseLookups(stdout, stderr)
  expect(lookups).toEqual({
    seconds: new Map([
      ['short', [0.001785, 0.000772]],
      ['absolute', [0.000394, 0.000367]],
    ]),
    failures: new Map([['external', 2]]),
    overheadSeconds: [0.000025, 0.000013],
    faults: ['example.com: Temporary failure in name resolution'],
  })
  expect(
    lookupMetrics('node-a', lookups).map(({ name, labels, samples, statistics }) => [
      name,
      labels.name,
      samples ?? statistics.value,
    ]),
  ).toEqual([
    ['dns_lookup_latency', 'short', [0.001785, 0.000772]],
    ['dns_lookup_errors', 'short', 0],
    ['dns_lookup_latency', 'absolute', [0.000394, 0.000367]],
    ['dns_lookup_errors', 'absolute', 0],
    // No latency: nothing was found out of it, which is not 0.
    ['dns_lookup_errors', 'external', 1],
  ])
})

test('a share of failures is of all look-ups of that name', () => {
  const metrics = lookupMetrics('n', parseLookups('short 5 0\nshort 5 1\nshort 5 0\nshort 5 0\n', ''))
  expect(metrics.map(({ statistics }) => statistics.value ?? statistics.count)).toEqual([3, 0.25])
})

test('no output is no look-ups', () => {
  expect(lookupMetrics('n', parseLookups('', ''))).toEqual([])
})
