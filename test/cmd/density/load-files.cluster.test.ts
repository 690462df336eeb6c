import { beforeAll, expect, onTestFinished, test } from 'vitest'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { sharedCluster } from '../../cluster/shared-cluster.ts'
import { recordOf, runCommandLine } from '../run-command-line.ts'
import { folderForEachTest } from './folder-for-each-test.ts'

let cluster: ControlPlane
beforeAll(async () => {
  cluster = await sharedCluster()
})
const { place, write } = folderForEachTest()

const density = (...argv: string[]) => runCommandLine(cluster.kubeconfig, ['density', ...argv, '-o', 'json'])

function accepted({ metrics }: RunRecord): Record<string, number> {
  const answered = metrics.filter(({ name, labels }) => name === 'api_requests' && labels.code?.startsWith('2'))
  return Object.fromEntries(
    answered.map(({ labels, statistics }) => [`${labels.verb} ${labels.resource}`, statistics.value ?? 0]),
  )
}

const CONFIG_MAP = `
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{.JobName}}-{{.Iteration}}-{{.Replica}}
  labels: {kind: load}
data: {size: "{{ mul .Replica 10 }}"}
`

test('jobs that patch, read and delete work on what an earlier job made, found by its labels', async () => {
  const selected = 'kind: ConfigMap, apiVersion: v1, labelSelector: {kube-burner.io/job: make}'
  await write({
    'config.yaml': `
jobs:
  - {name: make, jobIterations: 3, qps: 100, burst: 10, namespace: kb-jobs, objects: [{objectTemplate: cm.yaml, replicas: 2}]}
  - {name: change, jobType: patch, jobIterations: 2, qps: 100, burst: 10, objects: [{${selected}, objectTemplate: patch.json, patchType: application/merge-patch+json}]}
  - {name: look, jobType: read, jobIterations: 2, qps: 100, burst: 10, objects: [{${selected}}]}
  - {name: remove, jobType: delete, qps: 100, burst: 10, waitForDeletion: true, objects: [{${selected}}]}
`,
    'cm.yaml': CONFIG_MAP,
    'patch.json': '{"data": {"changed": "yes"}}',
  })
  const ended = await density('-f', place('config.yaml'))
  expect(ended.stderr).not.toContain('error')
  expect(ended.exitCode).toBe(0)
  const record = recordOf(ended)
  expect(accepted(record)).toMatchObject({
    'create configmaps': 6,
    'patch configmaps': 12,
    'get configmaps': 12,
    'delete configmaps': 6,
  })
  expect(record.phases.map(({ name }) => name)).toEqual(expect.arrayContaining(['make', 'change', 'look', 'remove']))
  expect(await cluster.kubectl(['get', 'ns', '-o', 'name'])).not.toContain('kb-jobs')
})

test('objects carry the labels that users of kube-burner select by, and the names of the file', async () => {
  await write({
    'config.yaml': `
jobs:
  - {name: labelled, jobIterations: 1, qps: 100, burst: 10, namespace: kb-labels, objects: [{objectTemplate: cm.yaml, replicas: 1}]}
`,
    'cm.yaml': CONFIG_MAP,
  })
  const ended = await density('-f', place('config.yaml'), '--keep')
  expect(ended.exitCode).toBe(0)
  const { runId } = recordOf(ended)
  onTestFinished(async () => void (await runCommandLine(cluster.kubeconfig, ['cleanup', '--run', runId, '-y'])))
  const found = JSON.parse(
    await cluster.kubectl(['-n', 'kb-labels-0', 'get', 'configmap', 'labelled-0-1', '-o', 'json']),
  ) as {
    metadata: { labels: Record<string, string> }
    data: Record<string, string>
  }
  expect(found.data).toEqual({ size: '10' })
  expect(found.metadata.labels).toMatchObject({
    kind: 'load',
    'kubectl-perf/run': runId,
    'kube-burner.io/job': 'labelled',
    'kube-burner.io/index': '0',
    'kube-burner.io/job-iteration': '0',
    'kube-burner.io/replica': '1',
    'kube-burner.io/uuid': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  })
})

