import { pause } from '../../kube/pause.ts'
import type { TimedChange } from '../probe/attempts.ts'
import type { Prober } from '../probe/open-prober.ts'

/** So long no connection may come about until it counts as denied: one that fails alone is the network's doing. */
const SUSTAINED_MS = 500

/** When a change of policies had its effect for one client. */
export interface Effect {
  readonly atMs: number
  /** Between the last attempt that went as before and the first that did not. */
  readonly resolutionSeconds: number
}

/**
 * Waits until no connection comes about any more: the begin of the first attempt that failed after the last that did not.
 * @returns undefined where the limit was over before
 */
export function untilDenied(prober: Prober, sinceMs: number, limit: AbortSignal): Promise<Effect | undefined> {
  return unlessLate(limit, async () => {
    while (true) {
      const closed = await prober.until((changes) => closedSince(changes, sinceMs), limit)
      await pause(SUSTAINED_MS, limit)
      if (prober.changes.at(-1) !== closed) continue
      const previousMs = closed.before?.startMs ?? sinceMs
      return effectOf(closed.startMs, previousMs, prober)
    }
  })
}

function closedSince(changes: readonly TimedChange[], sinceMs: number): TimedChange | undefined {
  const last = changes.at(-1)
  // What had closed before was not this change's doing.
  return last !== undefined && last.result !== 'open' && last.startMs >= sinceMs ? last : undefined
}

/**
 * Waits for the first connection: its end.
 * @returns undefined where the limit was over before
 */
export function untilAllowed(prober: Prober, sinceMs: number, limit: AbortSignal): Promise<Effect | undefined> {
  return unlessLate(limit, async () => {
    const open = await prober.until(
      (changes) => changes.find(({ result, endMs }) => result === 'open' && endMs >= sinceMs),
      limit,
    )
    return effectOf(open.endMs, open.before?.startMs ?? sinceMs, prober)
  })
}

function effectOf(atMs: number, previousMs: number, prober: Prober): Effect {
  return { atMs, resolutionSeconds: (atMs - previousMs + prober.clockUncertaintyMs()) / 1000 }
}

async function unlessLate<T>(limit: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (!limit.aborted) throw error
    return undefined
  }
}
