import type { RunRecord } from '../../record/run-record.ts'
import type { ReportFile } from '../report-file.ts'

/** The currency of ClusterLoader2's results and of perfdash (kubernetes/perf-tests, perftype.PerfData). */
export interface PerfData<Buckets = Percentiles> {
  /** perfdash drops a file of another version than the first one of its series: each kind of file keeps its own. */
  version: string
  dataItems: DataItem<Buckets>[]
}

export interface DataItem<Buckets = Percentiles> {
  /** Items of one label set must have the same buckets in every run: perfdash draws a missing one as 0. */
  data: Buckets
  unit: string
  /** Selectors in perfdash: nothing that differs from run to run, such as ids or names of pods. */
  labels: Readonly<Record<string, string>>
}

export interface Percentiles {
  Perc50: number
  Perc90: number
  Perc99: number
}

/**
 * A file as perfdash finds it: by its beginning, `PREFIX_TEST_`. What follows is the start of the run as ClusterLoader2
 * has it there, with dashes for colons, which Windows and many artifact stores refuse.
 */
export function perfdashFile(record: RunRecord, prefix: string, content: object, test = 'density'): ReportFile {
  const started = record.startedAt.replace(/\.\d+Z$/, 'Z').replaceAll(':', '-')
  return {
    name: `${prefix}_${test}_${started}.json`,
    kind: 'perfdash',
    text: `${JSON.stringify(content, null, 2)}\n`,
  }
}
