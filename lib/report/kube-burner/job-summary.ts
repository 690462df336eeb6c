import { type DensityDetails, densityRuns, type JobDetail } from '../../record/details/density-details.ts'
import type { Phase, RunRecord } from '../../record/run-record.ts'
import type { ReportFile } from '../report-file.ts'
import { builtInJobName, metadataOf, uuidOf } from './identity.ts'

const NANOSECONDS_PER_MS = 1e6

/**
 * `jobSummary.json`, as the local indexer of kube-burner 2.7 writes it: an array with a document for each job, its keys in
 * alphabetical order, the metadata at the top level, `elapsedTime` in whole seconds without the clean-up.
 *
 * `passed` holds for the run as a whole, since what fails here is the run; the faults are in `executionErrors`. A built-in
 * workload has in `jobConfig` what kube-burner has a name for.
 */
export function jobSummaryFile(record: RunRecord): ReportFile[] {
  const runs = densityRuns(record)
  const jobs = runs.flatMap((run, index) => {
    const suffix = runs.length === 1 ? '' : ` #${index + 1}`
    return run.jobs ?? [builtInJob(record, run, suffix)]
  })
  if (jobs.length === 0) return []
  const text = `${JSON.stringify(jobs.map((job) => jobSummary(record, job)))}\n`
  return [{ name: 'jobSummary.json', kind: 'kube-burner', text }]
}

function jobSummary(record: RunRecord, { startedAt, durationSeconds, churn, config }: JobDetail): object {
  const faults = record.findings.filter(({ severity }) => severity === 'error').map(({ message }) => message)
  return sorted({
    ...metadataOf(record),
    churnStartTimestamp: churn?.startedAt,
    churnEndTimestamp: churn === undefined ? undefined : timestamp(endOf(churn)),
    elapsedTime: Math.round(durationSeconds),
    endTimestamp: timestamp(Date.parse(startedAt) + durationSeconds * 1000),
    executionErrors: faults.length === 0 ? undefined : faults.join('; '),
    jobConfig: sorted(config),
    metricName: 'jobSummary',
    passed: record.outcome === 'passed',
    timestamp: startedAt,
    uuid: uuidOf(record),
    version: record.tool.version,
  })
}

/** @param suffix of the names of the run's phases */
function builtInJob(record: RunRecord, run: Pick<DensityDetails, 'pods'>, suffix: string): JobDetail {
  const { parameters } = record
  const known = (key: string) => (typeof parameters[key] === 'number' ? parameters[key] : undefined)
  const nanoseconds = (key: string) => {
    const ms = known(key)
    return ms === undefined ? undefined : ms * NANOSECONDS_PER_MS
  }
  const churnPercent = known('churn')
  const churn = record.phases.find(({ name }) => name === `churn${suffix}`)
  return {
    name: builtInJobName(record),
    ...(churn === undefined ? {} : { churn: { startedAt: churn.startedAt, durationSeconds: churn.durationSeconds } }),
    ...loadTime(record, run, suffix),
    config: {
      burst: known('burst'),
      churnConfig:
        churnPercent === undefined
          ? {}
          : { cycles: known('churnCycles'), delay: nanoseconds('churnDelay'), mode: 'objects', percent: churnPercent },
      gc: parameters.keep !== true,
      jobIterations: known('iterations'),
      jobType: 'create',
      maxWaitTimeout: nanoseconds('timeout'),
      name: builtInJobName(record),
      // 0 is no limit here and 5 there: left out as kube-burner leaves out a 0.
      qps: known('qps') === 0 ? undefined : known('qps'),
      waitWhenFinished: parameters.waitFor !== 'none',
    },
  }
}

/** What kube-burner counts to a job: not the images that were pulled before it, nor the removal after it. */
function loadTime(
  { phases, startedAt, finishedAt }: RunRecord,
  { pods }: Pick<DensityDetails, 'pods'>,
  suffix: string,
): Pick<JobDetail, 'startedAt' | 'durationSeconds'> {
  // Where there are pods, deleting them all is the end of the run; elsewhere deletions are part of the load.
  const around = ['preload', 'clean-up', ...(pods.length > 0 ? ['delete'] : [])].map((name) => name + suffix)
  const load = phases.filter(({ name }) => name.endsWith(suffix) && !around.includes(name))
  const startMs = load.length === 0 ? Date.parse(startedAt) : Math.min(...load.map(startOf))
  const endMs = load.length === 0 ? Date.parse(finishedAt) : Math.max(...load.map(endOf))
  return { startedAt: timestamp(startMs), durationSeconds: (endMs - startMs) / 1000 }
}

function startOf({ startedAt }: Phase): number {
  return Date.parse(startedAt)
}

function endOf({ startedAt, durationSeconds }: Pick<Phase, 'startedAt' | 'durationSeconds'>): number {
  return Date.parse(startedAt) + durationSeconds * 1000
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString()
}

function sorted(object: object): object {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
