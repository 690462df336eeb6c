import { expect, test } from 'vitest'
import { fillHistogram } from '../../../../lib/ces/assessment/fill-histogram.ts'
import { CILIUM_ENDPOINTS } from '../../../../lib/ces/kinds.ts'
import { findFreeIdentities } from '../../../../lib/ces/load/free-identities.ts'
import { measureList } from '../../../../lib/ces/measurement/list-cost.ts'
import { readWatchCounters } from '../../../../lib/ces/measurement/watch-counters.ts'
import { followWriteLatency } from '../../../../lib/ces/measurement/write-latency.ts'
import { ApiError } from '../../../../lib/kube/api-error.ts'
import type { KubeClient, KubeRequest, RequestSample } from '../../../../lib/kube/client.ts'

const signal = new AbortController().signal

/** Answers each request with the next body, 10 ms after it was sent. */
function answering(bodies: readonly string[]): { client: KubeClient; requests: KubeRequest[] } {
  const requests: KubeRequest[] = []
  const client = {
    async request(request: KubeRequest) {
      requests.push(request)
      const text = bodies[requests.length - 1] ?? ''
      return {
        body: Buffer.from(text),
        sentMs: 5,
        receivedMs: 15,
        json: () => JSON.parse(text) as unknown,
        text: () => text,
      }
    },
  } as unknown as KubeClient
  return { client, requests }
}

test('a list is read as agents read it: whole, from the cache', async () => {
  const { client, requests } = answering(['x'.repeat(1234)])
  expect(await measureList(client, CILIUM_ENDPOINTS, 1e6, signal)).toEqual({ bytes: 1234, seconds: 0.01, requests: 1 })
  expect(requests[0]?.query).toEqual({ resourceVersion: 0 })
})

test('what might not fit is read in pages, all of them', async () => {
  const first = '{"metadata":{"continue":"more"}}'
  const last = '{"metadata":{}}'
  const { client, requests } = answering([first, last])
  expect(await measureList(client, CILIUM_ENDPOINTS, 1e9, signal)).toEqual({
    bytes: first.length + last.length,
    seconds: 0.02,
    requests: 2,
  })
  expect(requests[1]?.query).toEqual({ limit: 500, continue: 'more' })
})

const exposition = (events: number, start = 1) => `# TYPE process_start_time_seconds gauge
process_start_time_seconds ${start}
# TYPE apiserver_watch_events_total counter
apiserver_watch_events_total{group="cilium.io",resource="ciliumendpoints",version="v2"} ${events}
apiserver_watch_events_total{group="",resource="pods",version="v1"} 99
# TYPE apiserver_longrunning_requests gauge
apiserver_longrunning_requests{resource="ciliumendpoints",verb="WATCH"} 3
apiserver_longrunning_requests{resource="ciliumendpoints",verb="WATCHLIST"} 1
apiserver_longrunning_requests{resource="ciliumendpointslices",verb="WATCH"} 2
apiserver_longrunning_requests{resource="ciliumendpoints",verb="PROXY"} 7
`

test("the API server's own counters of both kinds, over its watchers", async () => {
  const { client } = answering([exposition(100), exposition(850)])
  const reader = await readWatchCounters(client, signal)
  expect(await reader.read()).toEqual({
    findings: [],
    counters: { events: { cep: 750 }, watchers: { cep: 4, ces: 2 } },
  })
  await reader.stop()
})

test('another server at the end has other counters: none are given', async () => {
  const { client } = answering([exposition(100, 1), exposition(850, 2)])
  const reader = await readWatchCounters(client, signal)
  const { counters, findings } = await reader.read()
  expect([counters, findings.map(({ code }) => code)]).toEqual([undefined, ['NoWatchCounters']])
  await reader.stop()
})

test('who may not read metrics is told so elsewhere', async () => {
  const forbidden = new ApiError('forbidden', { code: 403, reason: 'Forbidden', serverMessage: 'no' })
  const client = { request: () => Promise.reject(forbidden) } as unknown as KubeClient
  const reader = await readWatchCounters(client, signal)
  expect(await reader.read()).toEqual({ findings: [] })
  await reader.stop()
})

test('identities that nobody has, from the top', async () => {
  const taken = ['65535', '65533', '300', 'not-a-number'].map((name) => ({ metadata: { name } }))
  const client = { list: async () => ({ items: taken, resourceVersion: '1' }) } as unknown as KubeClient
  expect(await findFreeIdentities(client, 3, signal)).toEqual([65_534, 65_532, 65_531])
  await expect(findFreeIdentities(client, 70_000, signal)).rejects.toThrow(
    'only 65277 identities are free, 70000 are needed',
  )
})

test('what a write takes now is the median of the last ones; reads and lost requests do not count', () => {
  let tell: (sample: RequestSample) => void = () => {}
  const latency = followWriteLatency({
    observe(listener) {
      tell = listener
      return () => {}
    },
  })
  const sample = (verb: RequestSample['verb'], durationMs: number, code = 200): RequestSample => ({
    verb,
    resource: 'ciliumendpoints',
    code,
    startedAtMs: 0,
    durationMs,
    attempt: 1,
    throttled: false,
  })
  expect(latency.current()).toBe(5)
  for (const durationMs of [10, 300, 20]) tell(sample('create', durationMs))
  tell(sample('list', 1000))
  tell(sample('patch', 1000, 0))
  expect(latency.current()).toBe(20)
  for (let index = 0; index < 20; index += 1) tell(sample('delete', 40))
  expect(latency.current()).toBe(40)
})

test('slices by how full they are, in tenths', () => {
  expect(fillHistogram([100, 91, 90, 1, 10, 11], 100)).toEqual([
    { from: 1, to: 10, slices: 2 },
    { from: 11, to: 20, slices: 1 },
    { from: 81, to: 90, slices: 1 },
    { from: 91, to: 100, slices: 2 },
  ])
  expect(fillHistogram([1, 2, 3], 3)).toEqual([
    { from: 1, to: 1, slices: 1 },
    { from: 2, to: 2, slices: 1 },
    { from: 3, to: 3, slices: 1 },
  ])
  expect(fillHistogram([25, 24], 25)).toEqual([
    { from: 22, to: 24, slices: 1 },
    { from: 25, to: 25, slices: 1 },
  ])
  expect(fillHistogram([], 100)).toEqual([])
})
