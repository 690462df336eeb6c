import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type FoundRun, findRuns, isAbandoned } from '../../../lib/run/find-runs.ts'
import {
  BEACON_LABEL,
  COMMAND_ANNOTATION,
  HEARTBEAT_ANNOTATION,
  KEEP_ANNOTATION,
  RESOURCES_ANNOTATION,
  runLabels,
} from '../../../lib/run/ownership.ts'
import { DEPLOYMENTS, isResource, PODS } from '../../../lib/run/resource.ts'
import { type FakeCluster, fakeCluster } from './fake-cluster.ts'

const signal = new AbortController().signal
const NOW = '2026-11-20T10:00:00.000Z'

function putNamespace(cluster: FakeCluster, name: string, runId: string, annotations: Record<string, string> = {}) {
  cluster.put('/api/v1/namespaces', { metadata: { name, labels: runLabels(runId), annotations } })
}

function putBeacon(cluster: FakeCluster, namespace: string, runId: string, annotations: Record<string, string> = {}) {
  const labels = { ...runLabels(runId), [BEACON_LABEL]: 'true' }
  const object = { metadata: { name: `perf-${runId}`, namespace, labels, annotations } }
  for (const path of [`/api/v1/namespaces/${namespace}/configmaps`, '/api/v1/configmaps']) cluster.put(path, object)
}

test('puts together what belongs to a run, the oldest sign of life first', async () => {
  const cluster = fakeCluster()
  putNamespace(cluster, 'perf-aaaaaa-0', 'aaaaaa', {
    [HEARTBEAT_ANNOTATION]: NOW,
    [COMMAND_ANNOTATION]: 'kubectl perf density',
    [RESOURCES_ANNOTATION]: JSON.stringify([PODS, DEPLOYMENTS]),
  })
  putNamespace(cluster, 'perf-aaaaaa-1', 'aaaaaa')
  putBeacon(cluster, 'team-a', 'bbbbbb', { [HEARTBEAT_ANNOTATION]: '2026-11-20T09:00:00Z', [KEEP_ANNOTATION]: 'true' })
  cluster.put('/api/v1/namespaces', { metadata: { name: 'kube-system' } })
  cluster.put('/api/v1/configmaps', { metadata: { name: 'x', namespace: 'team-a', labels: runLabels('cccccc') } })
  expect(await findRuns(cluster.client, undefined, signal)).toEqual([
    {
      runId: 'bbbbbb',
      namespaces: [],
      guestIn: ['team-a'],
      resources: [],
      kept: true,
      heartbeatMs: Date.parse('2026-11-20T09:00:00Z'),
    },
    {
      runId: 'aaaaaa',
      namespaces: ['perf-aaaaaa-0', 'perf-aaaaaa-1'],
      guestIn: [],
      resources: [PODS, DEPLOYMENTS],
      kept: false,
      heartbeatMs: Date.parse(NOW),
      command: 'kubectl perf density',
    },
  ])
})

test('in one namespace it looks nowhere else', async () => {
  const cluster = fakeCluster()
  putNamespace(cluster, 'perf-aaaaaa-0', 'aaaaaa')
  putBeacon(cluster, 'team-a', 'bbbbbb')
  const found = await findRuns(cluster.client, 'team-a', signal)
  expect(found.map(({ runId }) => runId)).toEqual(['bbbbbb'])
  expect(cluster.requests).toEqual(['LIST /api/v1/namespaces/team-a/configmaps'])
})

test('whatever annotations say, a run is found, and only resources that can be are followed', async () => {
  const text = fc.oneof(fc.string(), fc.json(), fc.constantFrom(NOW, 'true', '[]', '{"length":3}', '[null,1,[]]'))
  await fc.assert(
    fc.asyncProperty(text, text, text, text, async (heartbeat, command, resources, keep) => {
      const cluster = fakeCluster()
      putNamespace(cluster, 'perf-aaaaaa-0', 'aaaaaa', {
        [HEARTBEAT_ANNOTATION]: heartbeat,
        [COMMAND_ANNOTATION]: command,
        [RESOURCES_ANNOTATION]: resources,
        [KEEP_ANNOTATION]: keep,
      })
      const [run] = await findRuns(cluster.client, undefined, signal)
      expect(run).toMatchObject({ runId: 'aaaaaa', namespaces: ['perf-aaaaaa-0'], command, kept: keep === 'true' })
      expect(run?.resources.every(isResource)).toBe(true)
      expect(run?.heartbeatMs ?? 0).not.toBeNaN()
    }),
    { numRuns: 200 },
  )
})

test('parts that do not belong into a path make no resource', () => {
  const { group, version, resource, namespaced, ownsPods } = DEPLOYMENTS
  expect(isResource(DEPLOYMENTS)).toBe(true)
  expect(isResource({ ...DEPLOYMENTS, group: '' })).toBe(true)
  for (const part of ['..', '.', 'a/b', 'a?b', 'a#b', '%2e%2e', ' ', 'A', 'a\n', '-a', 'a.', 1, null, undefined, {}]) {
    expect(isResource({ group: part, version, resource, namespaced, ownsPods })).toBe(false)
    expect(isResource({ group, version: part, resource, namespaced, ownsPods })).toBe(false)
    expect(isResource({ group, version, resource: part, namespaced, ownsPods })).toBe(false)
  }
  expect(isResource({ ...DEPLOYMENTS, resource: '' })).toBe(false)
  expect(isResource({ ...DEPLOYMENTS, namespaced: 'yes' })).toBe(false)
  expect(isResource({ ...DEPLOYMENTS, ownsPods: undefined })).toBe(false)
})

test('the freshest sign of life counts', async () => {
  const cluster = fakeCluster()
  putNamespace(cluster, 'perf-aaaaaa-0', 'aaaaaa', { [HEARTBEAT_ANNOTATION]: NOW })
  putNamespace(cluster, 'perf-aaaaaa-1', 'aaaaaa', { [HEARTBEAT_ANNOTATION]: '2020-01-01T00:00:00Z' })
  const [run] = await findRuns(cluster.client, undefined, signal)
  expect(run?.heartbeatMs).toBe(Date.parse(NOW))
})

test('a run is abandoned after 30 s without a sign of life, unless it was kept', () => {
  const run = (more: Partial<FoundRun>): FoundRun => ({
    runId: 'aaaaaa',
    namespaces: [],
    guestIn: [],
    resources: [],
    kept: false,
    ...more,
  })
  const nowMs = Date.parse(NOW)
  expect(isAbandoned(run({ heartbeatMs: nowMs - 30_000 }), nowMs)).toBe(false)
  expect(isAbandoned(run({ heartbeatMs: nowMs - 30_001 }), nowMs)).toBe(true)
  expect(isAbandoned(run({ heartbeatMs: nowMs + 60_000 }), nowMs)).toBe(false)
  expect(isAbandoned(run({}), nowMs)).toBe(true)
  expect(isAbandoned(run({ kept: true }), nowMs)).toBe(false)
  expect(isAbandoned(run({ heartbeatMs: 0, kept: true }), nowMs)).toBe(false)
})
