import { UsageError } from '../../lib/errors/perf-error.ts'
import type { NetperfPlan } from '../../lib/netperf/netperf-plan.ts'
import { leastRate } from '../../lib/netperf/traffic/least-rate.ts'
import { counted } from '../../lib/record/counted.ts'
import { formatDuration } from '../../lib/record/duration.ts'
import { scale } from '../../lib/report/scale.ts'
import { parseBitRate } from './option-syntax.ts'

/**
 * A rate with which nothing would be sent is a slip, most often a forgotten suffix.
 * @param given as --bandwidth has them
 * @throws UsageError naming the rate, what it is too low for, and what was likely meant
 */
export function checkRates({ tests, timing }: Pick<NetperfPlan, 'tests' | 'timing'>, given: readonly string[]): void {
  for (const test of tests) {
    const least = leastRate(test, timing)
    const { bitsPerSecond: rate, protocol, streams } = test
    if (least === undefined || typeof rate !== 'number' || rate >= least.bitsPerSecond) continue
    const text = given.find((candidate) => parseBitRate(candidate) === rate) ?? String(rate)
    const message = `one message of ${protocol} (${counted(least.messageBytes, 'byte')}) in ${formatDuration(least.seconds * 1000)}`
    const each = streams === 1 ? '' : ` on each of ${streams} streams`
    throw new UsageError(`--bandwidth ${text} is ${rate} bit/s, which is too little for ${message}${each}`, {
      advice: [
        `${likelyMeaning(text, least.bitsPerSecond)}it takes ${scale(roundedUp(least.bitsPerSecond), 'bit/s')} at least`,
      ],
    })
  }
}

/** Megabits, where there is no prefix. */
function likelyMeaning(text: string, leastBitsPerSecond: number): string {
  const [number] = /^[\d.]+(?![\d.kKMGT])/.exec(text) ?? []
  const megabits = number === undefined ? undefined : parseBitRate(`${number}M`)
  return typeof megabits === 'number' && megabits >= leastBitsPerSecond ? `did you mean ${number}M? If not, ` : ''
}

/** To three digits, so that what is named is enough. */
function roundedUp(value: number): number {
  const step = 10 ** (Math.floor(Math.log10(value)) - 2)
  return value < 100 ? Math.ceil(value) : Math.ceil(value / step) * step
}
