import { expect, test } from 'vitest'
import { findPreemption } from '../../../lib/density/preemption.ts'
import { CONFIG_MAPS, PODS } from '../../../lib/run/resource.ts'
import { startFaultServer } from '../kube/fault-server.ts'

const { signal } = new AbortController()
const pods = { resources: [PODS] }
const ofClass = (priorityClassName?: string) => ({
  ...pods,
  podSpecs: [{ containers: [], ...(priorityClassName === undefined ? {} : { priorityClassName }) }],
})
const named = (name: string, value: number, more: object = {}) => ({ metadata: { name }, value, ...more })
const SPARE = named('spare', -10)

async function clusterOf(classes: readonly object[], priorities: readonly number[]) {
  const server = await startFaultServer()
  server.answer((call) => {
    if (call.path.endsWith('/priorityclasses')) return call.reply(200, { metadata: {}, items: classes })
    expect(call.query.get('fieldSelector')).toBe('spec.nodeName!=,status.phase!=Succeeded,status.phase!=Failed')
    const metadata = (index: number) => ({ name: `pod-${index}`, namespace: 'default' })
    const items = priorities.map((priority, index) => ({ metadata: metadata(index), spec: { priority } }))
    call.reply(200, { metadata: {}, items })
  })
  const client = await server.connect()
  const listed = () => server.calls.map(({ path }) => path.replace(/^.*\//, ''))
  return { server, client, listed }
}

test('pods that may have to make room are counted, the lowest named', async () => {
  const { server, client } = await clusterOf([SPARE, named('high', 1000)], [0, -10, 1000, -5])
  await using _ = server
  await using __ = client
  expect(await findPreemption(client, pods, signal)).toEqual({
    severity: 'warning',
    code: 'MayPreempt',
    message:
      '2 pods of a priority below 0 may be removed by the scheduler if those of this load find no room, such as default/pod-1 of -10',
    advice: 'keep the load below what is free, as kubectl perf maxpods-check --pods N tells',
    count: 2,
  })
  expect(await findPreemption(client, ofClass('high'), signal)).toMatchObject({ count: 3 })
  expect(await findPreemption(client, ofClass('spare'), signal)).toBeUndefined()
})

test('the class of pods without one is the default, and one that removes nobody is no danger', async () => {
  const { server, client } = await clusterOf([named('usual', 100, { globalDefault: true })], [0])
  await using _ = server
  await using __ = client
  expect(await findPreemption(client, ofClass(), signal)).toMatchObject({ count: 1 })
  expect(await findPreemption(client, pods, signal)).toMatchObject({ count: 1 })
  const gentle = await clusterOf([SPARE, named('usual', 0, { globalDefault: true, preemptionPolicy: 'Never' })], [-10])
  await using ___ = gentle.server
  await using ____ = gentle.client
  expect(await findPreemption(gentle.client, pods, signal)).toBeUndefined()
})

test('pods are read only where one can have a lower priority, and the load makes pods', async () => {
  const { server, client, listed } = await clusterOf([named('high', 1000)], [0])
  await using _ = server
  await using __ = client
  expect(await findPreemption(client, pods, signal)).toBeUndefined()
  expect(listed()).toEqual(['priorityclasses'])
  expect(await findPreemption(client, { resources: [CONFIG_MAPS] }, signal)).toBeUndefined()
  expect(listed()).toEqual(['priorityclasses'])
})

test('who may not look is told that it is not known', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  const message = 'priorityclasses.scheduling.k8s.io is forbidden'
  server.answer((call) => call.reply(403, { kind: 'Status', code: 403, reason: 'Forbidden', message }))
  expect(await findPreemption(client, pods, signal)).toEqual({
    severity: 'info',
    code: 'PreemptionUnknown',
    message: `whether pods of a lower priority may have to make room is not known: ${message}`,
  })
})
