import { times } from '../record/counted.ts'
import { formatDuration } from '../record/duration.ts'
import type { Finding } from '../record/run-record.ts'

/** How often it is looked whether the program runs. */
const INTERVAL_MS = 500
/** A busy machine lets a program wait for less than this. */
const LIMIT_MS = 2000

export interface LostTimeWatch extends Disposable {
  /** What has to be said of the time since the start, as findings; empty where none was lost. */
  findings(): Finding[]
}

/** Both in ms: `monotonicMs` never jumps, `wallMs` does when the clock of the machine is set. */
interface Clocks {
  readonly monotonicMs: () => number
  readonly wallMs: () => number
}

/**
 * Notices when this program does not run though it is to, such as after Ctrl-Z, and when the clock of the machine jumps:
 * what was timed meanwhile is wrong, and nothing else in the figures shows it.
 */
export function watchForLostTime(
  { monotonicMs, wallMs }: Clocks = { monotonicMs: () => performance.now(), wallMs: () => Date.now() },
  intervalMs = INTERVAL_MS,
): LostTimeWatch {
  const still: number[] = []
  const jumps: number[] = []
  let last = { monotonic: monotonicMs(), wall: wallMs() }
  const look = () => {
    const now = { monotonic: monotonicMs(), wall: wallMs() }
    const elapsed = now.monotonic - last.monotonic
    const jump = now.wall - last.wall - elapsed
    if (elapsed - intervalMs >= LIMIT_MS) still.push(elapsed - intervalMs)
    if (Math.abs(jump) >= LIMIT_MS) jumps.push(jump)
    last = now
  }
  const timer = setInterval(look, intervalMs).unref()
  return {
    findings() {
      // The end may come before the timer.
      look()
      return [...stoodStill(still), ...clockJumped(jumps)]
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}

function stoodStill(still: readonly number[]): Finding[] {
  if (still.length === 0) return []
  return [
    {
      severity: 'warning',
      code: 'ProgramStoodStill',
      message: `this program stood still ${times(still.length)}, for ${most(still)} (suspended, its terminal held, or no CPU for it): what it timed then contains that, and what it was late with came in a burst`,
      advice: 'measure again, without Ctrl-Z and Ctrl-S',
    },
  ]
}

function clockJumped(jumps: readonly number[]): Finding[] {
  if (jumps.length === 0) return []
  return [
    {
      severity: 'warning',
      code: 'ClockJumped',
      message: `the clock of this machine jumped ${times(jumps.length)}, by ${most(jumps)} (it was set, or the machine slept): what was timed while it slept lacks that, and times of day before and after do not fit together`,
      advice: 'measure again',
    },
  ]
}

/** The one that is farthest from 0, in ms, without the digits that say nothing. */
function most(durations: readonly number[]): string {
  const farthest = durations.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a))
  return `${durations.length === 1 ? '' : 'up to '}${formatDuration(Math.round(farthest / 100) * 100)}`
}
