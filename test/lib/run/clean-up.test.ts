import { expect, test } from 'vitest'
import { cleanUp } from '../../../lib/run/clean-up.ts'
import type { CleanUpOptions } from '../../../lib/run/clean-up-options.ts'
import { BEACON_LABEL, runLabels } from '../../../lib/run/ownership.ts'
import { CONFIG_MAPS, DEPLOYMENTS, PODS, type Resource, SERVICES } from '../../../lib/run/resource.ts'
import { existingNamespace, ownNamespaces } from '../../../lib/run/run-scope.ts'
import { type FakeObject, fakeCluster, goAway, refuse } from './fake-cluster.ts'

const NAMESPACES = '/api/v1/namespaces'
const GUEST = '/api/v1/namespaces/team-a'
const options = (more: Partial<CleanUpOptions> = {}): CleanUpOptions => ({
  timeoutMs: 5000,
  signal: new AbortController().signal,
  command: 'kubectl perf cleanup --run abcdef -y',
  ...more,
})

function object(name: string, more: Partial<FakeObject['metadata']> = {}, runId = 'abcdef'): FakeObject {
  return { metadata: { name, labels: runLabels(runId), ...more } }
}

const beacon = () => object('perf-abcdef', { labels: { ...runLabels('abcdef'), [BEACON_LABEL]: 'true' } })

const CLUSTER_ROLES: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  resource: 'clusterroles',
  namespaced: false,
  ownsPods: false,
}
const ROLES_PATH = '/apis/rbac.authorization.k8s.io/v1/clusterroles'

test('removes the namespaces of the run and no others, the one with the heartbeat last', async () => {
  const cluster = fakeCluster()
  for (const name of ['perf-abcdef-0', 'perf-abcdef-1', 'perf-abcdef-2']) cluster.put(NAMESPACES, object(name))
  cluster.put(NAMESPACES, object('perf-others-0', {}, 'others'))
  cluster.put(NAMESPACES, object('kube-system', { labels: {} }))
  const left: number[] = []
  const scope = ownNamespaces('abcdef', 3)
  expect(await cleanUp(cluster.client, scope, [PODS], options({ onLeft: (count) => left.push(count) }))).toEqual([])
  expect(cluster.names(NAMESPACES)).toEqual(['perf-others-0', 'kube-system'])
  expect(cluster.requests.filter((line) => line.startsWith('DELETE'))).toEqual([
    `DELETE ${NAMESPACES}/perf-abcdef-1`,
    `DELETE ${NAMESPACES}/perf-abcdef-2`,
    `DELETE ${NAMESPACES}/perf-abcdef-0`,
  ])
  expect(left[0]).toBe(3)
  expect(left.at(-1)).toBe(0)
})

test('objects outside of namespaces go before the namespaces', async () => {
  const cluster = fakeCluster()
  cluster.put(ROLES_PATH, object('ours'))
  cluster.put(ROLES_PATH, object('theirs', {}, 'others'))
  cluster.put(NAMESPACES, object('perf-abcdef-0'))
  expect(await cleanUp(cluster.client, ownNamespaces('abcdef', 1), [PODS, CLUSTER_ROLES], options())).toEqual([])
  expect(cluster.names(ROLES_PATH)).toEqual(['theirs'])
  expect(cluster.requests.filter((line) => line.startsWith('DELETE'))).toEqual([
    `DELETE ${ROLES_PATH}?`,
    `DELETE ${NAMESPACES}/perf-abcdef-0`,
  ])
})

test('a run that made nothing leaves nothing', async () => {
  const cluster = fakeCluster()
  expect(await cleanUp(cluster.client, ownNamespaces('abcdef', 40), [PODS], options())).toEqual([])
  expect(cluster.requests).toEqual([`LIST ${NAMESPACES}`])
  expect(await cleanUp(cluster.client, existingNamespace('abcdef', 'team-a'), [PODS], options())).toEqual([])
})

