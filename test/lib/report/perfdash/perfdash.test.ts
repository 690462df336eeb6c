import { expect, test } from 'vitest'
import type { RunRecord } from '../../../../lib/record/run-record.ts'
import { apiResponsivenessFiles } from '../../../../lib/report/perfdash/api-responsiveness.ts'
import { podStartupLatencyFile } from '../../../../lib/report/perfdash/pod-startup-latency.ts'
import { schedulingThroughputFile } from '../../../../lib/report/perfdash/scheduling-throughput.ts'
import type { ReportFile } from '../../../../lib/report/report-file.ts'
import { densityRecord, PENDING, PODS } from '../density-record.ts'

const content = ([file]: readonly ReportFile[]) => JSON.parse(file?.text ?? 'null') as unknown

function without(...names: string[]): RunRecord {
  const record = densityRecord()
  return { ...record, metrics: record.metrics.filter(({ name }) => !names.includes(name)) }
}

test('pod start-up: each transition over the pods that passed it, by nearest rank, in milliseconds', () => {
  const record = densityRecord({ details: { pods: [...PODS, PENDING] } })
  expect(content(podStartupLatencyFile(record))).toEqual({
    version: '1.0',
    dataItems: [
      { data: { Perc50: 19, Perc90: 40, Perc99: 40 }, unit: 'ms', labels: { Metric: 'create_to_schedule' } },
      { data: { Perc50: 891, Perc90: 1279, Perc99: 1279 }, unit: 'ms', labels: { Metric: 'schedule_to_run' } },
      { data: { Perc50: 891, Perc90: 1279, Perc99: 1279 }, unit: 'ms', labels: { Metric: 'schedule_to_watch' } },
      { data: { Perc50: 910, Perc90: 1310, Perc99: 1310 }, unit: 'ms', labels: { Metric: 'create_to_run' } },
      { data: { Perc50: 910, Perc90: 1310, Perc99: 1310 }, unit: 'ms', labels: { Metric: 'pod_startup' } },
    ],
  })
})

test('a transition that no pod was seen to pass is left out, and without any there is no file', () => {
  const scheduledOnly = densityRecord({ details: { pods: [PENDING] } })
  expect(content(podStartupLatencyFile(scheduledOnly))).toMatchObject({
    dataItems: [{ labels: { Metric: 'create_to_schedule' } }],
  })
  expect(podStartupLatencyFile(densityRecord({ details: { pods: [] } }))).toEqual([])
  expect(podStartupLatencyFile(densityRecord({ kind: 'netperf' }))).toEqual([])
})

test('scheduling throughput in its own format, by nearest rank over the windows', () => {
  expect(content(schedulingThroughputFile(densityRecord()))).toEqual({
    perc50: 0,
    perc90: 2,
    perc99: 2,
    max: 2,
    average: 0.75,
  })
  expect(schedulingThroughputFile(without('scheduling_throughput'))).toEqual([])
})

test("API responsiveness as the server counted it: the SLI's durations, the slowest first, none without all three figures", () => {
  const [server] = apiResponsivenessFiles(without('api_request_latency'))
  expect(server?.name).toBe('APIResponsivenessPrometheus_simple_density_2026-11-20T10-00-00Z.json')
  expect(content(server === undefined ? [] : [server])).toEqual({
    version: 'v1',
    dataItems: [
      {
        data: { Perc50: 3, Perc90: 5.5, Perc99: 12 },
        unit: 'ms',
        labels: { Resource: 'pods', Subresource: 'binding', Verb: 'POST', Scope: 'resource', Count: '400' },
      },
      {
        data: { Perc50: 3, Perc90: 5.5, Perc99: 9.9 },
        unit: 'ms',
        labels: { Resource: 'pods', Subresource: '', Verb: 'POST', Scope: 'resource', Count: '400' },
      },
    ],
  })
})

test('an API server that counts no SLI has its total durations', () => {
  const record = densityRecord()
  const metrics = record.metrics.filter(({ labels }) => labels.duration !== 'sli')
  const [server] = apiResponsivenessFiles({ ...record, metrics })
  expect(content(server === undefined ? [] : [server])).toMatchObject({ dataItems: [{ data: { Perc99: 500 } }] })
})

test('API latency as the client saw it, in a file that perfdash shows by its name', () => {
  const files = apiResponsivenessFiles(without('apiserver_request_latency'))
  expect(files.map(({ name }) => name)).toEqual([
    'GenericPrometheusQuery Client API latency_density_2026-11-20T10-00-00Z.json',
  ])
  expect(content(files)).toMatchObject({
    version: 'v1',
    dataItems: [
      {
        data: { Perc50: 6, Perc90: 14.2, Perc99: 14.2 },
        labels: { Resource: 'pods', Subresource: '', Verb: 'create' },
      },
      { data: { Perc50: 5, Perc90: 11, Perc99: 11 }, labels: { Resource: 'namespaces', Verb: 'create' } },
      { data: { Perc50: 4.1, Perc90: 4.2, Perc99: 4.2 }, labels: { Resource: 'namespaces', Verb: 'delete' } },
    ],
  })
})

test('all buckets of a file are the same, as perfdash needs them', () => {
  for (const { text } of [...podStartupLatencyFile(densityRecord()), ...apiResponsivenessFiles(densityRecord())]) {
    const { dataItems } = JSON.parse(text) as { dataItems: { data: object }[] }
    for (const { data } of dataItems) expect(Object.keys(data)).toEqual(['Perc50', 'Perc90', 'Perc99'])
  }
})
