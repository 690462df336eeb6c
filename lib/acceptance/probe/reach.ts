import type { TimedChange } from './attempts.ts'
import type { Prober } from './open-prober.ts'

/** The first connection that came about. */
export interface Reached {
  /** Its end, in ms of the monotonic clock. */
  readonly atMs: number
  /** How long before it may have been possible already: since the begin of the attempt before. */
  readonly resolutionSeconds: number
  /** Nothing had failed before: it may have been possible at any time since the Service was made. */
  readonly isFirstAttempt: boolean
}

/**
 * Connects until it works.
 * @returns undefined where the limit was over before
 */
export async function reach(
  prober: Prober,
  { host, port }: { host: string; port: number },
  limit: AbortSignal,
): Promise<Reached | undefined> {
  prober.watch(host, port)
  try {
    const change = await prober.until((changes) => changes.find(({ result }) => result === 'open'), limit)
    return reachedBy(change, prober.clockUncertaintyMs())
  } catch (error) {
    if (!limit.aborted) throw error
    return undefined
  }
}

/** @param uncertaintyMs how far off the times of the change are, either way */
export function reachedBy({ startMs, endMs, before }: TimedChange, uncertaintyMs: number): Reached {
  const since = before?.startMs ?? startMs
  return {
    atMs: endMs,
    resolutionSeconds: (endMs - since + uncertaintyMs) / 1000,
    isFirstAttempt: before === undefined,
  }
}
