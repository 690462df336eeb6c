import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { sharedCluster } from '../../cluster/shared-cluster.ts'
import { recordOf, runCommandLine } from '../run-command-line.ts'

let cluster: ControlPlane
beforeAll(async () => {
  cluster = await sharedCluster()
})

/** From scrapes: who else works in the cluster may have a Prometheus there. */
const controlPlane = (...argv: string[]) =>
  runCommandLine(cluster.kubeconfig, ['control-plane', '--prometheus', 'none', ...argv])

/** All lines of /metrics of a family with these labels together, as kubectl reads them. */
async function rawSum(family: string, ...labels: string[]): Promise<number> {
  const lines = (await cluster.kubectl(['get', '--raw', '/metrics'])).split('\n')
  const mine = lines.filter((line) => line.startsWith(`${family}{`) && labels.every((label) => line.includes(label)))
  return mine.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

const ADD = 40

/** Objects that nobody else makes. */
async function makePriorityClasses(): Promise<void> {
  const items = Array.from({ length: ADD }, (_, index) => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name: `control-plane-${index}` },
    value: index,
  }))
  await cluster.kubectl(['create', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) })
}

test('a load of known size: rates, latencies, etcd and watches agree with what kubectl reads', async () => {
  const labels = ['resource="priorityclasses"', 'verb="POST"']
  const before = await rawSum('apiserver_request_total', ...labels)
  const sizeBefore = await rawSum('apiserver_storage_size_bytes')
  const running = controlPlane('--window', '15s', '-o', 'json')
  // The window is open once the first scrape is done.
  await sleep(2000)
  await makePriorityClasses()
  const ended = await running
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect((await rawSum('apiserver_request_total', ...labels)) - before).toBe(ADD)
  const record = recordOf(ended)
  const find = (name: string, wanted: Record<string, string>) =>
    record.metrics.find(
      (metric) =>
        metric.name === name && Object.entries(wanted).every(([label, value]) => metric.labels[label] === value),
    )
  const mine = { verb: 'POST', resource: 'priorityclasses' }
  expect(find('apiserver_requests', mine)?.statistics.value).toBe(ADD)
  const rate = find('apiserver_request_rate', { ...mine, code: '201' })
  const [phase] = record.phases
  expect(phase?.name).toBe('window')
  // Between the two scrapes lies the window, and a little more.
  const seconds = ADD / (rate?.statistics.value ?? Number.NaN)
  expect(seconds).toBeGreaterThanOrEqual(15)
  expect(seconds).toBeLessThanOrEqual(phase?.durationSeconds ?? 0)
  expect(find('apiserver_request_latency', { ...mine, duration: 'sli' })?.statistics.count).toBe(ADD)
  const etcd = { operation: 'create', type: 'priorityclasses.scheduling.k8s.io' }
  expect(find('etcd_request_latency', etcd)?.statistics.count).toBe(ADD)
  // Other tests make it grow meanwhile.
  const size = find('etcd_database_size', {})?.statistics.value
  expect(size).toBeGreaterThanOrEqual(sizeBefore)
  expect(size).toBeLessThanOrEqual(await rawSum('apiserver_storage_size_bytes'))
  const watched = { resource: 'priorityclasses.scheduling.k8s.io' }
  const watchers = find('apiserver_watchers', watched)?.statistics.value ?? 0
  expect(watchers).toBeGreaterThan(0)
  // Every watcher was told of every object; one that came amid them of some.
  const events = (find('apiserver_watch_event_rate', watched)?.statistics.value ?? 0) * seconds
  expect(Math.round(events)).toBeGreaterThanOrEqual(ADD)
  expect(find('workqueue_depth', { component: 'apiserver' })?.source).toBe('apiserver-metrics')
})

test('tables for people, a threshold for CI', async () => {
  const ended = await controlPlane('--window', '2s', '--top', '3', '--threshold', 'apiserver_watchers{resource=pods}<1')
  expect(ended.exitCode).toBe(99)
  for (const title of [
    'API SERVER',
    'LATENCY',
    'REQUESTS',
    'IN FLIGHT',
    'ETCD',
    'WATCHED',
    'AT THE END',
    'THRESHOLD',
  ]) {
    expect(ended.stdout).toMatch(new RegExp(`^${title} `, 'm'))
  }
  expect(ended.stdout).toMatch(/^FAILED in [\d.]+s: 1 of 1 threshold does not hold\.$/m)
  expect(ended.stdout).not.toContain('SOURCE')
})

test('Ctrl-C ends the window, and its figures are there', async () => {
  const stop = new AbortController()
  const running = runCommandLine(
    cluster.kubeconfig,
    ['control-plane', '--prometheus', 'none', '--window', '10m', '-o', 'json'],
    stop.signal,
  )
  await sleep(3000)
  stop.abort()
  const record = recordOf(await running)
  expect(record.outcome).toBe('aborted')
  expect(record.metrics.some(({ name }) => name === 'apiserver_request_rate')).toBe(true)
})

test('a user who may not read /metrics: no data, and the right that is missing', async () => {
  const ended = await controlPlane('--window', '1s', '--as', 'nobody')
  expect(ended.exitCode).toBe(1)
  expect(ended.stdout).toContain('NO DATA')
  expect(ended.stdout).toContain('you may not read its /metrics')
  expect(ended.stdout).toContain('--non-resource-url=/metrics')
})
