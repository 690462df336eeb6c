import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How late this process got to what was due, in seconds: what the watch brought waited as long for its time stamp. */
export interface LoopDelay {
  p99: number
  max: number
}

export interface LoopDelayMonitor extends Disposable {
  /** Since the start or the last lap; undefined where that is too short to know. */
  lap(): LoopDelay | undefined
}

/** A timer that comes due this often costs about 0.3 % of one core. */
const INTERVAL_MS = 10

/** Begins to measure how late this process gets to what is due. */
export function monitorLoopDelay(): LoopDelayMonitor {
  const histogram = monitorEventLoopDelay({ resolution: INTERVAL_MS })
  histogram.enable()
  // Node records the time from one tick of the timer to the next, so the interval itself is no delay.
  const seconds = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - INTERVAL_MS / 1000)
  return {
    lap() {
      const delay =
        histogram.count === 0 ? undefined : { p99: seconds(histogram.percentile(99)), max: seconds(histogram.max) }
      histogram.reset()
      return delay
    },
    [Symbol.dispose]() {
      histogram.disable()
    },
  }
}

/** Watch receipts are stamped by the monotonic clock of this process, in whole ms at the coarsest. */
const STAMP_RESOLUTION_SECONDS = 0.001

/** How fine times of the watch are, in seconds: a busy process stamps late what it received. */
export function watchResolution(delay: LoopDelay | undefined): number {
  return Math.max(STAMP_RESOLUTION_SECONDS, delay?.p99 ?? 0)
}
