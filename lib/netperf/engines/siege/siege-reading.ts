import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { parseJson } from '../../../record/json.ts'
import type { Reading } from '../../reading.ts'
import { checkInterval } from '../check-interval.ts'
import type { ClientRequest, ToolOutput } from '../engine.ts'
import { checkStarted, toolFault, unreadable } from '../tool-fault.ts'

const tool = 'siege'
/** It prints seconds with two decimals. */
const resolutionSeconds = 0.01

const SiegeOutputSchema = Type.Object({
  /** All that were answered, whatever the answer. */
  transactions: Type.Integer(),
  /** In seconds. */
  elapsed_time: Type.Number(),
  /** How many were under way at a time. */
  concurrency: Type.Number(),
  /** Answered with a status below 400. */
  successful_transactions: Type.Integer(),
  /** Not answered. */
  failed_transactions: Type.Integer(),
  /** In seconds. */
  longest_transaction: Type.Number(),
})

/**
 * Reads the JSON of `siege -j`, before which it may print about its settings. It ends with exit code 0 whatever happened
 * and calls a server available that knows none of its pages: only what was answered well is counted.
 *
 * @throws MeasurementFault
 */
export function readSiege({ target, timing }: ClientRequest, output: ToolOutput): Reading {
  checkStarted(tool, output)
  const printed = parseJson(output.stdout.slice(Math.max(0, output.stdout.indexOf('{'))))
  if (!Value.Check(SiegeOutputSchema, printed)) throw unreadable(tool, output, target)
  const { transactions, successful_transactions: completed, failed_transactions: failed } = printed
  const refused = transactions - completed
  if (completed < failed + refused) {
    const said = /(?:error|ERROR).*?(?:\u001b\[0m)?\] *(.+)/.exec(output.stderr)?.[1]
    const counts = `${failed} requests failed, and ${refused} were answered with an error`
    throw toolFault(tool, said === undefined ? counts : `${counts}: ${said}`, target)
  }
  if (output.exitCode !== 0) throw unreadable(tool, output, target)
  const seconds = printed.elapsed_time
  checkInterval(tool, seconds, Math.ceil(timing.durationSeconds), completed)
  return {
    tool,
    flows: [],
    requests: {
      seconds,
      completed,
      errors: { ...(failed > 0 ? { failed } : {}), ...(refused > 0 ? { refused } : {}) },
      latency: {
        count: transactions,
        // By Little's law, which is finer than its own mean of two decimals.
        meanSeconds: (printed.concurrency * seconds) / transactions,
        maxSeconds: printed.longest_transaction,
        resolutionSeconds,
      },
    },
  }
}
