import { expect, test } from 'vitest'
import { jobConfig as documented } from '../../../../lib/density/kube-burner/job-config.ts'
import { jobConfig, onlyJob, readConfig } from './reading.ts'

const MINUTE = 60_000_000_000

test("a job's settings have kube-burner's names, durations in nanoseconds, and no zeros", () => {
  const config = readConfig(
    jobConfig(
      'namespace: ns',
      'jobIterations: 25',
      'namespacedIterations: false',
      'jobPause: 1m',
      'jobIterationDelay: 1500ms',
      'preLoadImages: false',
      'churnConfig: {cycles: 2, percent: 30, delay: 1s, mode: objects}',
    ),
  )
  expect(documented(onlyJob(config))).toEqual({
    burst: 20,
    churnConfig: { cycles: 2, percent: 30, delay: 1_000_000_000, mode: 'objects' },
    cleanup: true,
    errorOnVerify: true,
    gc: false,
    iterationsPerNamespace: 1,
    jobIterationDelay: 1_500_000_000,
    jobIterations: 25,
    jobPause: MINUTE,
    jobType: 'create',
    maxWaitTimeout: 240 * MINUTE,
    name: 'a-job',
    namespace: 'ns',
    qps: 10,
    verifyObjects: true,
    waitForDeletion: true,
    waitWhenFinished: true,
  })
})

test('a job without churn has an empty churnConfig, and a job that deletes has what belongs to it', () => {
  expect(documented(onlyJob(readConfig(jobConfig()))).churnConfig).toEqual({})
  const text =
    'jobs: [{name: d, jobType: delete, qps: 5, burst: 1, waitForDeletion: false, objects: [{kind: Pod, labelSelector: {a: b}}]}]'
  expect(documented(onlyJob(readConfig(text)))).toEqual({
    burst: 1,
    churnConfig: {},
    gc: false,
    jobIterations: 1,
    jobType: 'delete',
    maxWaitTimeout: 240 * MINUTE,
    name: 'd',
    qps: 5,
  })
})
