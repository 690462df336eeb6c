import { beforeAll, expect, test } from 'vitest'
import { densityDetails } from '../../../lib/record/details/density-details.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { sharedCluster } from '../../cluster/shared-cluster.ts'
import { type Ended, recordOf, runCommandLine } from '../run-command-line.ts'

let cluster: ControlPlane
beforeAll(async () => {
  cluster = await sharedCluster()
})

const density = (...argv: string[]) => runCommandLine(cluster.kubeconfig, ['density', ...argv, '-o', 'json'])

function value(record: RunRecord, name: string): number | undefined {
  return record.metrics.find((metric) => metric.name === name)?.statistics.value
}

/** How many requests of a kind the API server accepted, as `create pods` → 3. */
function accepted({ metrics }: RunRecord): Record<string, number> {
  const answered = metrics.filter(({ name, labels }) => name === 'api_requests' && labels.code?.startsWith('2'))
  return Object.fromEntries(
    answered.map(({ labels, statistics }) => [`${labels.verb} ${labels.resource}`, statistics.value ?? 0]),
  )
}

const phases = ({ phases }: RunRecord) => Object.fromEntries(phases.map(({ name, count }) => [name, count]))

async function expectNothingLeft(ended: Ended): Promise<void> {
  const kinds = 'namespaces,pods,configmaps,secrets,services,deployments.apps,replicasets.apps'
  const label = `kubectl-perf/run=${recordOf(ended).runId}`
  expect(await cluster.kubectl(['get', kinds, '-A', '-l', label, '-o', 'name'])).toBe('')
}

test('Deployments are created, scaled and deleted, each measured', async () => {
  const ended = await density(
    '--workload',
    'deployments',
    '--iterations',
    '3',
    '--namespaces',
    '2',
    '--replicas',
    '2',
    '--scale-to',
    '5',
    '--qps',
    '50',
  )
  expect(ended).toMatchObject({ exitCode: 0 })
  const record = recordOf(ended)
  expect(phases(record)).toMatchObject({ create: 3, ready: 6, scale: 3, 'scale ready': 9, delete: 15 })
  expect(value(record, 'pods_measured')).toBe(15)
  expect(accepted(record)).toMatchObject({ 'create deployments': 3, 'patch deployments/scale': 3 })
  await expectNothingLeft(ended)
})

test('api-load creates, lists, updates and deletes ConfigMaps at their own rates', async () => {
  const rates = ['--qps', '100', '--list-qps', '50', '--update-qps', '200', '--delete-qps', '0']
  const ended = await density('--workload', 'api-load', '--iterations', '2', '--configmaps', '15', ...rates)
  expect(ended).toMatchObject({ exitCode: 0 })
  const record = recordOf(ended)
  expect(phases(record)).toMatchObject({ create: 30, list: 30, update: 30, delete: 30 })
  expect(accepted(record)).toMatchObject({
    'create configmaps': 30,
    'list configmaps': 30,
    'patch configmaps': 30,
    'delete configmaps': 30,
  })
  const seconds = Object.fromEntries(record.phases.map(({ name, durationSeconds }) => [name, durationSeconds]))
  // 29 gaps at 50/s and at 100/s: no phase can be faster than its rate.
  expect(seconds.list).toBeGreaterThanOrEqual(0.578)
  expect(seconds.create).toBeGreaterThanOrEqual(0.288)
  await expectNothingLeft(ended)
})

test('cluster makes the documented mix in each namespace', async () => {
  const ended = await density('--workload', 'cluster', '--iterations', '2', '--replicas', '1', '--qps', '0')
  expect(ended).toMatchObject({ exitCode: 0 })
  expect(accepted(recordOf(ended))).toMatchObject({
    'create configmaps': 10,
    'create secrets': 10,
    'create services': 4,
    'create deployments': 4,
  })
  expect(value(recordOf(ended), 'pods_measured')).toBe(4)
  await expectNothingLeft(ended)
})

