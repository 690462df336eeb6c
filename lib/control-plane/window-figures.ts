import { processStart } from '../prometheus/figures/subtract.ts'
import type { ServerSeen } from '../record/details/control-plane-details.ts'
import type { Finding, Metric } from '../record/run-record.ts'
import type { ProcessWindow } from '../workload/control-plane/process-window.ts'
import { requestRates } from '../workload/control-plane/server-metrics.ts'

/** What was found out about the control plane in a window. */
export interface WindowFigures {
  readonly metrics: Metric[]
  readonly findings: Finding[]
  /** The API servers that the figures are of. None: there is nothing to judge. */
  readonly servers: readonly ServerSeen[]
  /** Where the figures come from, for people. */
  readonly source: string
}

/** The same figures, each with the time that it is of. */
export function inWindow(metrics: readonly Metric[], startMs: number, endMs: number): Metric[] {
  const window = { startedAt: new Date(startMs).toISOString(), durationSeconds: (endMs - startMs) / 1000 }
  return metrics.map((metric) => ({ ...metric, window }))
}

/** The same figures, labelled as those of one API server. */
export function ofInstance(metrics: readonly Metric[], instance: string): Metric[] {
  return metrics.map((metric) => ({ ...metric, labels: { ...metric.labels, instance } }))
}

/** One API server of a window. */
export function serverSeen(window: ProcessWindow, server: string, toMs: number, scrapes: number): ServerSeen {
  const startedSeconds = processStart(window.after) ?? Number.NaN
  return {
    server,
    processStartedAt: new Date(startedSeconds * 1000).toISOString(),
    windowStartedAt: new Date(toMs - window.seconds * 1000).toISOString(),
    windowSeconds: window.seconds,
    scrapes,
    requestsPerSecond: requestRates([window]).reduce((sum, { value }) => sum + value, 0),
  }
}
