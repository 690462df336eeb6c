import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { connect } from '../../../../lib/kube/client.ts'
import type { RunRecord } from '../../../../lib/record/run-record.ts'
import { observeScheduler } from '../../../../lib/workload/control-plane/scheduler-observer.ts'
import { forwardedApiServer } from '../../../cluster/addresses.ts'
import { readState } from '../../../cluster/cluster-folder.ts'
import { type ControlPlane, startControlPlane } from '../../../cluster/control-plane.ts'
import { schedulerImage } from '../../../cluster/nodes/image-definitions.ts'
import { runCommand } from '../../../cluster/run-command.ts'
import { startProgram } from '../../../cmd/start-program.ts'
import { kubectlPortForward } from '../../kube/kubectl-port-forward.ts'

// A real scheduler that runs as a pod of the host's network, as kubeadm makes it, and places every pod of the cluster.

const live = new AbortController().signal

let cluster: ControlPlane & AsyncDisposable

beforeAll(async () => {
  cluster = await startControlPlane({ realNodes: 1, kwokNodes: 2 })
  await cluster.stop('kube-scheduler')
  await startScheduler()
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

async function startScheduler(): Promise<void> {
  const { slot } = await readState(cluster.name)
  const config = parse(await readFile(await cluster.createUser('system:kube-scheduler'), 'utf8')) as {
    clusters: [{ cluster: { server: string } }]
  }
  config.clusters[0].cluster.server = forwardedApiServer(slot).url
  const kubeconfig = '/etc/kubernetes/scheduler.conf'
  const objects = [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'scheduler', namespace: 'kube-system' },
      stringData: { 'scheduler.conf': stringify(config) },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'kube-scheduler-node-a', namespace: 'kube-system', labels: { component: 'kube-scheduler' } },
      spec: {
        nodeName: 'node-a',
        hostNetwork: true,
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'kube-scheduler',
            image: schedulerImage,
            args: [
              `--kubeconfig=${kubeconfig}`,
              `--authentication-kubeconfig=${kubeconfig}`,
              `--authorization-kubeconfig=${kubeconfig}`,
              '--bind-address=127.0.0.1',
              '--leader-elect=false',
            ],
            readinessProbe: {
              httpGet: { host: '127.0.0.1', scheme: 'HTTPS', port: 10259, path: '/readyz' },
              periodSeconds: 1,
            },
            volumeMounts: [{ name: 'config', mountPath: '/etc/kubernetes' }],
          },
        ],
        volumes: [{ name: 'config', secret: { secretName: 'scheduler' } }],
      },
    },
  ]
  const stdin = objects.map((object) => JSON.stringify(object)).join('\n---\n')
  await cluster.kubectl(['apply', '-f', '-'], { stdin })
  await cluster.kubectl(['wait', 'pod/kube-scheduler-node-a', '-n', 'kube-system', '--for=condition=Ready'])
}

const connectAs = (kubeconfig: string) =>
  connect({ kubeconfig }, { variables: {}, homeDirectory: cluster.folder, workingDirectory: cluster.folder })

/** The scheduler's count of placed pods, by kubectl, curl and awk. */
async function placedPods(token: string): Promise<number> {
  const scheduler = { namespace: 'kube-system', pod: 'kube-scheduler-node-a' }
  await using forward = await kubectlPortForward(cluster, scheduler, 10_259)
  const family = 'scheduler_scheduling_attempt_duration_seconds_count'
  const script = `curl -sk -H "Authorization: Bearer $TOKEN" https://127.0.0.1:${forward.localPort}/metrics | awk '/^${family}.*result="scheduled"/ { n += $2 } END { print n + 0 }'`
  const { stdout } = await runCommand('sh', ['-c', script], {
    env: { ...process.env, TOKEN: token },
    timeoutMs: 30_000,
  })
  return Number(stdout)
}

/** The token of a new service account with the rights that the document names. */
async function tokenOf(name: string): Promise<string> {
  const account = `--serviceaccount=default:${name}`
  await cluster.kubectl(['create', 'serviceaccount', name])
  await cluster.kubectl(['apply', '-f', 'docs/rbac/server-metrics.yaml'])
  await cluster.kubectl(['create', 'clusterrolebinding', name, '--clusterrole=perf-server-metrics', account])
  await cluster.kubectl(['create', 'rolebinding', name, '-n', 'kube-system', '--role=perf-server-metrics', account])
  return (await cluster.kubectl(['create', 'token', name])).trim()
}

