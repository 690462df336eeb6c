import { expect, test } from 'vitest'
import { openNodeUsage } from '../../../../lib/workload/nodes/node-usage-source.ts'
import { type Answer, answeringClient, refusal } from '../answering-client.ts'

const live = new AbortController().signal
const METRICS_API = '/apis/metrics.k8s.io/v1beta1/nodes'
const kubelet = (node: string) => `/api/v1/nodes/${node}/proxy/stats/summary?only_cpu_and_memory=true`
const nodeList = (...names: string[]) => ({ items: names.map((name) => ({ metadata: { name } })) })
const summary = (nanoCores: number) => ({
  node: { cpu: { time: 't', usageNanoCores: nanoCores }, memory: { workingSetBytes: 100 } },
})

/** Answers by path; what is not there is not found. */
const cluster = (answers: Record<string, Answer | (() => Promise<Answer>)>) =>
  answeringClient((path) => {
    const answer = answers[path]
    return typeof answer === 'function' ? (answer as () => Promise<Answer>)() : (answer ?? refusal(404, 'not found'))
  })

test('metrics.k8s.io is asked first; nodes that it does not have are told', async () => {
  const items = [{ metadata: { name: 'a' }, timestamp: 't', usage: { cpu: '250m', memory: '1Ki' } }]
  const client = cluster({ [METRICS_API]: { items }, '/api/v1/nodes': nodeList('a', 'b') })
  expect((await openNodeUsage(client, live)).first).toEqual({
    source: 'metrics-api',
    usages: [{ node: 'a', measuredAt: 't', cpuCores: 0.25, memoryBytes: 1024 }],
    missing: new Map([['b', { reason: 'metrics.k8s.io has none' }]]),
  })
  expect(client.paths).toEqual([METRICS_API, '/api/v1/nodes'])
})

test('it suffices where the nodes may not be listed', async () => {
  const items = [{ metadata: { name: 'a' }, usage: { cpu: '1', memory: '1' } }]
  const client = cluster({ [METRICS_API]: { items }, '/api/v1/nodes': refusal(403) })
  expect((await openNodeUsage(client, live)).first).toEqual({
    source: 'metrics-api',
    usages: [{ node: 'a', cpuCores: 1, memoryBytes: 1 }],
    missing: new Map(),
  })
})

test.each([
  ['is not served', refusal(404)],
  ['does not answer', refusal(503)],
  ['is not allowed', refusal(403)],
  ['knows no node yet', { items: [] }],
])('where metrics.k8s.io %s, the kubelets are asked', async (_, answer) => {
  const client = cluster({
    [METRICS_API]: answer,
    '/api/v1/nodes': nodeList('real', 'fake', 'gone', 'young'),
    [kubelet('real')]: summary(5e8),
    [kubelet('gone')]: refusal(503, 'dial tcp 10.0.0.1:10250: connect: connection refused'),
    [kubelet('young')]: { node: { cpu: { usageNanoCores: 0 } } },
  })
  expect((await openNodeUsage(client, live)).first).toEqual({
    source: 'kubelet',
    usages: [{ node: 'real', measuredAt: 't', cpuCores: 0.5, memoryBytes: 100 }],
    missing: new Map([
      ['fake', { reason: 'their kubelets have no statistics' }],
      [
        'gone',
        {
          reason: 'the API server cannot reach their kubelets',
          detail: 'dial tcp 10.0.0.1:10250: connect: connection refused',
        },
      ],
      ['young', { reason: 'their kubelets have not measured them yet' }],
    ]),
  })
})

test('a kubelet that refused is not asked again, one that has not measured is', async () => {
  const client = cluster({
    '/api/v1/nodes': nodeList('real', 'fake', 'young'),
    [kubelet('real')]: summary(1e9),
    [kubelet('young')]: {},
  })
  const { read } = await openNodeUsage(client, live)
  client.paths.length = 0
  const { missing } = await read(live)
  expect(client.paths).toEqual([kubelet('real'), kubelet('young')])
  expect([...missing.keys()]).toEqual(['fake', 'young'])
})

test('a kubelet that once answered is asked again after a refusal', async () => {
  const answers = [summary(1e9), refusal(503), summary(2e9)]
  const client = cluster({ '/api/v1/nodes': nodeList('real'), [kubelet('real')]: async () => answers.shift() ?? '' })
  const { first, read } = await openNodeUsage(client, live)
  const cores = [first, await read(live), await read(live)].map(({ usages }) => usages[0]?.cpuCores)
  expect(cores).toEqual([1, undefined, 2])
})

test('where nodes/proxy is forbidden, at most as many are asked as at once', async () => {
  const names = Array.from({ length: 500 }, (_, index) => `node-${index}`)
  const client = answeringClient((path) => (path === '/api/v1/nodes' ? nodeList(...names) : refusal(403)))
  const { usages, missing } = (await openNodeUsage(client, live)).first
  expect(usages).toEqual([])
  expect(missing.size).toBe(500)
  expect(new Set(missing.values())).toEqual(
    new Set([{ reason: 'you may not get nodes/proxy, and metrics.k8s.io gives none' }]),
  )
  expect(client.paths.length).toBe(2 + 16)
})

test('kubelets are asked 16 at once', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `node-${index}`)
  let now = 0
  let most = 0
  const client = answeringClient(async (path) => {
    if (path === METRICS_API) return refusal(404)
    if (path === '/api/v1/nodes') return nodeList(...names)
    now += 1
    most = Math.max(most, now)
    await new Promise((resolve) => setImmediate(resolve))
    now -= 1
    return summary(1e9)
  })
  expect((await openNodeUsage(client, live)).first.usages.length).toBe(100)
  expect(most).toBe(16)
})

test('neither metrics.k8s.io nor the nodes: an error', async () => {
  const client = cluster({ '/api/v1/nodes': refusal(403, 'nodes is forbidden') })
  await expect(openNodeUsage(client, live)).rejects.toThrow('nodes is forbidden')
})

test('whoever waits can give up', async () => {
  const stop = new AbortController()
  const reading = openNodeUsage(cluster({ [METRICS_API]: () => new Promise(() => {}) }), stop.signal)
  stop.abort(new Error('interrupted'))
  await expect(reading).rejects.toThrow('interrupted')
})