test("a job that would delete others' objects needs --yes", async () => {
  await cluster.kubectl(['create', 'namespace', 'kb-others'])
  onTestFinished(async () => void (await cluster.kubectl(['delete', 'namespace', 'kb-others', '--wait=false'])))
  await cluster.kubectl(['-n', 'kb-others', 'create', 'configmap', 'theirs'])
  await cluster.kubectl(['-n', 'kb-others', 'label', 'configmap', 'theirs', 'owner=others'])
  await write({
    'config.yaml':
      'jobs: [{name: remove, jobType: delete, qps: 100, burst: 10, objects: [{kind: ConfigMap, apiVersion: v1, labelSelector: {owner: others}}]}]\n',
  })
  const ended = await density('-f', place('config.yaml'))
  expect(ended.exitCode).toBe(1)
  expect(ended.stderr).toContain(
    'would delete 1 objects of kind ConfigMap that this run did not make, such as "theirs"',
  )
  expect(await cluster.kubectl(['-n', 'kb-others', 'get', 'configmap', 'theirs', '-o', 'name'])).toBe(
    'configmap/theirs\n',
  )
})

test('pods that reach into their nodes are announced, and privileged ones need --yes', async () => {
  const pod = (more: string) => `
apiVersion: v1
kind: Pod
metadata: {name: "reaching-{{.Iteration}}"}
spec:
  volumes: [{name: logs, hostPath: {path: /var/log}}]
  containers: [{name: main, image: registry.k8s.io/pause:3.10${more}}]
`
  await write({
    'config.yaml': `
jobs:
  - {name: reaching, jobIterations: 1, qps: 100, burst: 10, namespace: kb-reach, objects: [{objectTemplate: pod.yaml, replicas: 1}]}
`,
    'pod.yaml': pod(''),
  })
  const flags = ['-f', place('config.yaml'), '--preload', 'never']
  const mounting = await density(...flags)
  expect(mounting.exitCode, mounting.stderr).toBe(0)
  expect(mounting.stderr).toMatch(
    /with 1 pod at .*; all removed afterwards\. Its pods reach into their nodes by hostPath volumes\. Run /,
  )
  await write({ 'pod.yaml': pod(', securityContext: {privileged: true}') })
  const refused = await density(...flags)
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
  expect(refused.stderr).toContain('This creates pods with privileged containers. Confirm it with --yes')
  const confirmed = await density(...flags, '--yes')
  expect(confirmed.exitCode, confirmed.stderr).toBe(0)
  expect(confirmed.stderr).toContain('Its pods reach into their nodes by privileged containers, hostPath volumes.')
})

test('a namespace that exists and is not of the run is refused', async () => {
  await cluster.kubectl(['create', 'namespace', 'kb-taken-0'])
  onTestFinished(async () => void (await cluster.kubectl(['delete', 'namespace', 'kb-taken-0', '--wait=false'])))
  await write({
    'config.yaml':
      'jobs: [{name: taken, jobIterations: 1, qps: 10, burst: 1, namespace: kb-taken, objects: [{objectTemplate: cm.yaml, replicas: 1}]}]\n',
    'cm.yaml': CONFIG_MAP,
  })
  const ended = await density('-f', place('config.yaml'))
  expect(ended.exitCode).toBe(1)
  expect(ended.stderr).toContain('namespaces "kb-taken-0" already exists')
  expect(await cluster.kubectl(['get', 'ns', 'kb-taken-0', '-o', 'name'])).toBe('namespace/kb-taken-0\n')
})