test('in an existing namespace the objects of the run go, and the heartbeat after them', async () => {
  const cluster = fakeCluster()
  cluster.put(`${GUEST}/configmaps`, object('ours'))
  cluster.put(`${GUEST}/configmaps`, object('theirs', {}, 'others'))
  cluster.put(`${GUEST}/configmaps`, beacon())
  cluster.put(`${GUEST}/services`, object('slow', { finalizers: ['x'] }))
  const scope = existingNamespace('abcdef', 'team-a')
  const cleaning = cleanUp(cluster.client, scope, [SERVICES, CONFIG_MAPS], options())
  // One that hangs keeps neither the others nor the heartbeat from being what they should be.
  await expect.poll(() => cluster.names(`${GUEST}/configmaps`)).toEqual(['theirs', 'perf-abcdef'])
  cluster.release()
  expect(await cleaning).toEqual([])
  expect(cluster.names(`${GUEST}/configmaps`)).toEqual(['theirs'])
})

test('pods of controllers are waited for', async () => {
  const cluster = fakeCluster()
  cluster.put('/apis/apps/v1/namespaces/team-a/deployments', object('web'))
  cluster.put(`${GUEST}/pods`, object('web-1'))
  let isOver = false
  const cleaning = cleanUp(cluster.client, existingNamespace('abcdef', 'team-a'), [DEPLOYMENTS], options())
  void cleaning.then(() => (isOver = true))
  await expect.poll(() => cluster.requests).toContain(`LIST ${GUEST}/pods`)
  expect(isOver).toBe(false)
  // The garbage collector comes.
  await cluster.client.delete(`${GUEST}/pods/web-1`)
  expect(await cleaning).toEqual([])
  expect(cluster.requests).not.toContain(`DELETE ${GUEST}/pods?`)
})

test('what appears after the first look is removed too', async () => {
  const cluster = fakeCluster()
  cluster.put(`${GUEST}/pods`, object('early', { finalizers: ['x'] }))
  const cleaning = cleanUp(cluster.client, existingNamespace('abcdef', 'team-a'), [PODS], options())
  await expect.poll(() => cluster.requests.filter((line) => line === `LIST ${GUEST}/pods`)).toHaveLength(1)
  await new Promise((resolve) => setTimeout(resolve, 5))
  cluster.put(`${GUEST}/pods`, object('late'))
  await expect.poll(() => cluster.names(`${GUEST}/pods`)).toEqual(['early'])
  cluster.release()
  expect(await cleaning).toEqual([])
})

test('one namespace that may not be removed keeps no other', async () => {
  const cluster = fakeCluster()
  for (const name of ['perf-abcdef-0', 'perf-abcdef-1', 'perf-abcdef-2']) cluster.put(NAMESPACES, object(name))
  cluster.answer = (line) => {
    if (line === `DELETE ${NAMESPACES}/perf-abcdef-1`) refuse(403, 'admission webhook "keep" denied the request')
  }
  const [finding, ...more] = await cleanUp(cluster.client, ownNamespaces('abcdef', 3), [PODS], options())
  expect(cluster.names(NAMESPACES)).toEqual(['perf-abcdef-1'])
  expect(finding).toEqual({
    severity: 'error',
    code: 'LeftBehind',
    message:
      '1 namespace of run abcdef could not be removed: Error from server (Forbidden): admission webhook "keep" denied the request',
    advice: 'kubectl perf cleanup --run abcdef -y',
    objects: ['perf-abcdef-1'],
    count: 1,
  })
  expect(more).toEqual([])
})

