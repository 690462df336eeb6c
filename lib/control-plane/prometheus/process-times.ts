import type { Labels } from '../../prometheus/exposition/exposition.ts'
import type { SampledSeries } from '../../prometheus/server/result.ts'
import type { ScrapeTarget } from '../../prometheus/server/scrapes.ts'
import { checkWindow, FEWEST_SCRAPES } from '../../prometheus/server/window.ts'

/** One process, and two scrapes of it that a Prometheus has stored. */
export interface StoredProcess {
  /** All labels of its target. */
  readonly target: Labels
  readonly fromMs: number
  readonly toMs: number
  readonly scrapes: number
  /** Why these are not all of the window. */
  readonly partial?: string
}

/** That a target's scrapes give no window. */
export interface Unreadable {
  readonly target: Labels
  readonly reason: string
  readonly advice?: string
}

export type ProcessTimes = StoredProcess | Unreadable

/** So many intervals without a scrape, and a target has gone. */
const MISSED_SCRAPES = 2.5

/**
 * Chooses the two scrapes of a target that a window lies between: its newest, and the last before the window began. Where
 * another process answered there at first, the first scrape of the one that does now. A target behind which several
 * processes answer in turn has none.
 * @param starts the target's `process_start_time_seconds` in the window, and some minutes before
 * @param scraped the same target, as its Prometheus has scraped it
 * @param nowMs by the same clock
 */
export function processTimes(
  { labels, points }: SampledSeries,
  scraped: ScrapeTarget,
  windowMs: number,
  nowMs: number,
): ProcessTimes {
  const { __name__: _, ...target } = labels
  const newest = points.at(-1)
  const { intervalSeconds } = scraped
  if (newest === undefined) return { target, reason: 'its scrapes do not say when its process was started' }
  // A single scrape that failed is no end of it: the window ends with the one before.
  if (nowMs - newest.atMs > (MISSED_SCRAPES * (intervalSeconds ?? 0) + 10) * 1000) {
    return {
      target,
      reason: `it was not scraped at the end of the window: its last scrape is of ${clock(newest.atMs)}`,
    }
  }
  const startMs = newest.atMs - windowMs
  const runs = runsOf(points.filter(({ atMs }, index) => (points[index + 1]?.atMs ?? atMs) > startMs))
  if (new Set(runs.map(({ value }) => value)).size < runs.length) {
    return {
      target,
      reason: 'several API servers answer at this address in turn, and their counters cannot be told apart',
    }
  }
  const own = runs.at(-1)?.timesMs ?? []
  const fromMs = own.findLast((atMs) => atMs <= startMs) ?? own[0] ?? newest.atMs
  const timesMs = own.filter((atMs) => atMs >= fromMs)
  const window = { startMs: Math.min(fromMs, startMs), endMs: newest.atMs }
  const check = checkWindow([scraped], window, 'it')
  if (check.kind === 'no-data') {
    const least = Math.ceil((intervalSeconds ?? 0) * FEWEST_SCRAPES)
    return { target, reason: check.reason, advice: `Look at a longer one: --window ${least}s, or more` }
  }
  if (timesMs.length < FEWEST_SCRAPES) {
    return {
      target,
      reason: `only ${timesMs.length} scrapes of its process are in the window: ${whyPartial(runs, fromMs)}`,
    }
  }
  const isWhole = fromMs <= startMs
  return {
    target,
    fromMs,
    toMs: newest.atMs,
    scrapes: timesMs.length,
    ...(isWhole ? {} : { partial: whyPartial(runs, fromMs) }),
  }
}

interface Run {
  readonly value: number
  readonly timesMs: number[]
}

/** Scrapes one after the other that found the same process. */
function runsOf(points: SampledSeries['points']): Run[] {
  const runs: Run[] = []
  for (const { atMs, value } of points) {
    const last = runs.at(-1)
    if (last?.value === value) last.timesMs.push(atMs)
    else runs.push({ value, timesMs: [atMs] })
  }
  return runs
}

function whyPartial(runs: readonly Run[], fromMs: number): string {
  return runs.length > 1
    ? `it was started anew, and was scraped again from ${clock(fromMs)} on`
    : `it is scraped from ${clock(fromMs)} on`
}

/** `13:05:09 UTC` */
function clock(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`
}
