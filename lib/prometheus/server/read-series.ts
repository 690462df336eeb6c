import { isApiError } from '../../kube/api-error.ts'
import { pause } from '../../kube/pause.ts'
import { type Finding, MOST_SERIES_POINTS, type Series, type Unit } from '../../record/run-record.ts'
import type { Labels } from '../exposition/exposition.ts'
import type { Prometheus } from './prometheus.ts'
import { isPrometheusError } from './prometheus-error.ts'
import type { SampledSeries } from './result.ts'
import { readScrapes, type ScrapeTarget, type Window } from './scrapes.ts'
import { seriesFindings } from './series-findings.ts'
import { checkWindow, type WindowReading } from './window.ts'

/** Something to know how it changed during a run. */
export interface SeriesQuery {
  /** As records call it. */
  metric: string
  unit: Unit
  /** That the expression does not give, such as the quantile. */
  labels?: Readonly<Record<string, string>>
  /** Where it comes from, the best first: the first that is scraped counts. */
  sources: readonly SeriesSource[]
  /** Keep only so many: those with the highest values. */
  top?: number
  /** Leave out those that were 0 throughout. */
  skipIdle?: boolean
}

export interface SeriesSource {
  /** The metric that must be scraped for it. */
  metric: string
  /** How often it measures, where that is more seldom than it may be scraped. */
  measuresEverySeconds?: number
  /** @param range the time over which a rate looks back, `[60s]` */
  expression: (range: string) => string
}

export interface ReadSeries {
  series: Series[]
  findings: Finding[]
}

export interface ReadSeriesOptions {
  /** Date.now() of what the points' seconds count from. */
  zeroMs: number
  signal: AbortSignal
  /** Told while the last scrape has to be waited for, and how long that may take. */
  onWait?: (seconds: number) => void
}

/** A target that is late by more than this is not waited for. */
const LATE_SECONDS = 5

/**
 * Reads how things changed in a window that has just ended, once its last moments have been scraped. What cannot be read is
 * named in a finding with its reason, and is never 0.
 * @throws the signal's reason
 */
export async function readSeries(
  prometheus: Prometheus,
  queries: readonly SeriesQuery[],
  window: Window,
  options: ReadSeriesOptions,
): Promise<ReadSeries> {
  const series: Series[] = []
  const missing = new Map<string, string[]>()
  const dropped: string[] = []
  const intervals = new Set<number>()
  const scrapesOf = remember((metric: string) => settledScrapes(prometheus, metric, window, options))
  for (const query of queries) {
    const outcome = await readOne(prometheus, query, window, options.zeroMs, scrapesOf, options.signal)
    if ('reason' in outcome) {
      missing.set(outcome.reason, [...(missing.get(outcome.reason) ?? []), query.metric])
      continue
    }
    intervals.add(outcome.reading.intervalSeconds)
    series.push(...outcome.series)
    if (outcome.idle > 0) dropped.push(`${outcome.idle} of ${query.metric} that were 0 throughout`)
    if (outcome.lower > 0) dropped.push(`${outcome.lower} of ${query.metric} with lower values`)
  }
  return { series, findings: seriesFindings(prometheus, { series, missing, dropped, intervals }) }
}

type Outcome = { series: Series[]; idle: number; lower: number; reading: WindowReading } | { reason: string }
type ScrapesOf = (metric: string) => Promise<readonly ScrapeTarget[]>

async function readOne(
  prometheus: Prometheus,
  query: SeriesQuery,
  window: Window,
  zeroMs: number,
  scrapesOf: ScrapesOf,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    const { source, targets } = await findSource(query.sources, scrapesOf)
    const check = checkWindow(targets, window, source.metric, source.measuresEverySeconds)
    if (check.kind === 'no-data') return { reason: check.reason }
    const { reading } = check
    const grid = gridOf(targets, window, reading)
    const expression = source.expression(`[${reading.rangeSeconds}s]`)
    const found = await prometheus.queryRange(expression, { ...grid, stepSeconds: reading.stepSeconds, signal })
    const whole = found
      .map((one) => toSeries(one, query, prometheus, { grid, reading, zeroMs }))
      .filter(({ points }) => points.some(([, value]) => value !== null))
    if (whole.length === 0) return { reason: `its answer for that time is empty` }
    const busy = query.skipIdle === true ? whole.filter((one) => !isIdle(one)) : whole
    const kept = query.top === undefined ? busy : [...busy].sort(byHighest).slice(0, query.top)
    return { series: kept, idle: whole.length - busy.length, lower: busy.length - kept.length, reading }
  } catch (error) {
    signal.throwIfAborted()
    if (!isPrometheusError(error) && !isApiError(error)) throw error
    return { reason: error.message.replace(/^error: /, '') }
  }
}