test('node puts so many pods on each node', async () => {
  const ended = await density('--workload', 'node', '--pods-per-node', '3', '--qps', '0')
  expect(ended).toMatchObject({ exitCode: 0 })
  expect(value(recordOf(ended), 'pods_measured')).toBe(15)
  // No iterations, so no namespaces for them: the one is full, not nine of ten empty.
  expect(phases(recordOf(ended)).namespaces).toBe(1)
  await expectNothingLeft(ended)
})

test('churn replaces its share of the pods in each cycle', async () => {
  const ended = await density(
    '--iterations',
    '10',
    '--namespaces',
    '2',
    '--qps',
    '0',
    '--churn',
    '30',
    '--churn-cycles',
    '2',
  )
  expect(ended).toMatchObject({ exitCode: 0 })
  expect(phases(recordOf(ended))).toMatchObject({
    create: 10,
    churn: 12,
    'churn ready': 6,
    delete: expect.any(Number) as number,
  })
  expect(value(recordOf(ended), 'pods_created')).toBe(16)
  await expectNothingLeft(ended)
})

test('churn of Deployments waits for all replacements, and scaling down for those that go', async () => {
  const common = [
    '--workload',
    'deployments',
    '--iterations',
    '4',
    '--namespaces',
    '2',
    '--replicas',
    '3',
    '--qps',
    '0',
  ]
  const churned = recordOf(await density(...common, '--churn', '50', '--churn-cycles', '2'))
  expect(churned.outcome).toBe('passed')
  // Two of four Deployments in each cycle: every one of their pods was seen ready before the next cycle began.
  expect(phases(churned)).toMatchObject({ create: 4, ready: 12, churn: 8, 'churn ready': 12 })
  // Those that the last cycle has told to go may be on their way still.
  expect(phases(churned).delete).toBeGreaterThanOrEqual(12)
  expect(phases(churned).delete).toBeLessThanOrEqual(18)
  expect([value(churned, 'pods_created'), value(churned, 'pods_measured')]).toEqual([24, 24])
  const pods = densityDetails(churned)?.pods ?? []
  expect(pods.filter((pod) => pod.churned === true)).toHaveLength(12)
  // Those that churn deleted, and those at the end.
  const deleted = churned.metrics.find(({ name }) => name === 'pod_deleted_latency')
  expect(deleted?.statistics.count).toBe(24)

  const scaled = recordOf(await density(...common, '--scale-to', '1'))
  expect(scaled.outcome).toBe('passed')
  expect(phases(scaled)).toMatchObject({ ready: 12, scale: 4, 'scale ready': 8 })
  // The same of scaling down.
  expect(phases(scaled).delete).toBeGreaterThanOrEqual(4)
  expect(phases(scaled).delete).toBeLessThanOrEqual(12)
})

test('a dry run creates nothing, on either side', async () => {
  const client = await runCommandLine(cluster.kubeconfig, ['density', '--iterations', '2', '--dry-run=client'])
  expect(client.stdout.match(/^kind: Pod$/gm)).toHaveLength(2)
  expect(client.stdout.match(/^kind: Namespace$/gm)).toHaveLength(2)
  const server = await runCommandLine(cluster.kubeconfig, ['density', '--iterations', '4', '--dry-run=server'])
  expect(server).toMatchObject({
    exitCode: 0,
    stdout: '4 objects accepted by the API server in namespace default (server dry run)\n',
  })
  const created = await cluster.kubectl(['get', 'pods', '-n', 'default', '-o', 'name'])
  expect(created).toBe('')
})

// The users' kube-burner files, word for word: their names, counts and rates.
test.each([
  ['s1', { namespaces: 10, 'create deployments': 20 }, 20],
  ['s2', { namespaces: 30, 'create pods': 150 }, 150],
  ['s3', { namespaces: 60, 'create pods': 300 }, 300],
])('the kube-burner configuration %s runs as it is', async (name, counts, pods) => {
  const ended = await density('-f', `${process.cwd()}/test/fixtures/user-files/${name}-config.yaml`)
  expect(ended).toMatchObject({ exitCode: 0 })
  const record = recordOf(ended)
  expect({ ...phases(record), ...accepted(record) }).toMatchObject(counts)
  expect(value(record, 'pods_created')).toBe(pods)
  expect(value(record, 'pods_measured')).toBe(pods)
  await expectNothingLeft(ended)
})
