/** How an attempt to connect ended: `blocked`, nothing answered within the limit; `refused`, told at once that it cannot be. */
export type AttemptResult = 'open' | 'blocked' | 'refused'

/** An attempt with another result than the one before it; in microseconds since the epoch by its node's clock. */
export interface Change {
  readonly result: AttemptResult
  readonly startMicros: number
  readonly endMicros: number
  /** The last attempt with the result before, and how many had that result in a row; undefined: this attempt was the first. */
  readonly before?: { readonly startMicros: number; readonly endMicros: number; readonly attempts: number }
}

/** One line of the probe script; undefined: it says something else. */
export function parseChange(line: string): Change | undefined {
  const [, result, ...digits] = /^(open|blocked|refused) (\d+) (\d+) (\d+) (\d+) (\d+)$/.exec(line) ?? []
  const [startMicros = 0, endMicros = 0, beforeStart = 0, beforeEnd = 0, attempts = 0] = digits.map(Number)
  if (result === undefined) return undefined
  return {
    result: result as AttemptResult,
    startMicros,
    endMicros,
    ...(attempts === 0 ? {} : { before: { startMicros: beforeStart, endMicros: beforeEnd, attempts } }),
  }
}

/** A clock of another machine, by what it said between two moments of the monotonic clock here. */
export interface ClockReading {
  readonly sentMs: number
  readonly receivedMs: number
  readonly micros: number
}

/** How to read times of that clock here. */
export interface RemoteClock {
  /** The moment of the monotonic clock. */
  readonly toMs: (micros: number) => number
  /** How far off that may be, either way: half the quickest round trip. */
  readonly uncertaintyMs: number
}

/** By the quickest of the readings, as NTP does it (RFC 5905 §8): the answer was given halfway, give or take half the time. */
export function remoteClock(readings: readonly ClockReading[]): RemoteClock {
  const [first, ...others] = readings
  if (first === undefined) throw new RangeError('a clock needs a reading')
  const roundTrip = ({ sentMs, receivedMs }: ClockReading) => receivedMs - sentMs
  const best = others.reduce((quickest, next) => (roundTrip(next) < roundTrip(quickest) ? next : quickest), first)
  const offsetMs = (best.sentMs + best.receivedMs) / 2 - best.micros / 1000
  return { toMs: (micros) => micros / 1000 + offsetMs, uncertaintyMs: roundTrip(best) / 2 }
}

/** A change in this program's time. */
export interface TimedChange {
  readonly result: AttemptResult
  /** Of the first attempt with the result, in ms of the monotonic clock. */
  readonly startMs: number
  readonly endMs: number
  readonly before?: { readonly startMs: number; readonly endMs: number; readonly attempts: number }
}

/** A change with its moments by the monotonic clock here, as the clock of the client's node was last read. */
export function timedChange({ result, startMicros, endMicros, before }: Change, { toMs }: RemoteClock): TimedChange {
  return {
    result,
    startMs: toMs(startMicros),
    endMs: toMs(endMicros),
    ...(before === undefined
      ? {}
      : {
          before: {
            startMs: toMs(before.startMicros),
            endMs: toMs(before.endMicros),
            attempts: before.attempts,
          },
        }),
  }
}
