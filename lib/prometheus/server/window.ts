import type { ScrapeTarget, Window } from './scrapes.ts'

/** Of a window, both ends among them: fewer show nothing of how something changed. */
export const FEWEST_SCRAPES = 4
/** More points than this are no use on a page. */
const MOST_STEPS = 240

/** How a window is to be read. */
export interface WindowReading {
  /** How often its targets are scraped, or measure: the slowest of them. */
  intervalSeconds: number
  /** Between two points of a series. */
  stepSeconds: number
  /** Over which a `rate()` looks back from each point. */
  rangeSeconds: number
  targets: number
  /** Those whose last scrape failed. */
  down: readonly ScrapeTarget[]
}

export type WindowCheck =
  | { readonly kind: 'readable'; readonly reading: WindowReading }
  /** A reason that goes on from "no data: ". */
  | { readonly kind: 'no-data'; readonly reason: string }

/**
 * Whether a window is long enough for its targets' scrapes to show something, and with what steps.
 * @param what the metric is called in the reason
 * @param measuresEverySeconds of a source that is scraped more often than it measures: what counts then
 */
export function checkWindow(
  targets: readonly ScrapeTarget[],
  { startMs, endMs }: Window,
  what: string,
  measuresEverySeconds = 0,
): WindowCheck {
  if (targets.length === 0) return { kind: 'no-data', reason: `it scrapes nothing that has ${what}` }
  const windowSeconds = (endMs - startMs) / 1000
  const intervals = targets.map(({ intervalSeconds }) => intervalSeconds).filter((value) => value !== undefined)
  const intervalSeconds = intervals.length === 0 ? undefined : Math.max(measuresEverySeconds, ...intervals)
  if (intervalSeconds === undefined) {
    return { kind: 'no-data', reason: `it has scraped what has ${what} only once` }
  }
  if (windowSeconds < FEWEST_SCRAPES * intervalSeconds) {
    const reason = `the window of ${round(windowSeconds)} s is shorter than ${FEWEST_SCRAPES} ${measuresEverySeconds > 0 ? 'measurements' : 'scrapes'}, which are ${round(intervalSeconds)} s apart`
    return { kind: 'no-data', reason }
  }
  const scraped = targets.filter(
    ({ timesMs }) => timesMs.filter((time) => time >= startMs && time <= endMs).length >= FEWEST_SCRAPES - 1,
  )
  if (scraped.length === 0) return { kind: 'no-data', reason: `it has not scraped what has ${what} in that time` }
  const stepSeconds = stepFor(windowSeconds, intervalSeconds)
  return {
    kind: 'readable',
    reading: {
      intervalSeconds,
      stepSeconds,
      // Two scrapes fall into it wherever it begins; where one of them is missing there is no rate, rather than a wrong one.
      rangeSeconds: Math.ceil(stepSeconds + intervalSeconds),
      targets: targets.length,
      down: targets.filter(({ isUp }) => !isUp),
    },
  }
}

/** A whole multiple of the scrape interval, so that every point has the same number of scrapes behind it. */
function stepFor(windowSeconds: number, intervalSeconds: number): number {
  const scrapesPerStep = Math.max(1, Math.ceil(windowSeconds / MOST_STEPS / intervalSeconds))
  return Number((scrapesPerStep * intervalSeconds).toFixed(3))
}

function round(seconds: number): string {
  return String(Number(seconds.toFixed(1)))
}
