import type { ChurnConfig, KubeBurnerJob } from './kube-burner-config.ts'

const NANOSECONDS_PER_MS = 1e6

/**
 * A job as kube-burner's own documents have it (`jobConfig` of jobSummary): the JSON names of its settings, durations in
 * nanoseconds, and nothing that is zero, empty or false except `gc`. What a job of its type does not have stands there
 * with kube-burner's default, as there.
 */
export function jobConfig(job: KubeBurnerJob): Record<string, unknown> {
  return {
    ...withoutZeros({
      name: job.name,
      jobType: job.type,
      jobIterations: job.iterations,
      jobIterationDelay: nanoseconds(job.iterationDelayMs),
      jobPause: nanoseconds(job.pauseMs),
      qps: job.qps,
      burst: job.burst,
      maxWaitTimeout: nanoseconds(job.maxWaitTimeoutMs),
      waitWhenFinished: job.waitWhenFinished,
      waitForDeletion: job.type === 'delete' ? job.waitForDeletion : true,
      ...(job.type === 'create' ? createConfig(job) : {}),
    }),
    churnConfig: job.type === 'create' && job.churn !== undefined ? churnConfig(job.churn) : {},
    gc: job.gc,
  }
}

function createConfig(job: Extract<KubeBurnerJob, { type: 'create' }>): Record<string, unknown> {
  return {
    namespace: job.namespace,
    namespacedIterations: job.namespacedIterations,
    iterationsPerNamespace: job.iterationsPerNamespace,
    preCreateNamespaces: job.preCreateNamespaces,
    podWait: job.podWait,
    verifyObjects: job.verifyObjects,
    errorOnVerify: job.errorOnVerify,
    cleanup: job.cleanup,
    preLoadImages: job.preload !== undefined,
    preLoadPeriod: nanoseconds(job.preload?.periodMs ?? 0),
    defaultMissingKeysWithZero: job.missingKey === 'zero',
  }
}

function churnConfig({ mode, percent, cycles, durationMs, delayMs, deleteDelayMs }: ChurnConfig): object {
  return withoutZeros({
    mode,
    percent,
    cycles,
    duration: nanoseconds(durationMs ?? 0),
    delay: nanoseconds(delayMs),
    deleteDelay: nanoseconds(deleteDelayMs),
  })
}

function nanoseconds(ms: number): number {
  return Math.round(ms * NANOSECONDS_PER_MS)
}

/** As Go's `omitempty` does. */
function withoutZeros(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([, value]) => value !== undefined && value !== '' && value !== 0 && value !== false,
    ),
  )
}