async function findSource(
  sources: readonly SeriesSource[],
  scrapesOf: ScrapesOf,
): Promise<{ source: SeriesSource; targets: readonly ScrapeTarget[] }> {
  let last: { source: SeriesSource; targets: readonly ScrapeTarget[] } | undefined
  for (const source of sources) {
    last = { source, targets: await scrapesOf(source.metric) }
    if (last.targets.length > 0) return last
  }
  if (last === undefined) throw new Error('a series without a source')
  return last
}

/** The scrapes of a metric's targets, once those that are up have been scraped after the end of the window. */
async function settledScrapes(
  prometheus: Prometheus,
  metric: string,
  window: Window,
  { signal, onWait }: ReadSeriesOptions,
): Promise<readonly ScrapeTarget[]> {
  const read = async () => {
    const now = Math.max(Date.now(), window.endMs)
    return readScrapes(prometheus, metric, { startMs: window.startMs, endMs: now }, signal)
  }
  let targets = await read()
  const check = checkWindow(targets, window, metric)
  if (check.kind === 'no-data') return targets
  const { intervalSeconds } = check.reading
  const deadlineMs = window.endMs + (intervalSeconds + LATE_SECONDS) * 1000
  while (targets.some((target) => target.isUp && !isScrapedAfter(target, window.endMs))) {
    const remainingMs = deadlineMs - Date.now()
    if (remainingMs <= 0) break
    onWait?.(Math.ceil(remainingMs / 1000))
    await pause(Math.min(remainingMs, Math.max(250, (intervalSeconds * 1000) / 10)), signal)
    targets = await read()
  }
  return targets
}

function isScrapedAfter({ timesMs }: ScrapeTarget, momentMs: number): boolean {
  return (timesMs.at(-1) ?? Number.NEGATIVE_INFINITY) >= momentMs
}

/**
 * The steps end with the first scrape after the window, which tells of its last moments, and begin in it. They lie between
 * scrapes, so that one that comes some milliseconds sooner or later is on the same side of them.
 */
function gridOf(targets: readonly ScrapeTarget[], { startMs, endMs }: Window, reading: WindowReading): Window {
  const after = targets.flatMap(({ timesMs }) => timesMs.filter((time) => time >= endMs).slice(0, 1))
  const lastMs = (after.length === 0 ? endMs : Math.max(...after)) + Math.round(reading.intervalSeconds * 250)
  const stepMs = reading.stepSeconds * 1000
  const steps = Math.min(Math.floor((lastMs - startMs) / stepMs), MOST_SERIES_POINTS - 1)
  return { startMs: lastMs - steps * stepMs, endMs: lastMs }
}

function toSeries(
  { labels, points }: SampledSeries,
  { metric, unit, labels: own = {} }: SeriesQuery,
  { label, how }: Prometheus,
  { grid, reading, zeroMs }: { grid: Window; reading: WindowReading; zeroMs: number },
): Series {
  const stepMs = reading.stepSeconds * 1000
  const byStep = new Map(points.map(({ atMs, value }) => [Math.round((atMs - grid.startMs) / stepMs), value]))
  const steps = Math.round((grid.endMs - grid.startMs) / stepMs)
  return {
    metric,
    unit,
    labels: { ...withNode(labels), ...own },
    source: `prometheus ${label} (${how})`,
    resolutionSeconds: reading.intervalSeconds,
    points: Array.from({ length: steps + 1 }, (_, step) => {
      const value = byStep.get(step)
      const seconds = (grid.startMs + step * stepMs - zeroMs) / 1000
      // NaN and infinity come of a division by nothing.
      return [Number(seconds.toFixed(3)), value === undefined || !Number.isFinite(value) ? null : value]
    }),
  }
}

/** A target of a node is named by its node where Prometheus has been told it, else by its address. */
function withNode({ instance, node, ...others }: Labels): Record<string, string> {
  const name = node ?? instance?.replace(/:\d+$/, '')
  return name === undefined ? others : { ...others, node: name }
}

function isIdle({ points }: Series): boolean {
  return points.every(([, value]) => value === null || value === 0)
}

function byHighest(a: Series, b: Series): number {
  return highest(b) - highest(a)
}

function highest({ points }: Series): number {
  return points.reduce((most, [, value]) => (value === null ? most : Math.max(most, value)), Number.NEGATIVE_INFINITY)
}

function remember<T>(work: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const results = new Map<string, Promise<T>>()
  return (key) => {
    const known = results.get(key) ?? work(key)
    results.set(key, known)
    return known
  }
}
