import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { densityDetails } from '../../../lib/record/details/density-details.ts'
import type { Sample } from '../../../lib/report/run-directory.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { sharedCluster } from '../../cluster/shared-cluster.ts'
import { recordOf, runCommandLine } from '../run-command-line.ts'
import { folderForEachTest } from './folder-for-each-test.ts'

// What a kube-burner configuration says is what happens, and what a run of it leaves is what kube-burner would.

let cluster: ControlPlane
beforeAll(async () => {
  cluster = await sharedCluster()
})
const { place, write } = folderForEachTest()

const density = (...argv: string[]) => runCommandLine(cluster.kubeconfig, ['density', ...argv, '-o', 'json'])

const CONFIG_MAP = `
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{.JobName}}-{{.Iteration}}-{{.Replica}}
  labels: {kind: load}
data: {size: "{{ mul .Replica 10 }}"}
`

const POD = `
apiVersion: v1
kind: Pod
metadata: {name: "p-{{.Iteration}}-{{.Replica}}"}
spec: {containers: [{name: main, image: registry.k8s.io/pause:3.10}]}
`

interface JobSummary {
  timestamp: string
  endTimestamp: string
  churnStartTimestamp?: string
  churnEndTimestamp?: string
  uuid: string
  elapsedTime: number
  jobConfig: Record<string, unknown>
  passed: boolean
}

interface PodDocument {
  timestamp: string
  jobIteration: number
  replica: number
  podName: string
  namespace: string
  uuid: string
  churnMetric?: boolean
  podReadyLatency: number
  containersReadyLatency: number
}

