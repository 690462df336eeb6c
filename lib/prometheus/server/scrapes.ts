import type { Labels } from '../exposition/exposition.ts'
import { oneOf } from './label-matcher.ts'
import type { Prometheus } from './prometheus.ts'

/** One target that a Prometheus scrapes, and when it did. */
export interface ScrapeTarget {
  /** `job`, `instance` and, where a kubelet has several, `metrics_path`. */
  labels: Labels
  /** By this machine's clock, in the order of time; those that failed too. */
  timesMs: readonly number[]
  /** How often; undefined where it was scraped once only. */
  intervalSeconds: number | undefined
  /** Whether the last scrape succeeded. */
  isUp: boolean
}

export interface Window {
  /** Date.now() of this machine. */
  startMs: number
  endMs: number
}

/** So far back before a short window Prometheus is asked, to learn how often it scrapes. */
const LOOK_BACK_SECONDS = 300
const IDENTITY = ['job', 'instance', 'metrics_path']

/**
 * The targets that a metric comes from, and when they were scraped: in the window, and some minutes before its end.
 * @param selector a metric, with labels where not all of it is meant: `apiserver_request_total{job="apiserver"}`
 * @throws as `Prometheus` does
 */
export async function readScrapes(
  prometheus: Pick<Prometheus, 'query' | 'querySamples'>,
  selector: string,
  { startMs, endMs }: Window,
  signal?: AbortSignal,
): Promise<ScrapeTarget[]> {
  const seconds = Math.max(LOOK_BACK_SECONDS, Math.ceil((endMs - startMs) / 1000))
  const by = IDENTITY.join(', ')
  const sources = await prometheus.query(`group by (${by}) (last_over_time(${selector}[${LOOK_BACK_SECONDS}s]))`, {
    atMs: endMs,
    signal,
  })
  const jobs = sources.map(({ labels }) => labels.job ?? '').filter((job) => job !== '')
  if (jobs.length === 0) return []
  const wanted = new Set(sources.map(({ labels }) => identity(labels)))
  const up = `up{${oneOf('job', jobs)}}[${seconds}s]`
  const targets = await prometheus.querySamples(up, { atMs: endMs, signal })
  return targets
    .filter(({ labels }) => wanted.has(identity(labels)))
    .map(({ labels, points }) => ({
      labels: Object.fromEntries(IDENTITY.flatMap((key) => (labels[key] === undefined ? [] : [[key, labels[key]]]))),
      timesMs: points.map(({ atMs }) => atMs),
      intervalSeconds: medianGapSeconds(points.map(({ atMs }) => atMs)),
      isUp: points.at(-1)?.value === 1,
    }))
}

function identity(labels: Labels): string {
  return JSON.stringify(IDENTITY.map((key) => labels[key] ?? ''))
}

/** The median, for one scrape that fell out says nothing about how often they are; to a tenth, for they come some ms late. */
function medianGapSeconds(timesMs: readonly number[]): number | undefined {
  const gaps = timesMs.slice(1).map((time, index) => (time - (timesMs[index] ?? time)) / 1000)
  const median = gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)]
  return median === undefined || median < 1 ? median : Number(median.toFixed(1))
}
