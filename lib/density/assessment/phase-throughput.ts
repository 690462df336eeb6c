import type { MetricName } from '../../record/catalogue/metric-catalogue.ts'
import type { Metric, Phase } from '../../record/run-record.ts'
import { monotonicMs } from '../../run/timed-phase.ts'
import { valueMetric } from '../../stats/metric.ts'
import type { DensityRun } from '../density-run.ts'
import { waitPhaseName } from '../load.ts'

type Origin = Parameters<typeof valueMetric>[2]

/**
 * Pods that were created, and that became ready, in each second of a phase that makes pods. The phase `create` of a load
 * has no label, others are told apart by `phase`, the jobs of a kube-burner configuration by `job`.
 */
export function loadThroughputs(run: DensityRun): Metric[] {
  return run.phases.flatMap((creation) => {
    const job = run.jobs.length > 1 ? run.jobs.find(({ phase }) => phase === creation.name)?.job : undefined
    const readiness = phaseNamed(run, waitPhaseName(creation.name, 'ready'))
    if (creation.name !== 'create' && readiness === undefined) return []
    const labels: Record<string, string> =
      job !== undefined ? { job: job.name } : creation.name === 'create' ? {} : { phase: creation.name }
    const created = countWithin(
      creation,
      run.pods.flatMap(({ controlled, sentMs }) => (controlled ? [] : [sentMs])),
    )
    const ready = countWithin(
      readiness,
      run.pods.flatMap(({ passedMs }) => passedMs.ready ?? []),
    )
    return [
      ...throughput('pod_create_throughput', created, creation, { labels, source: 'client' }),
      ...throughput('pod_ready_throughput', ready, readiness, { labels, source: 'watch' }),
    ]
  })
}

/** So many in a phase, per second of it; nothing where there were none, or no such phase. */
export function throughput(name: MetricName, count: number, phase: Phase | undefined, origin: Origin): Metric[] {
  const durationSeconds = phase?.durationSeconds ?? 0
  return count === 0 || durationSeconds === 0 ? [] : [valueMetric(name, count / durationSeconds, origin)]
}

/** The first phase of this name; undefined where the run did not come to it. */
export function phaseNamed({ phases }: DensityRun, name: string): Phase | undefined {
  return phases.find((phase) => phase.name === name)
}

/** The record has the beginning of a phase in whole milliseconds, cut off. */
function countWithin(phase: Phase | undefined, momentsMs: readonly number[]): number {
  if (phase === undefined) return 0
  const fromMs = monotonicMs(phase.startedAt)
  const untilMs = fromMs + phase.durationSeconds * 1000 + 1
  return momentsMs.filter((atMs) => atMs >= fromMs && atMs <= untilMs).length
}
