import type { KubeClient } from '../lib/kube/client.ts'
import type { Prometheus } from '../lib/prometheus/server/prometheus.ts'
import { type ReadSeries, readSeries, type SeriesQuery } from '../lib/prometheus/server/read-series.ts'
import type { Context } from './command.ts'
import { connectToPrometheus, type PrometheusRequest } from './open-prometheus.ts'
import type { Progress } from './progress.ts'

/** What a command wants to know of the time of its run from a Prometheus. */
export interface WantedSeries {
  readonly queries: readonly SeriesQuery[]
  /** Of a command that looks once: how far back to look from there. */
  readonly lookBackMs?: number
}

/** A Prometheus that is there, to be asked when the run is over. */
export interface RunSeries {
  /** Undefined where auto has found none that answers. */
  readonly prometheus: Prometheus | undefined
  /**
   * Reads the series from `startMs` until now, Date.now() of this machine, once the last moments have been scraped. Of a run
   * that was interrupted nothing is read.
   * @param zeroMs what the points' seconds count from
   */
  collect(startMs: number, zeroMs: number): Promise<ReadSeries>
}

/**
 * Finds the Prometheus that the options name, before anything is measured: one that was asked for by name must be there.
 * @throws PrometheusError, PermissionError, ApiError, or the signal's reason
 */
export async function openRunSeries(
  { queries, lookBackMs = 0 }: WantedSeries,
  request: PrometheusRequest,
  { client, context, progress }: { client: KubeClient; context: Context; progress: Progress },
): Promise<RunSeries> {
  const { prometheus, findings } = await connectToPrometheus(request, client, context)
  return {
    prometheus,
    async collect(startMs, zeroMs) {
      if (prometheus === undefined) return { series: [], findings }
      const { signal } = context
      const interrupted: ReadSeries = {
        series: [],
        findings: [
          ...findings,
          {
            severity: 'info',
            code: 'NoPrometheusSeries',
            message: `no series from Prometheus ${prometheus.label}: the run was interrupted`,
          },
        ],
      }
      if (signal.aborted) return interrupted
      const window = { startMs: startMs - lookBackMs, endMs: Date.now() }
      progress.step(`reading series from Prometheus ${prometheus.label}`)
      const onWait = (seconds: number) => progress.update(`waiting for the last scrape, ${seconds} s at most`)
      try {
        const read = await readSeries(prometheus, queries, window, { zeroMs, signal, onWait })
        return { series: read.series, findings: [...findings, ...read.findings] }
      } catch (error) {
        if (signal.aborted) return interrupted
        throw error
      }
    },
  }
}
