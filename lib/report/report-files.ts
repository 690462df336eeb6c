import type { RunRecord } from '../record/run-record.ts'
import { jobSummaryFile } from './kube-burner/job-summary.ts'
import { podLatencyFiles } from './kube-burner/pod-latency.ts'
import { apiResponsivenessFiles } from './perfdash/api-responsiveness.ts'
import { networkPerformanceFiles } from './perfdash/network-performance.ts'
import { podStartupLatencyFile } from './perfdash/pod-startup-latency.ts'
import { schedulingThroughputFile } from './perfdash/scheduling-throughput.ts'
import type { ReportFile } from './report-file.ts'
import { toJson } from './structured.ts'

/** Every file that can be made from a record alone: the record, parts of it, and other tools' formats. */
export function reportFiles(record: RunRecord): ReportFile[] {
  return [
    { name: 'run.json', kind: 'record', text: [...toJson(record)].join('') },
    { name: 'metrics.json', kind: 'metrics', text: `${JSON.stringify(record.metrics, null, 2)}\n` },
    { name: 'thresholds.json', kind: 'thresholds', text: `${JSON.stringify(record.thresholds, null, 2)}\n` },
    ...FORMATS_OF_FILES['kube-burner'].files(record),
    ...FORMATS_OF_FILES.perfdash.files(record),
  ]
}

/** Other tools' formats, of several files each: runs of which commands have them, and how they are made. */
export const FORMATS_OF_FILES = {
  'kube-burner': {
    kinds: ['density'],
    files: (record: RunRecord): ReportFile[] => [...podLatencyFiles(record), ...jobSummaryFile(record)],
  },
  perfdash: {
    kinds: ['density', 'netperf'],
    files: (record: RunRecord): ReportFile[] => [
      ...podStartupLatencyFile(record),
      ...schedulingThroughputFile(record),
      ...apiResponsivenessFiles(record),
      ...networkPerformanceFiles(record),
    ],
  },
} as const
