import { expect, test } from 'vitest'
import type { TestCase } from '../../../../lib/netperf/test-case.ts'
import { leastRate } from '../../../../lib/netperf/traffic/least-rate.ts'
import { testCase } from '../test-case-example.ts'

function least(parts: Partial<TestCase>, durationSeconds = 10) {
  return leastRate(testCase(parts), { durationSeconds, warmupSeconds: 1 })
}

test('a message of 128 KiB on each stream, or of the size that is given', () => {
  expect(least({ bitsPerSecond: 5 })).toEqual({ bitsPerSecond: 104_857.6, messageBytes: 131_072, seconds: 10 })
  expect(least({ bitsPerSecond: 5, streams: 4 })?.bitsPerSecond).toBe(4 * 104_857.6)
  expect(least({ bitsPerSecond: 5, messageBytes: 1000 }, 5)?.bitsPerSecond).toBe(1600)
})

test('datagrams are sent for up to a minute', () => {
  expect(least({ protocol: 'udp', bitsPerSecond: 5 })).toMatchObject({ messageBytes: 1448, seconds: 60 })
  expect(least({ protocol: 'udp', bitsPerSecond: 5, messageBytes: 150 }, 120)?.bitsPerSecond).toBe(10)
})

test('no stream has less than 1 bit/s, and what has no fixed rate has no least one', () => {
  expect(least({ bitsPerSecond: 7, messageBytes: 1, streams: 8 }, 3600)?.bitsPerSecond).toBe(8)
  expect([least({}), least({ protocol: 'udp', bitsPerSecond: 'max' })]).toEqual([undefined, undefined])
})