test("a run leaves kube-burner's documents: one summary for each job, and its pods where and when they were made", async () => {
  await write({
    'config.yaml': `
global: {measurements: [{name: podLatency, thresholds: [{conditionType: ContainersReady, metric: P99, threshold: 1m}]}]}
jobs:
  - {name: web, jobIterations: 4, qps: 100, burst: 10, namespace: kb-web, iterationsPerNamespace: 2, jobPause: 300ms, churnConfig: {percent: 50, cycles: 1, mode: objects}, objects: [{objectTemplate: deployment.yaml, replicas: 2}]}
  - {name: single, jobIterations: 2, qps: 100, burst: 10, namespace: kb-single, namespacedIterations: false, objects: [{objectTemplate: pod.yaml, replicas: 3}]}
  - {name: delete, jobType: delete, qps: 100, burst: 10, objects: [{kind: Pod, apiVersion: v1, labelSelector: {kube-burner.io/job: single}}]}
`,
    'pod.yaml': POD,
    'deployment.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: {name: "d-{{.Iteration}}-{{.Replica}}"}
spec:
  replicas: 2
  selector: {matchLabels: {app: "d-{{.Iteration}}-{{.Replica}}"}}
  template:
    metadata: {labels: {app: "d-{{.Iteration}}-{{.Replica}}"}}
    spec: {containers: [{name: main, image: registry.k8s.io/pause:3.10}]}
`,
  })
  const directory = place('run')
  const ended = await density('-f', place('config.yaml'), '--output-dir', directory)
  expect(ended.exitCode, ended.stderr).toBe(0)
  const record = recordOf(ended)
  const documents = async <T>(name: string) => JSON.parse(await readFile(join(directory, name), 'utf8')) as T[]

  const summaries = await documents<JobSummary>('jobSummary.json')
  expect(summaries.map(({ jobConfig }) => [jobConfig.name, jobConfig.jobType, jobConfig.jobIterations])).toEqual([
    ['web', 'create', 4],
    ['single', 'create', 2],
    ['delete', 'delete', 1],
  ])
  const [web] = summaries
  expect(web?.jobConfig).toMatchObject({ jobPause: 300_000_000, qps: 100, churnConfig: { cycles: 1, percent: 50 } })
  expect(new Set(summaries.map(({ passed }) => passed))).toEqual(new Set([true]))
  const times = summaries.flatMap(({ timestamp, endTimestamp }) => [timestamp, endTimestamp])
  expect(times).toEqual(times.toSorted())
  const churn = [web?.timestamp, web?.churnStartTimestamp, web?.churnEndTimestamp, web?.endTimestamp].map(String)
  expect(churn).toEqual(churn.toSorted())

  const pods = await documents<PodDocument>('podLatencyMeasurement-web.json')
  // Eight Deployments of two, and four of them a second time.
  expect(pods).toHaveLength(24)
  expect(pods.filter(({ churnMetric }) => churnMetric === true)).toHaveLength(8)
  for (const { podName, namespace, jobIteration, replica, uuid } of pods) {
    expect(podName).toMatch(new RegExp(`^d-${jobIteration}-${replica}-`))
    expect(namespace).toBe(`kb-web-${Math.floor(jobIteration / 2)}`)
    expect(uuid).toBe(web?.uuid)
  }
  const single = await documents<PodDocument>('podLatencyMeasurement-single.json')
  expect(single.map(({ podName }) => podName).toSorted()).toEqual(
    [0, 1].flatMap((iteration) => [1, 2, 3].map((replica) => `p-${iteration}-${replica}`)),
  )
  for (const { containersReadyLatency, podReadyLatency } of single) {
    expect(containersReadyLatency).toBeGreaterThan(0)
    expect(containersReadyLatency).toBeLessThanOrEqual(podReadyLatency)
  }
  // Each job is held to the threshold by itself, and the one that makes no pods is not.
  expect(record.thresholds.map(({ series, passed }) => [series?.job, passed])).toEqual([
    ['web', true],
    ['single', true],
  ])
})

/** When each pod was requested and when it was ready, in seconds since the start, by its name. */
async function timesOf(directory: string): Promise<ReadonlyMap<string, { sent: number; ready: number }>> {
  const lines = (await readFile(join(directory, 'samples.ndjson'), 'utf8')).trim().split('\n')
  const samples = lines.map((line) => JSON.parse(line) as Sample)
  return new Map(
    samples
      .filter(({ metric }) => metric === 'pod_ready_latency')
      .map(({ labels, t, value }) => [labels.pod ?? '', { sent: t - value, ready: t }]),
  )
}

test('waits, delays and pauses are those of the file, and so are the variables and the names', async () => {
  const pods = (name: string, more: string) =>
    `  - {name: ${name}, jobIterations: 3, qps: 100, burst: 10, namespace: kb-${name}, objects: [{objectTemplate: pod.yaml, replicas: 2, inputVars: {suffix: ${name}}}], ${more}}`
  await write({
    'config.yaml': `
global: {measurements: none}
jobs:
${pods('waiting', 'waitWhenFinished: false, podWait: true, namespacedIterations: false, jobPause: 700ms')}
${pods('delayed', 'jobIterationDelay: 400ms, iterationsPerNamespace: 2, preLoadImages: false')}
`,
    'pod.yaml': POD.replace('{{.Replica}}', '{{.Replica}}-{{.suffix}}'),
  })
  const directory = place('run')
  const ended = await density('-f', place('config.yaml'), '--output-dir', directory)
  expect(ended.exitCode, ended.stderr).toBe(0)
  const times = await timesOf(directory)
  const of = (job: string, iteration: number) =>
    [1, 2].map((replica) => times.get(`p-${iteration}-${replica}-${job}`) ?? { sent: Number.NaN, ready: Number.NaN })
  const firstSent = (job: string, iteration: number) => Math.min(...of(job, iteration).map(({ sent }) => sent))
  const lastReady = (job: string, iteration: number) => Math.max(...of(job, iteration).map(({ ready }) => ready))
  for (const iteration of [1, 2]) {
    expect(firstSent('waiting', iteration)).toBeGreaterThan(lastReady('waiting', iteration - 1))
    expect(firstSent('delayed', iteration) - firstSent('delayed', iteration - 1)).toBeGreaterThanOrEqual(0.4)
  }
  expect(firstSent('delayed', 0) - lastReady('waiting', 2)).toBeGreaterThanOrEqual(0.7)
  const namespaces = new Set(densityDetails(recordOf(ended))?.pods.map(({ namespace }) => namespace))
  expect([...namespaces].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['kb-delayed-0', 'kb-delayed-1', 'kb-waiting'])
})

test('objects that are not there any more when they are counted end the run', async () => {
  await write({
    'config.yaml':
      'jobs: [{name: counted, jobIterations: 2, qps: 50, burst: 10, namespace: kb-counted, jobIterationDelay: 2s, objects: [{objectTemplate: cm.yaml, replicas: 2}]}]\n',
    'cm.yaml': CONFIG_MAP,
  })
  const running = density('-f', place('config.yaml'))
  const remove = () => cluster.tryKubectl(['-n', 'kb-counted-0', 'delete', 'configmap', 'counted-0-1'])
  await expect.poll(async () => (await remove()).exitCode, { timeout: 30_000, interval: 100 }).toBe(0)
  const ended = await running
  expect(ended.exitCode).toBe(1)
  expect(ended.stderr).toContain('job "counted" made 4 objects of kind ConfigMap, and 3 are there')
  expect(await cluster.kubectl(['get', 'ns', '-o', 'name'])).not.toContain('kb-counted')
})