test('templates make any objects, with the variables of both older tools', async () => {
  await write({
    'mix.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{.Name}}}
spec:
  replicas: {{ add .Replica 1 }}
  selector: {matchLabels: {app: {{.Name}}}}
  template:
    metadata: {labels: {app: {{.Name}}}}
    spec: {containers: [{name: main, image: registry.k8s.io/pause:3.10}]}
---
apiVersion: v1
kind: Secret
metadata: {name: {{.Name}}, namespace: {{.Namespace}}}
stringData: {iteration: "{{.Iteration}}"}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: daemon-{{.Index}}}
spec:
  selector: {matchLabels: {app: daemon-{{.Index}}}}
  template:
    metadata: {labels: {app: daemon-{{.Index}}}}
    spec: {containers: [{name: main, image: registry.k8s.io/pause:3.10}]}
`,
  })
  const ended = await density(
    '--workload',
    'template',
    '--template',
    place('mix.yaml'),
    '--iterations',
    '2',
    '--replicas',
    '1',
    '--qps',
    '0',
  )
  expect(ended.stderr).not.toContain('error')
  expect(ended.exitCode).toBe(0)
  const record = recordOf(ended)
  expect(accepted(record)).toMatchObject({ 'create deployments': 2, 'create secrets': 2, 'create daemonsets': 2 })
  // Two Deployments of two replicas, and two DaemonSets on five nodes.
  expect(record.metrics.find(({ name }) => name === 'pods_measured')?.statistics.value).toBe(14)
  const label = `kubectl-perf/run=${record.runId}`
  expect(await cluster.kubectl(['get', 'ns,deploy,secrets,ds,pods', '-A', '-l', label, '-o', 'name'])).toBe('')
})

test('a kind that the cluster does not have is found before anything is created', async () => {
  await write({ 'crd.yaml': 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: "{{.Name}}"}\n' })
  const ended = await density('--workload', 'template', '--template', place('crd.yaml'))
  expect(ended).toMatchObject({ exitCode: 1, stdout: '' })
  expect(ended.stderr).toContain('error: no matches for kind "Widget" in version "example.com/v1"')
  expect(ended.stderr).toContain('ensure CRDs are installed first')
})

test('a fault in a template is told with file, line and column', async () => {
  await write({ 'bad.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Name | uper }}}\n' })
  const ended = await density('--workload', 'template', '--template', place('bad.yaml'))
  expect(ended.exitCode).toBe(2)
  expect(ended.stderr).toMatch(/bad\.yaml:3:\d+: .*uper.*upper/)
})

const POD = `
apiVersion: v1
kind: Pod
metadata: {name: "p-{{.Iteration}}-{{.Replica}}"}
spec: {containers: [{name: main, image: registry.k8s.io/pause:3.10}]}
`

test('churn deletes and makes anew whole namespaces, or the oldest objects of each kind; gc removes a job at once', async () => {
  const job = (name: string, churn: string, more = '') =>
    `{name: ${name}, jobIterations: 4, qps: 100, burst: 10, namespace: kb-${name}, ${more} churnConfig: {percent: 50, cycles: 1, duration: 1h, ${churn}}, objects: [{objectTemplate: pod.yaml, replicas: 2}]}`
  await write({
    'config.yaml': `jobs:\n  - ${job('spaces', 'mode: namespaces', 'gc: true,')}\n  - ${job('oldest', 'mode: objects')}\n`,
    'pod.yaml': POD,
  })
  const ended = await density('-f', place('config.yaml'))
  expect(ended.stderr).not.toContain('error')
  expect(ended.exitCode).toBe(0)
  const record = recordOf(ended)
  // Eight pods in each job, and half of them a second time.
  expect(accepted(record)).toMatchObject({ 'create pods': 24, 'create namespaces': 10 })
  expect(record.metrics.find(({ name }) => name === 'pods_measured')?.statistics.value).toBe(24)
  expect(record.phases.find(({ name }) => name === 'delete')?.count).toBe(8)
})

test('a ClusterLoader2 configuration is answered with the command that does the same', async () => {
  const ended = await density('-f', `${process.cwd()}/test/fixtures/user-files/api-load-config.yaml`)
  expect(ended.exitCode).toBe(2)
  expect(ended.stderr).toContain('is a ClusterLoader2 configuration')
  expect(ended.stderr).toMatch(/kubectl perf density --workload api-load --iterations 10 .*--configmaps 100/)
})
