import type { KubeClient, RequestSample } from '../kube/client.ts'
import type { Metric } from '../record/run-record.ts'
import { sampledMetric, valueMetric } from '../stats/metric.ts'

interface Series {
  verb: string
  resource: string
  seconds: number[]
  codes: Map<number, number>
  throttled: number
  retries: number
}

export interface RequestLog extends Disposable {
  /** Leaves out what is requested while the work goes on. */
  without(work: () => Promise<void>): Promise<void>
  /** What was seen so far, a series for each verb and resource. */
  metrics(): Metric[]
}

/** Collects latency, status code, throttles and retries of every request that the client makes until disposed. */
export function logRequests(client: KubeClient): RequestLog {
  const all = new Map<string, Series>()
  let isPaused = false
  const stop = client.observe((sample) => {
    if (!isPaused) record(all, sample)
  })
  return {
    async without(work) {
      isPaused = true
      try {
        await work()
      } finally {
        isPaused = false
      }
    },
    metrics: () => [...all.values()].flatMap(toMetrics),
    [Symbol.dispose]: stop,
  }
}

function record(
  all: Map<string, Series>,
  { verb, resource, code, durationMs, attempt, throttled }: RequestSample,
): void {
  const key = `${verb} ${resource}`
  let series = all.get(key)
  if (series === undefined) {
    series = { verb, resource, seconds: [], codes: new Map(), throttled: 0, retries: 0 }
    all.set(key, series)
  }
  series.codes.set(code, (series.codes.get(code) ?? 0) + 1)
  if (code !== 0) series.seconds.push(durationMs / 1000)
  if (throttled) series.throttled += 1
  if (attempt > 1) series.retries += 1
}

function toMetrics({ verb, resource, seconds, codes, throttled, retries }: Series): Metric[] {
  const labels = { verb, resource }
  const source = 'client'
  return [
    sampledMetric('api_request_latency', seconds, { labels, source, resolution: 1e-6 }),
    ...[...codes].map(([code, count]) =>
      valueMetric('api_requests', count, { labels: { ...labels, code: String(code) }, source }),
    ),
    valueMetric('api_throttled_requests', throttled, { labels, source }),
    valueMetric('api_retries', retries, { labels, source }),
  ]
}
