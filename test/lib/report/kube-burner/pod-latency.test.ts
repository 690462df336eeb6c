import { expect, test } from 'vitest'
import { podLatencyFiles } from '../../../../lib/report/kube-burner/pod-latency.ts'
import { densityRecord, PENDING, PODS } from '../density-record.ts'

function documents(record = densityRecord()): Record<string, object[]> {
  return Object.fromEntries(podLatencyFiles(record).map(({ name, text }) => [name, JSON.parse(text) as object[]]))
}

const metadata = { k8sVersion: 'v1.34.4', latencySource: 'watch', tool: 'kubectl-perf v0.1.0', totalNodes: 2 }

test('a document for each pod that became ready, in the order and the types of the struct', () => {
  const files = documents(densityRecord({ details: { pods: [...PODS, PENDING] } }))
  const pods = files['podLatencyMeasurement-density-pods.json'] ?? []
  expect(pods).toHaveLength(3)
  // toEqual compares no order of keys.
  expect(JSON.stringify(pods[0])).toBe(
    JSON.stringify({
      timestamp: '2026-11-20T10:00:01Z',
      schedulingLatency: 11,
      initializedLatency: 210,
      podReadyLatency: 702,
      containersStartedLatency: 640,
      readyToStartContainersLatency: 210,
      metricName: 'podLatencyMeasurement',
      uuid: '3f9kq2',
      jobName: 'density-pods',
      jobIteration: 0,
      replica: 1,
      namespace: 'perf-3f9kq2-0',
      podName: 'pod-0',
      nodeName: 'node-a',
      metadata,
    }),
  )
})

test('a step that was not seen has no key, and no quantile document: never 0', () => {
  const pods = PODS.map((pod) => ({ ...pod, ms: { scheduled: 0.4, containersReady: 7, ready: 8.9 } }))
  const files = documents(densityRecord({ details: { pods } }))
  const [first] = files['podLatencyMeasurement-density-pods.json'] ?? []
  expect(first).toMatchObject({ schedulingLatency: 0, containersReadyLatency: 7, podReadyLatency: 8 })
  expect(Object.keys(first ?? {}).filter((key) => key.endsWith('Latency'))).toEqual([
    'schedulingLatency',
    'containersReadyLatency',
    'podReadyLatency',
  ])
  const quantiles = files['podLatencyQuantilesMeasurement-density-pods.json'] ?? []
  expect(quantiles.map((document) => (document as { quantileName: string }).quantileName)).toEqual([
    'PodScheduled',
    'ContainersReady',
    'Ready',
  ])
})

test('the six quantile documents have their names, and the keys of the struct in its order', () => {
  const pods = PODS.map((pod) => ({ ...pod, ms: { ...pod.ms, containersReady: pod.ms.ready } }))
  const quantiles =
    documents(densityRecord({ details: { pods } }))['podLatencyQuantilesMeasurement-density-pods.json'] ?? []
  expect(quantiles.map((document) => (document as { quantileName: string }).quantileName)).toEqual([
    'PodScheduled',
    'Initialized',
    'ContainersReady',
    'Ready',
    'ContainersStarted',
    'PodReadyToStartContainers',
  ])
  expect(JSON.stringify(quantiles[3])).toBe(
    JSON.stringify({
      quantileName: 'Ready',
      uuid: '3f9kq2',
      P99: 1185,
      P95: 1185,
      P50: 841,
      min: 702,
      max: 1390,
      avg: 1024,
      timestamp: '2026-11-20T10:00:13.223Z',
      metricName: 'podLatencyQuantilesMeasurement',
      jobName: 'density-pods',
      metadata,
    }),
  )
})

test("the jobs of a configuration have files of their own, under the configuration's uuid", () => {
  const [first, second] = PODS
  const pods = [
    { ...first, job: 'create/all' },
    { ...second, job: 'b' },
  ]
  const files = documents(densityRecord({ details: { pods, uuid: '3bbd7723-6838-4835-8f8b-bc3a216c296e' } }))
  expect(Object.keys(files)).toEqual([
    'podLatencyMeasurement-create-all.json',
    'podLatencyQuantilesMeasurement-create-all.json',
    'podLatencyMeasurement-b.json',
    'podLatencyQuantilesMeasurement-b.json',
  ])
  expect(files['podLatencyMeasurement-create-all.json']).toMatchObject([
    { jobName: 'create/all', uuid: '3bbd7723-6838-4835-8f8b-bc3a216c296e', podName: 'pod-0' },
  ])
})

test('no file without a ready pod, and none of another command', () => {
  expect(podLatencyFiles(densityRecord({ details: { pods: [PENDING] } }))).toEqual([])
  expect(podLatencyFiles(densityRecord({ details: {} }))).toEqual([])
  expect(podLatencyFiles(densityRecord({ kind: 'netperf' }))).toEqual([])
})

test('what is not known of the cluster is left out', () => {
  const cluster = { serverVersion: 'v1.34.4', nodes: null, context: 'c', platform: 'linux/amd64' }
  const [first] = documents(densityRecord({ cluster }))['podLatencyMeasurement-density-pods.json'] ?? []
  expect((first as { metadata: object }).metadata).not.toHaveProperty('totalNodes')
})

test("the kubelet's events know sandbox and start better than the status", () => {
  const [first] = PODS
  const pods = first === undefined ? [] : [{ ...first, events: { sandboxReady: 150.7, started: 300 } }]
  const files = documents(densityRecord({ details: { pods } }))
  expect(files['podLatencyMeasurement-density-pods.json']).toMatchObject([
    { readyToStartContainersLatency: 150, containersStartedLatency: 300, initializedLatency: 210 },
  ])
})
