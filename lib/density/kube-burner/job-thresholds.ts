import { podsMadeBy } from '../phases/object-operation.ts'
import type { KubeBurnerConfig, KubeBurnerJob, LatencyThreshold } from './kube-burner-config.ts'
import { type PlanOptions, planJob, type RunIdentity } from './plan-job.ts'

/**
 * The thresholds of a configuration as ours, e.g. `pod_ready_latency{job=web}.p99<=5000ms`: each is held against the pods
 * of its own job, so it names the job where there are several. Jobs that make no pods have nothing to hold it against, and
 * pass in kube-burner too.
 * @throws UsageError for a template that fails
 */
export function thresholdExpressions(
  { jobs }: KubeBurnerConfig,
  identity: RunIdentity,
  options: PlanOptions,
): string[] {
  return jobs
    .filter((job) => job.thresholds.length > 0 && makesPods(job, identity, options))
    .flatMap(({ name, thresholds }) =>
      thresholds.map((threshold) => expressionOf(threshold, jobs.length > 1 ? `{job="${name}"}` : '')),
    )
}

function makesPods(job: KubeBurnerJob, identity: RunIdentity, options: PlanOptions): boolean {
  if (job.type !== 'create') return false
  return planJob(job, identity, options).kinds.some(({ sample }) => podsMadeBy(sample) !== 0)
}

function expressionOf({ metric, statistic, limitMs }: LatencyThreshold, labels: string): string {
  return `${metric}${labels}.${statistic}<=${limitMs}ms`
}