test('one kind that may not be removed keeps no other, and the heartbeat stays with it', async () => {
  const cluster = fakeCluster()
  cluster.put(`${GUEST}/services`, object('web'))
  cluster.put(`${GUEST}/pods`, object('pod'))
  cluster.put(`${GUEST}/configmaps`, beacon())
  cluster.answer = (line) => (line === `DELETE ${GUEST}/services?` ? refuse(403) : undefined)
  const scope = existingNamespace('abcdef', 'team-a')
  const [finding] = await cleanUp(cluster.client, scope, [PODS, SERVICES], options())
  expect(finding).toMatchObject({ objects: ['services/web', 'configmaps/perf-abcdef'], count: 2 })
  expect(cluster.names(`${GUEST}/pods`)).toEqual([])
  expect(cluster.names(`${GUEST}/configmaps`)).toEqual(['perf-abcdef'])
})

test('a kind that is gone from the API has no objects, and one without collections is deleted one by one', async () => {
  const cluster = fakeCluster()
  const gone: Resource = { ...CLUSTER_ROLES, group: 'example.com', resource: 'widgets' }
  cluster.put(ROLES_PATH, object('ours'))
  cluster.answer = (line) => {
    if (line.includes('/widgets')) refuse(404)
    if (line === `DELETE ${ROLES_PATH}?`) refuse(405)
  }
  expect(await cleanUp(cluster.client, ownNamespaces('abcdef', 1), [gone, CLUSTER_ROLES], options())).toEqual([])
  expect(cluster.names(ROLES_PATH)).toEqual([])
})

test('an API server that is away for a while is waited for', async () => {
  const cluster = fakeCluster()
  cluster.put(NAMESPACES, object('perf-abcdef-0'))
  let times = 1
  cluster.answer = () => (times-- > 0 ? goAway() : undefined)
  expect(await cleanUp(cluster.client, ownNamespaces('abcdef', 1), [PODS], options())).toEqual([])
  expect(cluster.names(NAMESPACES)).toEqual([])
})

test('an API server that stays away', async () => {
  const cluster = fakeCluster()
  cluster.answer = goAway
  expect(await cleanUp(cluster.client, ownNamespaces('abcdef', 1), [PODS], options({ timeoutMs: 50 }))).toEqual([
    {
      severity: 'error',
      code: 'LeftBehind',
      message: 'the objects of run abcdef could not be removed: The connection to the server x was refused',
      advice: 'kubectl perf cleanup --run abcdef -y',
    },
  ])
})

test('a namespace that hangs is named with what the namespace controller says', async () => {
  const cluster = fakeCluster()
  const conditions = [
    { type: 'NamespaceDeletionContentFailure', status: 'False', message: 'All content successfully deleted' },
    { type: 'NamespaceFinalizersRemaining', status: 'True', message: 'x has finalizers: example.com/hold' },
  ]
  cluster.put(NAMESPACES, { ...object('perf-abcdef-0', { finalizers: ['x'] }), status: { conditions } })
  const [finding] = await cleanUp(cluster.client, ownNamespaces('abcdef', 1), [PODS], options({ timeoutMs: 50 }))
  expect(finding).toMatchObject({
    message: '1 namespace of run abcdef is still there after 0.05s: x has finalizers: example.com/hold',
    objects: ['perf-abcdef-0'],
  })
})

test('when not even a look is allowed, nobody says that nothing is left', async () => {
  const cluster = fakeCluster()
  cluster.answer = () => refuse(403, 'namespaces is forbidden')
  const [finding] = await cleanUp(cluster.client, ownNamespaces('abcdef', 1), [PODS], options())
  expect(finding).toMatchObject({
    code: 'LeftBehind',
    message: 'the objects of run abcdef could not be removed: Error from server (Forbidden): namespaces is forbidden',
  })
})

test('many objects are counted, and the first named', async () => {
  const cluster = fakeCluster()
  for (let index = 0; index < 150; index += 1) {
    cluster.put(NAMESPACES, object(`perf-abcdef-${index}`, { finalizers: ['x'] }))
  }
  const [finding] = await cleanUp(cluster.client, ownNamespaces('abcdef', 150), [PODS], options({ timeoutMs: 300 }))
  expect(finding?.count).toBe(150)
  expect(finding?.objects).toHaveLength(100)
})
