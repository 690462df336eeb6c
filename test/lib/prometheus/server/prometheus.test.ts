import { expect, test } from 'vitest'
import type { PrometheusAccess } from '../../../../lib/prometheus/server/access.ts'
import { openPrometheus } from '../../../../lib/prometheus/server/prometheus.ts'
import { isPrometheusError, type PrometheusError } from '../../../../lib/prometheus/server/prometheus-error.ts'
import { openUrlRoute } from '../../../../lib/prometheus/server/url-route.ts'
import { type FakeAnswer, fakePrometheus, success } from './fake-prometheus.ts'

const { signal } = new AbortController()

function open(url: string, more: Partial<PrometheusAccess> = {}) {
  const access: PrometheusAccess = { variables: {}, timeoutMs: 10_000, ...more }
  return openPrometheus(openUrlRoute(url, access), { label: url, access, signal })
}

/** The error of a query that gets this answer. */
async function refusal(answer: FakeAnswer, more: Partial<PrometheusAccess> = {}): Promise<PrometheusError> {
  await using server = await fakePrometheus(() => answer)
  const prometheus = await open(server.url, more)
  const error = await prometheus.query('sum(x)').catch((reason: unknown) => reason)
  if (!isPrometheusError(error)) throw new Error('no PrometheusError', { cause: error })
  error.message = error.message.replace(server.url, 'URL')
  return error
}

test('moments go out by the clock of Prometheus and come back by this one', async () => {
  const aheadMs = 90_000
  await using server = await fakePrometheus(
    () => success('vector', [{ metric: { job: 'a' }, value: [1_000_090, '3'] }]),
    {
      clockAheadMs: aheadMs,
    },
  )
  const prometheus = await open(server.url)
  // As exact as the answer was quick.
  expect(Math.abs(prometheus.clockOffsetMs - aheadMs)).toBeLessThan(5000)
  const { clockOffsetMs } = prometheus
  expect(await prometheus.query('up', { atMs: 1_000_000_000 })).toEqual([
    { labels: { job: 'a' }, atMs: 1_000_090_000 - clockOffsetMs, value: 3 },
  ])
  await prometheus.queryRange('up', { startMs: 0, endMs: 60_000, stepSeconds: 15 })
  const seconds = (ms: number) => ((ms + clockOffsetMs) / 1000).toFixed(3)
  expect(server.queries.map(({ path, parameters }) => [path, parameters])).toEqual([
    ['/api/v1/query', { query: 'up', time: seconds(1_000_000_000) }],
    ['/api/v1/query_range', { query: 'up', start: seconds(0), end: seconds(60_000), step: '15' }],
  ])
})

test('clocks that differ by less than the answer took count as one', async () => {
  await using server = await fakePrometheus(() => success('vector', []), { clockAheadMs: 0 })
  expect((await open(server.url)).clockOffsetMs).toBe(0)
})

test('who asks goes along, as a token or as a user, and a path before all others', async () => {
  await using server = await fakePrometheus(() => success('vector', []))
  await (await open(server.url, { token: 'abc' })).query('up')
  await (await open(`${server.url}/below`, { user: { name: 'me', password: 'pass' } })).query('up')
  await (await open(server.url)).query('up')
  expect(server.queries.map(({ path, authorization }) => [path, authorization])).toEqual([
    ['/api/v1/query', 'Bearer abc'],
    ['/below/api/v1/query', `Basic ${Buffer.from('me:pass').toString('base64')}`],
    ['/api/v1/query', undefined],
  ])
})

test('a result that is not whole says so', async () => {
  await using server = await fakePrometheus(() => success('vector', [], { warnings: ['a store is away'] }))
  const prometheus = await open(server.url)
  await prometheus.query('up')
  expect(await prometheus.query('up')).toEqual([])
  expect([...prometheus.warnings]).toEqual(['a store is away'])
})

