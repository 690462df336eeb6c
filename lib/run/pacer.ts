import { setTimeout as sleep } from 'node:timers/promises'

/** How the starts are spread: evenly, or with random gaps of the same mean (exponential or uniform). */
export type Arrival = 'constant' | 'poisson' | 'uniform'

export interface Pace {
  /** Starts per second; 0 is unlimited. */
  perSecond: number
  /** How many may start at once before the rate applies. */
  burst: number
  /** How many may be under way at once. */
  concurrency: number
  arrival: Arrival
}

export interface Pacer {
  /** Starts the work as soon as it is due and there is room for it. Rejects with the failure of earlier work. */
  start(work: () => Promise<void>): Promise<void>
  /** Waits for all that is under way. Rejects with the first failure. */
  drain(): Promise<void>
}

/**
 * Starts work at a pace. What falls behind is made up as fast as the concurrency allows and never left out, so that a
 * slow server does not lower the load that it is measured under. After an abort or a failure nothing more is started.
 * @param random 0 <= value < 1, for the arrivals that are not constant
 */
export function createPacer(pace: Pace, signal: AbortSignal, random: () => number): Pacer {
  const underWay = new Set<Promise<void>>()
  const gaps = gapsOf(pace, random)
  let failure: { error: unknown } | undefined
  let dueMs: number | undefined
  let started = 0

  const throwIfOver = () => {
    if (failure !== undefined) throw failure.error
    signal.throwIfAborted()
  }

  return {
    async start(work) {
      throwIfOver()
      dueMs = dueMs === undefined ? performance.now() : dueMs + (started < pace.burst ? 0 : gaps())
      started += 1
      // Timers fire up to 1 ms late, and the time is made up by the next start: the rate holds, the gaps jitter by 1 ms.
      for (let waitMs = dueMs - performance.now(); waitMs > 0.5; waitMs = dueMs - performance.now()) {
        await sleep(waitMs, undefined, { signal }).catch(() => {})
        throwIfOver()
      }
      while (underWay.size >= pace.concurrency) {
        await Promise.race(underWay)
        throwIfOver()
      }
      const one: Promise<void> = work()
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => underWay.delete(one))
      underWay.add(one)
    },
    async drain() {
      await Promise.all(underWay)
      if (failure !== undefined) throw failure.error
    },
  }
}

/** Milliseconds from one start to the next. */
function gapsOf({ perSecond, arrival }: Pace, random: () => number): () => number {
  if (perSecond === 0) return () => 0
  const meanMs = 1000 / perSecond
  switch (arrival) {
    case 'constant':
      return () => meanMs
    case 'poisson':
      return () => -Math.log(1 - random()) * meanMs
    case 'uniform':
      return () => 2 * random() * meanMs
  }
}

/** The pace of what is not measured: as fast as so many at once can be. */
export function unlimited(concurrency: number): Pace {
  return { perSecond: 0, burst: 1, concurrency, arrival: 'constant' }
}
