import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { type Ended, recordOf } from '../run-command-line.ts'
import { startProgram } from '../start-program.ts'
import { startProxy } from './tcp-proxy.ts'

// A control plane that restarts, hangs, sheds load or goes away in the middle of a run.

let cluster: ControlPlane & AsyncDisposable
beforeAll(async () => {
  cluster = await startControlPlane({ kwokNodes: 12 })
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

const density = (...argv: string[]) => startProgram(cluster.kubeconfig, ['density', '-o', 'json', ...argv])
const few = ['--namespaces', '3']

/** Everything in the cluster that carries the label of any run. */
function objects(): Promise<string> {
  const kinds = 'namespaces,pods,configmaps,deployments,replicasets'
  return cluster.kubectl(['get', kinds, '-A', '-l', 'kubectl-perf/run', '-o', 'name'])
}

function value({ metrics }: RunRecord, name: string): number {
  const series = metrics.filter((metric) => metric.name === name)
  return series.reduce((sum, { statistics }) => sum + (statistics.value ?? 0), 0)
}

/** All pods measured in the end: nothing that happened on the way is lost. */
function expectComplete(ended: Ended, pods: number): RunRecord {
  const record = recordOf(ended)
  const faults = record.findings.filter(({ severity }) => severity === 'error').map(({ message }) => message)
  expect({ faults, exitCode: ended.exitCode }, `${faults.join('\n')}\n${ended.stderr}`).toEqual({
    faults: [],
    exitCode: 0,
  })
  expect(value(record, 'pods_created')).toBe(pods)
  expect(value(record, 'pods_measured')).toBe(pods)
  return record
}

/** Waits until so many pods of any run are there. */
async function untilPods(count: number): Promise<void> {
  const get = ['get', 'pods', '-A', '-l', 'kubectl-perf/run', '-o', 'name']
  await expect
    .poll(async () => (await cluster.kubectl(get)).split('\n').length - 1, { timeout: 60_000, interval: 50 })
    .toBeGreaterThanOrEqual(count)
}

test('the API server is restarted while pods are created', async () => {
  const run = density('--iterations', '300', '--qps', '50', ...few)
  await untilPods(50)
  await cluster.restartApiServer()
  const record = expectComplete(await run.ended, 300)
  expect(value(record, 'api_retries')).toBeGreaterThan(0)
  expect(await objects()).toBe('')
})

test('the API server is restarted during clean-up', async () => {
  const run = density('--iterations', '20', '--qps', '0', ...few)
  await run.printed(/^clean-up: /m)
  await cluster.restartApiServer()
  expectComplete(await run.ended, 20)
  expect(await objects()).toBe('')
})

test('etcd hangs for some seconds', async () => {
  const run = density('--iterations', '150', '--qps', '50', ...few)
  await untilPods(30)
  await cluster.signal('etcd', 'SIGSTOP')
  await sleep(4000)
  await cluster.signal('etcd', 'SIGCONT')
  expectComplete(await run.ended, 150)
  expect(await objects()).toBe('')
})

test('interrupted while etcd hangs: what it does later is cleaned up as well', async () => {
  const run = density('--iterations', '100', '--qps', '50')
  await run.printed(/^namespaces: /m)
  await cluster.signal('etcd', 'SIGSTOP')
  run.signal('SIGINT')
  await sleep(3000)
  await cluster.signal('etcd', 'SIGCONT')
  const ended = await run.ended
  expect(ended.exitCode).toBe(130)
  expect(recordOf(ended)).toMatchObject({ outcome: 'aborted' })
  expect(await objects()).toBe('')
})

test('all connections, those of watches too, are cut several times while 1,000 pods are created', async () => {
  await using proxy = await startProxy(cluster)
  const run = startProgram(proxy.kubeconfig, ['density', '-o', 'json', '--iterations', '1000', '--qps', '0', ...few])
  await run.printed(/^create: /m)
  for (let cuts = 0; cuts < 5; cuts += 1) {
    await sleep(500)
    proxy.cut()
  }
  const record = expectComplete(await run.ended, 1000)
  expect(value(record, 'api_retries')).toBeGreaterThan(0)
  expect(record.findings.map(({ code }) => code)).toContain('WatchResumed')
  expect(await objects()).toBe('')
})

test('connections that carry nothing any more for a while', async () => {
  await using proxy = await startProxy(cluster)
  const run = startProgram(proxy.kubeconfig, ['density', '-o', 'json', '--iterations', '200', '--qps', '50', ...few])
  await untilPods(30)
  proxy.swallow(true)
  await sleep(5000)
  proxy.swallow(false)
  expectComplete(await run.ended, 200)
  expect(await objects()).toBe('')
})

test('the API server is gone for longer than requests are tried again: the run fails, and clean-up waits for it', async () => {
  await using proxy = await startProxy(cluster)
  const run = startProgram(proxy.kubeconfig, ['density', '-o', 'json', '--iterations', '300', '--qps', '20', ...few])
  await untilPods(20)
  await proxy.close()
  await run.printed(/^clean-up: /m)
  await sleep(2000)
  await proxy.open()
  const ended = await run.ended
  expect(ended.exitCode).toBe(1)
  const { outcome, findings } = recordOf(ended)
  expect(outcome).toBe('error')
  expect(findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toContain('RunFailed')
  expect(findings.map(({ code }) => code)).not.toContain('LeftBehind')
  expect(ended.stderr).toMatch(/^The connection to the server \S+ was refused/m)
  expect(await objects()).toBe('')
})

// One beside the other: both wait for their time-outs.
test('the connection is lost for good, or nothing is removed: says what is left and how to remove it', async () => {
  await using proxy = await startProxy(cluster)
  const load = ['density', '--iterations', '300', '--qps', '20', '--timeout', '20s', ...few]
  const cutOff = startProgram(proxy.kubeconfig, load)
  await untilPods(20)
  await proxy.close()
  await cluster.stop('kube-controller-manager')
  const stuck = await density('--iterations', '3', '--timeout', '3s').ended
  await cluster.start('kube-controller-manager')

  expect(stuck.exitCode).toBe(1)
  const messages = recordOf(stuck).findings.map(({ message }) => message)
  expect(messages[0]).toMatch(/^namespace perf-\w+-0 has no service account "default" after 3s$/)
  expect(messages.at(-1)).toMatch(/^1 namespace of run \w+ is still there after 30s$/)

  const { exitCode, stdout, stderr } = await cutOff.ended
  expect(exitCode).toBe(1)
  const runId = /Run (\w+)\.$/m.exec(stderr)?.[1] ?? ''
  const refused = 'The connection to the server \\S+ was refused - did you specify the right host or port\\?'
  const command = `kubectl perf cleanup --run ${runId} -y`
  expect(stdout).toMatch(
    new RegExp(`ERROR +the objects of run ${runId} could not be removed: ${refused}  → ${command}\n`),
  )
  expect(stdout).toMatch(
    new RegExp(
      `FAILED in \\S+: ${refused} Objects are left behind: remove with "${command}"\\.\n {2}check the server of the cluster .*\n$`,
    ),
  )
  expect(await objects()).not.toBe('')
  expect((await startProgram(cluster.kubeconfig, ['cleanup', '--run', runId, '-y']).ended).exitCode).toBe(0)
  // What was told to go when there was no controller goes as well.
  await expect.poll(objects, { timeout: 60_000 }).toBe('')
})
