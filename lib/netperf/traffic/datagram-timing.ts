import type { Timing } from '../engines/engine.ts'
import { messageBytesOf } from '../engines/message-bytes.ts'
import type { TestCase } from '../test-case.ts'

/** Fewer say nothing of a loss as small as one in a thousand. */
export const FEWEST_DATAGRAMS = 25_000
/** Longer nobody waits: then there are fewer, and the loss is not given as a figure. */
const LONGEST_SECONDS = 60

/**
 * The timing of a test, made longer where its rate does not give enough datagrams for a loss figure. The rate is left as
 * it is: it is what people ask about.
 * @param mtuBytes of the clients' interface, where it is known
 */
export function datagramTiming(
  timing: Timing,
  test: Pick<TestCase, 'protocol' | 'mode' | 'messageBytes'>,
  bitsPerSecond: number | undefined,
  mtuBytes: number | undefined,
): Timing {
  const { protocol, mode, messageBytes } = test
  if (protocol !== 'udp' || mode !== 'stream' || bitsPerSecond === undefined) return timing
  const bytes = messageBytes ?? (mtuBytes === undefined ? messageBytesOf(test) : mtuBytes - 52)
  const needed = Math.ceil((FEWEST_DATAGRAMS * bytes * 8 * 1.02) / bitsPerSecond)
  return { ...timing, durationSeconds: Math.max(timing.durationSeconds, Math.min(needed, LONGEST_SECONDS)) }
}
