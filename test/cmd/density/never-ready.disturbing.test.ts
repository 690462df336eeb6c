import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { recordOf, runCommandLine } from '../run-command-line.ts'
import { startProgram } from '../start-program.ts'

// Pods that never get ready, on one real node that takes five of them.

let cluster: ControlPlane & AsyncDisposable
beforeAll(async () => {
  cluster = await startControlPlane({ realNodes: 1, maxPods: { 'node-a': 5 } })
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

interface Failed {
  record: RunRecord
  faults: { code: string; message: string; count?: number }[]
  notReady: Record<string, number>
}

/** Runs to a failure that is complete: exit code 1, counted by reason, and nothing left in the cluster. */
async function fail(...argv: string[]): Promise<Failed> {
  const ended = await runCommandLine(cluster.kubeconfig, ['density', '--namespaces', 'single', '-o', 'json', ...argv])
  const record = recordOf(ended)
  expect(ended.exitCode, ended.stderr).toBe(1)
  expect(record.outcome).toBe('error')
  expect(await leftOver(record)).toBe('')
  const faults = record.findings.filter(({ severity }) => severity === 'error')
  // Whoever only reads stderr is told the same.
  for (const { message } of faults) expect(ended.stderr).toContain(message.split('\n')[0])
  const series = record.metrics.filter(({ name }) => name === 'pods_not_ready')
  const notReady = Object.fromEntries(series.map(({ labels, statistics }) => [labels.reason, statistics.value ?? 0]))
  return { record, faults, notReady }
}

function leftOver({ runId }: RunRecord): Promise<string> {
  const kinds = 'namespaces,pods,configmaps,deployments,replicasets'
  return cluster.kubectl(['get', kinds, '-A', '-l', `kubectl-perf/run=${runId}`, '-o', 'name'])
}

function value({ metrics }: RunRecord, name: string): number | undefined {
  return metrics.find((metric) => metric.name === name)?.statistics.value
}

test('more pods than the node takes: five measured, three counted with the scheduler’s reason', async () => {
  const { record, faults, notReady } = await fail('--iterations', '8', '--qps', '0', '--pending-grace', '1s')
  expect(value(record, 'pods_created')).toBe(8)
  expect(value(record, 'pods_measured')).toBe(5)
  expect(Object.values(notReady)).toEqual([3])
  expect(Object.keys(notReady)[0]).toContain('Too many pods')
  expect(faults).toEqual([
    {
      severity: 'error',
      code: 'RunFailed',
      message: expect.stringMatching(/^5 of 8 pods became ready; 3 stay unschedulable/) as string,
      advice: expect.stringContaining('--pending-grace') as string,
    },
    expect.objectContaining({
      code: 'PodsNotReady',
      count: 3,
      message: expect.stringContaining('Too many pods') as string,
    }),
  ])
})

test('the same with --fail-fast=false waits for --timeout', async () => {
  const argv = ['--iterations', '8', '--qps', '0', '--pending-grace', '0s', '--fail-fast=false', '--timeout', '20s']
  const { record, faults } = await fail(...argv)
  expect(value(record, 'pods_measured')).toBe(5)
  expect(faults[0]?.message).toBe('5 of 8 pods became ready within 20s')
})

test('a Deployment whose node is cordoned', async () => {
  await cluster.kubectl(['cordon', 'node-a'])
  onTestFinished(async () => void (await cluster.kubectl(['uncordon', 'node-a'])))
  const load = ['--workload', 'deployments', '--iterations', '1', '--replicas', '2']
  const { faults, notReady } = await fail(...load, '--pending-grace', '1s')
  expect(faults[0]?.message).toMatch(/^0 of 2 pods became ready; 2 stay unschedulable/)
  expect(faults[1]?.message).toContain('unschedulable')
  expect(Object.values(notReady)).toEqual([2])
})

test('a Deployment whose pods a quota keeps from being created', async () => {
  const namespace = 'quota'
  await cluster.kubectl(['create', 'namespace', namespace])
  await cluster.kubectl(['-n', namespace, 'create', 'quota', 'few', '--hard=pods=1'])
  const existing = ['--namespace', namespace, '--no-create-namespace', '--workload', 'deployments']
  const ended = await runCommandLine(cluster.kubeconfig, [
    'density',
    ...existing,
    '--iterations',
    '1',
    '--replicas',
    '3',
    '-o',
    'json',
  ])
  expect(ended.exitCode).toBe(1)
  const faults = recordOf(ended).findings.filter(({ severity }) => severity === 'error')
  // The one pod that the quota allows may be on its way still: then that is said after this.
  expect(faults[0]?.message).toMatch(
    /^[01] of 3 pods became ready; 2 were not created: pods "perf-\w+-deployment-0-\w+-\w+" is forbidden: exceeded quota: few/,
  )
  expect(await leftOver(recordOf(ended))).toBe('')
})

test('an image that cannot be pulled: told by the preload, or by the pods where there is none', async () => {
  const image = ['--iterations', '2', '--image', 'registry.example/no-such-image:1']
  const ahead = await fail(...image)
  expect(ahead.faults[0]?.message).toMatch(
    /^image registry\.example\/no-such-image:1 cannot be pulled on node node-a: ErrImagePull|ImagePullBackOff/,
  )
  expect(value(ahead.record, 'pods_created')).toBe(0)
  const pods = await fail(...image, '--preload', 'never')
  expect(pods.faults[0]?.message).toMatch(/^0 of 2 pods became ready; [12] cannot/)
  expect(pods.faults[1]?.message).toMatch(/^(ErrImagePull|ImagePullBackOff): .*no-such-image/)
  const deployments = await fail(...image, '--preload', 'never', '--workload', 'deployments')
  expect(deployments.faults[0]?.message).toMatch(/ pods became ready; \d+ cannot/)
})

test('images are pulled ahead wherever the pods themselves may be, and a node that has no room is not said to have it', async () => {
  const preload = ({ phases }: RunRecord) => phases.find(({ name }) => name === 'preload')
  await cluster.kubectl(['create', 'namespace', 'strict'])
  onTestFinished(async () => void (await cluster.kubectl(['delete', 'namespace', 'strict', '--wait=false'])))
  await cluster.kubectl(['label', 'namespace', 'strict', 'pod-security.kubernetes.io/enforce=restricted'])
  const quota = ['create', 'quota', 'requests', '--hard=requests.cpu=1,requests.memory=1Gi']
  await cluster.kubectl(['-n', 'strict', ...quota])
  const argv = ['density', '--namespace', 'strict', '--no-create-namespace', '--preload', 'always', '-o', 'json']
  const strict = await runCommandLine(cluster.kubeconfig, [...argv, '--iterations', '5', '--keep'])
  expect(strict.exitCode, strict.stderr).toBe(0)
  expect(preload(recordOf(strict))).toMatchObject({ count: 1, note: 'pulled on 1 node' })

  const { record } = await fail('--iterations', '1', '--preload', 'always', '--pending-grace', '1s')
  expect(preload(record)).toMatchObject({ count: 0, note: 'pulled on 0 nodes, not on node-a (OutOfpods)' })
  const { runId } = recordOf(strict)
  expect((await runCommandLine(cluster.kubeconfig, ['cleanup', '--run', runId, '-y'])).exitCode).toBe(0)
})

/** A pod of one container with a readiness probe: without one it would be ready whenever it runs, be it for a moment. */
function probedPod(name: string, shell: string, probe: string, restartPolicy: string): string {
  const command = (text: string) => JSON.stringify(['sh', '-c', text])
  return `---
apiVersion: v1
kind: Pod
metadata: {name: "{{.Name}}-${name}"}
spec:
  restartPolicy: ${restartPolicy}
  terminationGracePeriodSeconds: 0
  containers:
    - name: main
      image: docker.io/library/busybox:1.35
      command: ${command(shell)}
      readinessProbe: {periodSeconds: 1, exec: {command: ${command(probe)}}}
`
}

async function failWith(...pods: string[]): Promise<Failed> {
  const folder = await mkdtemp(join(tmpdir(), 'never-ready-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const template = join(folder, 'pods.yaml')
  await writeFile(template, pods.join(''))
  return fail(
    '--workload',
    'template',
    '--template',
    template,
    '--iterations',
    '1',
    '--replicas',
    '1',
    '--timeout',
    '120s',
  )
}

test('a container that ends by itself before it is ready', async () => {
  const { record, faults } = await failWith(probedPod('ends', 'exit 1', 'false', 'Always'))
  expect(faults[0]?.message).toBe('0 of 1 pods became ready; 1 cannot')
  expect(faults[1]?.message).toMatch(/^(CrashLoopBackOff|ContainersNotReady): /)
  expect(value(record, 'pods_measured')).toBe(0)
})

test('a container that ends after it was ready, while another pod is waited for', async () => {
  // Its end waits for its probe, and so for being ready.
  const ends = 'until [ -e /tmp/probed ]; do sleep 0.2; done; sleep 5; exit 1'
  const { record, faults, notReady } = await failWith(
    probedPod('ends', ends, 'touch /tmp/probed', 'Never'),
    probedPod('waits', 'sleep 3600', 'false', 'Never'),
  )
  expect(faults[0]?.message).toBe('0 of 2 pods are ready; 1 did not stay so')
  expect(faults.map(({ message }) => message)).toContain('Failed after it was ready')
  expect(notReady).toMatchObject({ Failed: 1 })
  expect(value(record, 'pods_measured')).toBe(1)
})

test('interrupted while images are pulled', async () => {
  const image = ['--image', 'docker.io/library/nginx:latest', '--preload', 'always']
  const run = startProgram(cluster.kubeconfig, ['density', '--iterations', '2', '-o', 'json', ...image])
  await run.printed(/^preload: /m)
  run.signal('SIGINT')
  const ended = await run.ended
  expect(ended.exitCode).toBe(130)
  expect(recordOf(ended)).toMatchObject({ outcome: 'aborted' })
  expect(await leftOver(recordOf(ended))).toBe('')
})

test('a node that dies: what cannot be removed is named, and goes when the node is back', async () => {
  const run = startProgram(cluster.kubeconfig, ['density', '--iterations', '3', '--timeout', '8s', '-o', 'json'])
  await run.printed(/^ready: /m)
  await cluster.stop('node-a/kubelet')
  const ended = await run.ended
  await cluster.start('node-a/kubelet')
  expect(ended.exitCode).toBe(1)
  const record = recordOf(ended)
  expect(record.findings.at(-1)).toMatchObject({ code: 'LeftBehind' })
  await expect.poll(() => leftOver(record), { timeout: 60_000 }).toBe('')
})