/** Pods that kwok's nodes take, and as many more that no node takes. */
async function createPods(count: number, prefix: string): Promise<void> {
  const pod = (name: string, nodeSelector: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      containers: [{ name: 'c', image: 'registry.k8s.io/pause:3.9' }],
      tolerations: [{ operator: 'Exists' }],
      nodeSelector,
    },
  })
  const items = Array.from({ length: count }, (_, index) => [
    pod(`${prefix}-${index}`, { type: 'kwok' }),
    pod(`${prefix}-never-${index}`, { never: 'there' }),
  ]).flat()
  await cluster.kubectl(['create', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${index}`)
  await cluster.kubectl(['wait', 'pod', '--for=condition=PodScheduled', ...names])
}

test('with a client certificate: as many attempts as the scheduler itself counts', async () => {
  await using client = await connectAs(cluster.kubeconfig)
  const token = await tokenOf('independent')
  const before = await placedPods(token)
  const observer = await observeScheduler(client, live)
  await createPods(10, 'certificate')
  const { metrics, findings } = await observer.read()
  await observer.stop()
  expect(findings).toEqual([])
  const attempts = metrics.filter(({ name }) => name === 'scheduler_attempt_latency')
  expect(attempts.map(({ labels }) => labels)).toEqual(
    expect.arrayContaining([
      { profile: 'default-scheduler', result: 'scheduled' },
      { profile: 'default-scheduler', result: 'unschedulable' },
    ]),
  )
  const placed = attempts.find(({ labels }) => labels.result === 'scheduled')
  expect(placed?.statistics.count).toBe(10)
  expect(await placedPods(token)).toBe(before + 10)
  expect(placed?.statistics.mean).toBeGreaterThan(0)
  expect(placed).toMatchObject({ unit: 's', source: 'scheduler-metrics' })
  expect(metrics.find(({ name }) => name === 'scheduler_pod_latency')?.statistics.count).toBe(10)
  const waiting = metrics.find(
    ({ name, labels }) =>
      name === 'scheduler_pending_pods' && labels.queue === 'unschedulable' && labels.when === 'after',
  )
  expect(waiting?.statistics.value).toBe(10)
})

test('with the token of a service account that has no more than the rights that the document names', async () => {
  const token = await tokenOf('reader')
  const { server, caFile } = cluster
  await using client = await connect(
    { server, certificateAuthority: caFile, token },
    { variables: {}, homeDirectory: cluster.folder, workingDirectory: cluster.folder },
  )
  const observer = await observeScheduler(client, live)
  await createPods(3, 'token')
  const { metrics, findings } = await observer.read()
  await observer.stop()
  expect(findings).toEqual([])
  expect(metrics.find(({ labels }) => labels.result === 'scheduled')?.statistics.count).toBe(3)
})

test('in the record of a density run', async () => {
  const token = await tokenOf('bystander')
  const before = await placedPods(token)
  const program = startProgram(cluster.kubeconfig, ['density', '-o', 'json', '--iterations=5', '--preload=never'])
  const { stdout, exitCode } = await program.ended
  expect(exitCode).toBe(0)
  const { metrics, findings } = JSON.parse(stdout) as RunRecord
  const placed = metrics.find(
    ({ name, labels }) => name === 'scheduler_attempt_latency' && labels.result === 'scheduled',
  )
  expect(placed?.statistics.count).toBe(5)
  expect(await placedPods(token)).toBe(before + 5)
  expect(findings.map(({ code }) => code)).not.toContain('NoSchedulerMetrics')
})

test('rights are missing one after the other: each is one finding that says which, and no figure', async () => {
  const user = 'newcomer'
  await using client = await connectAs(await cluster.createUser(user))
  const found = async () => {
    const observer = await observeScheduler(client, live)
    const { metrics, findings } = await observer.read()
    await observer.stop()
    expect(metrics).toEqual([])
    expect(findings.map(({ severity, code }) => [severity, code])).toEqual([['info', 'NoSchedulerMetrics']])
    expect(findings[0]?.advice).toContain('docs/rbac/server-metrics.yaml')
    return findings[0]?.message ?? ''
  }
  const allow = async (name: string, ...rule: string[]) => {
    await cluster.kubectl(['create', 'role', name, '-n', 'kube-system', ...rule])
    await cluster.kubectl(['create', 'rolebinding', name, '-n', 'kube-system', `--role=${name}`, `--user=${user}`])
  }
  expect(await found()).toContain('cannot list resource "pods"')
  await allow('see', '--verb=list', '--resource=pods')
  await expect.poll(found, { timeout: 10_000 }).toContain('cannot get resource "pods/portforward"')
  await allow('forward', '--verb=get,create', '--resource=pods/portforward')
  await expect.poll(found, { timeout: 10_000 }).toContain(`User "${user}" cannot get path "/metrics"`)
})

test('a scheduler that was started anew has no figures, and none that is not there either', async () => {
  await using client = await connectAs(cluster.kubeconfig)
  const restarted = await observeScheduler(client, live)
  await cluster.kubectl(['delete', 'pod', '-n', 'kube-system', 'kube-scheduler-node-a', '--wait'])
  await startScheduler()
  expect(await restarted.read()).toMatchObject({
    metrics: [],
    findings: [{ message: 'No figures of the scheduler itself: one was started anew in between' }],
  })
  await restarted.stop()
  const gone = await observeScheduler(client, live)
  await cluster.kubectl(['delete', 'pod', '-n', 'kube-system', 'kube-scheduler-node-a', '--wait'])
  expect(await gone.read()).toMatchObject({
    metrics: [],
    findings: [{ message: 'No figures of the scheduler itself: pods "kube-scheduler-node-a" not found' }],
  })
  await gone.stop()
  const none = await observeScheduler(client, live)
  expect((await none.read()).findings).toMatchObject([
    { severity: 'info', message: expect.stringContaining('none is there as a pod') as string },
  ])
  await none.stop()
})
