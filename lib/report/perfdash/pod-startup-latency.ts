import { densityRuns, type PodDetail, stepTimes } from '../../record/details/density-details.ts'
import type { RunRecord } from '../../record/run-record.ts'
import type { ReportFile } from '../report-file.ts'
import { percentilesOf, scaled } from './percentiles.ts'
import { type PerfData, perfdashFile } from './perf-data.ts'

type Duration = (ms: PodDetail['ms']) => number | undefined

const scheduleToRun: Duration = ({ scheduled, started }) =>
  scheduled === undefined || started === undefined ? undefined : started - scheduled

/** ClusterLoader2's transitions; since 2026 "run" and "watch" are one moment, the watch showing the pod running. */
const TRANSITIONS: readonly (readonly [string, Duration])[] = [
  ['create_to_schedule', ({ scheduled }) => scheduled],
  ['schedule_to_run', scheduleToRun],
  ['schedule_to_watch', scheduleToRun],
  ['create_to_run', ({ started }) => started],
  ['pod_startup', ({ started }) => started],
]

/**
 * `PodStartupLatency_PodStartupLatency_density_TIME.json`: PerfData version 1.0 in milliseconds. ClusterLoader2 counts from
 * the watch showing the pod first to its phase being Running; here it is from the create request being sent to all its
 * containers having started, as the SLO of SIG scalability has it. A pod that was not seen to pass a step is in none of
 * its figures; a transition that no pod was seen to pass is left out, and so is `run_to_watch`, which is 0 by definition.
 */
export function podStartupLatencyFile(record: RunRecord): ReportFile[] {
  const pods = densityRuns(record).flatMap((run) => run.pods.map(stepTimes))
  const dataItems = TRANSITIONS.flatMap(([transition, duration]) => {
    const data = percentilesOf(pods.flatMap((ms) => duration(ms) ?? []))
    return data === undefined ? [] : [{ data: scaled(data, 1), unit: 'ms', labels: { Metric: transition } }]
  })
  if (dataItems.length === 0) return []
  const content: PerfData = { version: '1.0', dataItems }
  return [perfdashFile(record, 'PodStartupLatency_PodStartupLatency', content)]
}
