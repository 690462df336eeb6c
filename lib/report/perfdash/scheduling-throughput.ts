import type { RunRecord } from '../../record/run-record.ts'
import type { ReportFile } from '../report-file.ts'
import { metricPercentiles } from './percentiles.ts'
import { perfdashFile } from './perf-data.ts'

/**
 * `SchedulingThroughput_density_TIME.json`: pods bound per second over windows of one second, no PerfData but a format of
 * its own. `average`, which ClusterLoader2 has dropped, is there because perfdash still draws it, as 0 where it is absent.
 */
export function schedulingThroughputFile(record: RunRecord): ReportFile[] {
  const metric = record.metrics.find(({ name }) => name === 'scheduling_throughput')
  const percentiles = metric === undefined ? undefined : metricPercentiles(metric)
  if (metric === undefined || percentiles === undefined) return []
  const { max, mean } = metric.statistics
  const { Perc50: perc50, Perc90: perc90, Perc99: perc99 } = percentiles
  return [perfdashFile(record, 'SchedulingThroughput', { perc50, perc90, perc99, max, average: mean })]
}
