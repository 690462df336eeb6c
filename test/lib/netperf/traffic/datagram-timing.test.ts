import { expect, test } from 'vitest'
import { datagramTiming } from '../../../../lib/netperf/traffic/datagram-timing.ts'
import { testCase } from '../test-case-example.ts'

const timing = (durationSeconds: number) => ({ durationSeconds, warmupSeconds: 1 })

test.each([
  // 25,000 datagrams and 2 % more of 1448 bytes at 100 Mbit/s take 2.95 s.
  ['a second is too short', 1, { protocol: 'udp' as const }, 100e6, undefined, 3],
  ['ten are enough', 10, { protocol: 'udp' as const }, 100e6, undefined, 10],
  ['large datagrams take longer', 10, { protocol: 'udp' as const }, 100e6, 9000, 19],
  ['small ones shorter', 1, { protocol: 'udp' as const, messageBytes: 64 }, 100e6, 9000, 1],
  ['nobody waits longer than a minute', 10, { protocol: 'udp' as const }, 1e6, undefined, 60],
  ['unless it is asked for', 90, { protocol: 'udp' as const }, 1e6, undefined, 90],
  ['requests are not counted as datagrams', 1, { protocol: 'udp' as const, mode: 'rr' as const }, 100e6, undefined, 1],
  ['TCP has none', 1, {}, 100e6, undefined, 1],
])('%s', (_, seconds, parts, rate, mtu, expected) => {
  expect(datagramTiming(timing(seconds), testCase(parts), rate, mtu)).toEqual(timing(expected))
})
