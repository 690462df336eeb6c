import { isLowerLimit } from '../record/lower-limit.ts'
import type { Finding, Metric } from '../record/run-record.ts'

/** Kubernetes promises it for 99 % of the requests of each row (SIG scalability, API call latency SLIs/SLOs). */
const MUTATING: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE', 'APPLY'])
const READING: ReadonlySet<string> = new Set(['GET', 'LIST'])
const ONE_OBJECT_SECONDS = 1
const MANY_OBJECTS_SECONDS = 30

export type ServiceLevel =
  | { readonly limitSeconds: number; readonly observedSeconds: number; readonly isKept: boolean }
  /** There is a limit, and too few requests to say of 99 % of them. */
  | { readonly limitSeconds: number; readonly observedSeconds?: undefined }

/**
 * Holds one row of `apiserver_request_latency` against its objective: mutating calls and reads of single objects 1 s,
 * reads of a namespace or the cluster 30 s, each at p99.
 * @returns undefined where Kubernetes has none
 */
export function serviceLevel({ labels, statistics: { p99 } }: Metric): ServiceLevel | undefined {
  const { verb = '', scope = '' } = labels
  const limitSeconds = MUTATING.has(verb)
    ? ONE_OBJECT_SECONDS
    : READING.has(verb)
      ? scope === 'resource'
        ? ONE_OBJECT_SECONDS
        : MANY_OBJECTS_SECONDS
      : undefined
  if (limitSeconds === undefined) return undefined
  return p99 === undefined ? { limitSeconds } : { limitSeconds, observedSeconds: p99, isKept: p99 <= limitSeconds }
}

/**
 * The rows by which a window is judged: without webhooks and waits in queues, as the objective has it, where the server
 * counts that; all verbs otherwise.
 */
export function judgedLatencies(metrics: readonly Metric[]): Metric[] {
  const rows = metrics.filter(({ name }) => name === 'apiserver_request_latency')
  const sli = rows.filter(({ labels }) => labels.duration === 'sli')
  return sli.length > 0 ? sli : rows.filter(({ labels }) => labels.duration === 'total')
}

/** In the last bucket of the server's histogram all that is known is that it took longer. */
function told(metric: Metric, p99: number): string {
  return isLowerLimit(metric, 'p99')
    ? `more than ${p99.toFixed(2)}s in 1 % of requests or more`
    : `up to ${p99.toFixed(2)}s in 99 % of requests`
}

export function serviceLevelFindings(metrics: readonly Metric[]): Finding[] {
  return judgedLatencies(metrics).flatMap((metric): Finding[] => {
    const level = serviceLevel(metric)
    if (level?.observedSeconds === undefined || level.isKept) return []
    const { verb = '', resource = '', scope = '' } = metric.labels
    return [
      {
        severity: 'warning',
        code: 'ServiceLevelMissed',
        message: `${verb} ${resource} (scope ${scope}) took ${told(metric, level.observedSeconds)}: Kubernetes aims at ${level.limitSeconds}s`,
        count: metric.statistics.count ?? 0,
      },
    ]
  })
}
