import type { Timing } from '../engines/engine.ts'
import { messageBytesOf } from '../engines/message-bytes.ts'
import type { TestCase } from '../test-case.ts'
import { datagramTiming } from './datagram-timing.ts'

interface LeastRate {
  /** Of the pair, all its streams together. */
  bitsPerSecond: number
  messageBytes: number
  /** In which each stream sends one message with it. */
  seconds: number
}

/**
 * The lowest rate with which each stream of a test sends one whole message while it is measured: with less the tools wait
 * from the first to the last second, and nothing arrives. iperf3 takes a stream's 0 bit/s for no limit at all, so a stream
 * has no less than one. Undefined: the test has no fixed rate.
 */
export function leastRate(test: TestCase, timing: Timing): LeastRate | undefined {
  const { streams, bitsPerSecond } = test
  if (typeof bitsPerSecond !== 'number') return undefined
  const messageBytes = messageBytesOf(test)
  const seconds = datagramTiming(timing, test, bitsPerSecond, undefined).durationSeconds
  return { bitsPerSecond: Math.max(1, (messageBytes * 8) / seconds) * streams, messageBytes, seconds }
}
