import { expect, test } from 'vitest'
import type { RunRecord } from '../../../../lib/record/run-record.ts'
import { jobSummaryFile } from '../../../../lib/report/kube-burner/job-summary.ts'
import { podLatencyFiles } from '../../../../lib/report/kube-burner/pod-latency.ts'
import { densityRecord, PODS } from '../density-record.ts'

function summaries(record: RunRecord): Record<string, unknown>[] {
  const [file] = jobSummaryFile(record)
  return JSON.parse(file?.text ?? '[]') as Record<string, unknown>[]
}

test('a built-in workload is one job: keys in alphabetical order, durations in nanoseconds, no image pulls and no clean-up in its time', () => {
  expect(jobSummaryFile(densityRecord()).map(({ name, kind }) => [name, kind])).toEqual([
    ['jobSummary.json', 'kube-burner'],
  ])
  expect(JSON.stringify(summaries(densityRecord()))).toBe(
    JSON.stringify([
      {
        elapsedTime: 4,
        endTimestamp: '2026-11-20T10:00:04.650Z',
        jobConfig: {
          burst: 1,
          churnConfig: {},
          gc: true,
          jobIterations: 3,
          jobType: 'create',
          maxWaitTimeout: 300_000_000_000,
          name: 'density-pods',
          qps: 20,
          waitWhenFinished: true,
        },
        k8sVersion: 'v1.34.4',
        latencySource: 'watch',
        metricName: 'jobSummary',
        passed: true,
        timestamp: '2026-11-20T10:00:01.000Z',
        tool: 'kubectl-perf v0.1.0',
        totalNodes: 2,
        uuid: '3f9kq2',
        version: 'v0.1.0',
      },
    ]),
  )
})

test('a run that failed says so with its faults, one after the other', () => {
  const [summary] = summaries(
    densityRecord({
      outcome: 'error',
      findings: [
        { severity: 'error', code: 'RunFailed', message: '2 of 3 pods became ready within 300s' },
        { severity: 'warning', code: 'Slow', message: 'slow' },
        { severity: 'error', code: 'PodsNotReady', message: 'ContainerCreating' },
      ],
    }),
  )
  expect(summary).toMatchObject({
    passed: false,
    executionErrors: '2 of 3 pods became ready within 300s; ContainerCreating',
  })
})

test('churn has its settings and its time; no limit of the rate is no qps', () => {
  const record = densityRecord()
  const [summary] = summaries({
    ...record,
    parameters: { ...record.parameters, qps: 0, churn: 50, churnCycles: 2, churnDelay: 1500, keep: true },
    phases: [...record.phases, { name: 'churn', startedAt: '2026-11-20T10:00:04.000Z', durationSeconds: 2 }],
  })
  expect(summary).toMatchObject({
    churnStartTimestamp: '2026-11-20T10:00:04.000Z',
    churnEndTimestamp: '2026-11-20T10:00:06.000Z',
    elapsedTime: 5,
    jobConfig: { churnConfig: { cycles: 2, delay: 1_500_000_000, mode: 'objects', percent: 50 }, gc: false },
  })
  expect(summary?.jobConfig).not.toHaveProperty('qps')
})

test('without pods the deletions are part of the load', () => {
  const [summary] = summaries(densityRecord({ details: { pods: [] } }))
  expect(summary).toMatchObject({ elapsedTime: 10, endTimestamp: '2026-11-20T10:00:10.850Z' })
})

test("the jobs of a configuration have documents of their own, with the configuration's settings", () => {
  const jobs = [
    { name: 'a', startedAt: '2026-11-20T10:00:01.000Z', durationSeconds: 2.6, config: { qps: 10, name: 'a' } },
    { name: 'b', startedAt: '2026-11-20T10:00:04.000Z', durationSeconds: 0.2, config: { name: 'b' } },
  ]
  expect(summaries(densityRecord({ details: { pods: [], jobs } }))).toMatchObject([
    { elapsedTime: 3, endTimestamp: '2026-11-20T10:00:03.600Z', jobConfig: { name: 'a', qps: 10 } },
    { elapsedTime: 0, timestamp: '2026-11-20T10:00:04.000Z', jobConfig: { name: 'b' } },
  ])
})

test('no file of another command', () => {
  expect(jobSummaryFile(densityRecord({ kind: 'netperf' }))).toEqual([])
})

test('with --repeat each run has a document, with its own phases, and the pods of all are in one file', () => {
  const phases = [
    { name: 'create #1', startedAt: '2026-11-20T10:00:01.000Z', durationSeconds: 2 },
    { name: 'clean-up #1', startedAt: '2026-11-20T10:00:03.000Z', durationSeconds: 9 },
    { name: 'create #2', startedAt: '2026-11-20T10:00:20.000Z', durationSeconds: 5 },
  ]
  const record = densityRecord({ phases, details: { pods: [PODS[0]], repeats: [{ pods: [PODS[1], PODS[2]] }] } })
  expect(summaries(record)).toMatchObject([
    { elapsedTime: 2, timestamp: '2026-11-20T10:00:01.000Z' },
    { elapsedTime: 5, timestamp: '2026-11-20T10:00:20.000Z' },
  ])
  const [pods] = podLatencyFiles(record)
  expect(JSON.parse(pods?.text ?? '')).toMatchObject([{ podName: 'pod-0' }, { podName: 'pod-1' }, { podName: 'pod-2' }])
})