test('a refused query is repeated in its own words', async () => {
  const error = await refusal({
    code: 400,
    body: '{"status":"error","errorType":"bad_data","error":"invalid parameter"}',
  })
  expect(error).toMatchObject({
    kind: 'query',
    message: 'error: Prometheus URL refused a query: bad_data: invalid parameter',
    advice: ['the query: sum(x)'],
  })
})

test.for([
  [401, {}, 'wants to know who asks: 401 Unauthorized'],
  [403, {}, 'wants to know who asks: 403 Forbidden'],
  [401, { token: 's3cret' }, 'does not accept the credentials it was given: 401 Unauthorized'],
  [401, { user: { name: 'me', password: 's3cret' } }, 'does not accept the credentials it was given'],
] as const)('%i with %o: credentials, and no secret in the words', async ([code, access, message]) => {
  const error = await refusal({ code, body: 'Unauthorized', type: 'text/plain' }, access)
  expect(error.kind).toBe('credentials')
  expect(error.message).toContain(message)
  expect(error.advice.join()).toContain('--prometheus-token-file')
  expect([error.message, ...error.advice].join()).not.toContain('s3cret')
})

test.for<[what: string, answer: FakeAnswer, message: string]>([
  [
    'a page',
    { body: '<html>Grafana</html>', type: 'text/html' },
    'is no Prometheus: HTTP status 200, a body of type text/html',
  ],
  ['JSON of something else', { body: '{"ok":true}' }, 'is no Prometheus: HTTP status 200'],
  [
    'nothing there',
    { code: 404, body: 'not found', type: 'text/plain' },
    'there is no Prometheus API at URL: 404 Not Found',
  ],
  [
    'a page to log in',
    { code: 302, body: '', headers: { location: 'https://login.example.com/' } },
    'sends elsewhere, to https://login.example.com/',
  ],
])('%s is told as it is', async ([, answer, message]) => {
  expect(await refusal(answer)).toMatchObject({ kind: 'bad-answer', message: expect.stringContaining(message) })
})

test('a server that is away for a moment is asked again', async () => {
  const answers: (FakeAnswer | undefined)[] = [
    { code: 503, body: 'starting' },
    undefined,
    success('vector', [{ metric: {}, value: [1, '1'] }]),
  ]
  await using server = await fakePrometheus((_, index) => answers[index])
  const prometheus = await open(server.url)
  expect(await prometheus.query('up')).toHaveLength(1)
  expect(server.queries).toHaveLength(3)
})

test('one that never was there is not waited for', async () => {
  await using server = await fakePrometheus(() => success('vector', []))
  const { url } = server
  await server[Symbol.asyncDispose]()
  await expect(open(url)).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.stringMatching(/^error: no answer from Prometheus http:.* was refused/),
  })
})

test('a query that takes too long ends, and is not asked again', async () => {
  await using server = await fakePrometheus(() => new Promise(() => {}))
  const prometheus = await open(server.url, { timeoutMs: 1000 })
  await expect(prometheus.query('sum(x)')).rejects.toMatchObject({
    kind: 'query',
    message: `error: Prometheus ${server.url} gave no answer within 1s`,
    advice: ['the query: sum(x)'],
  })
  expect(server.queries).toHaveLength(1)
})

test('the signal ends a query with its own reason', async () => {
  await using server = await fakePrometheus(() => new Promise(() => {}))
  const prometheus = await open(server.url)
  const abort = new AbortController()
  const query = prometheus.query('up', { signal: abort.signal })
  const reason = new Error('Ctrl-C')
  abort.abort(reason)
  await expect(query).rejects.toBe(reason)
})

test('what does not know the time is no Prometheus', async () => {
  await using server = await fakePrometheus(() => success('vector', []), { answersTime: false })
  await expect(open(server.url)).rejects.toMatchObject({
    kind: 'bad-answer',
    message: 'error: what answers like a Prometheus does not know what time it is',
  })
})
