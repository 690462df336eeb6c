import { expect, test } from 'vitest'
import { isApiError } from '../../../lib/kube/api-error.ts'
import type { RequestSample } from '../../../lib/kube/client.ts'
import { isConnectionError } from '../../../lib/kube/connection-error.ts'
import { startFaultServer } from './fault-server.ts'

const PODS = '/api/v1/namespaces/x/pods'
const NO_EVENTS = { retries: 0, throttles: 0, watchResumes: 0, watchRelists: 0 }

const status = (code: number, reason: string, message: string, more: object = {}) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message,
  ...more,
})

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it did not reject')
    },
    (error: unknown) => error,
  )
}

test('1,000 creates, 50 at a time, use three connections over HTTP/2', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => setTimeout(() => call.reply(201, call.body), 1))
  let next = 0
  const worker = async () => {
    while (next < 1000) {
      const name = `pod-${next++}`
      const made = await client.create<{ metadata: { name: string } }>(PODS, { metadata: { name } })
      expect(made.metadata.name).toBe(name)
    }
  }
  await Promise.all(Array.from({ length: 50 }, worker))
  expect(server.calls.length).toBe(1000)
  expect(new Set(server.calls.map((call) => call.protocol))).toEqual(new Set(['http2']))
  expect(server.connections).toBe(3)
  expect(client.statistics()).toEqual({ connections: 3, ...NO_EVENTS })
})

test('one request after the other uses one connection', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  for (let index = 0; index < 20; index++) await client.getJson('/version')
  expect(server.connections).toBe(1)
})

test('a server without HTTP/2 is used over HTTP/1.1, kept alive, one request at a time on each connection', async () => {
  await using server = await startFaultServer({ protocol: 'http1' })
  await using client = await server.connect({ connections: 3 })
  let busy = 0
  let most = 0
  server.answer((call) => {
    most = Math.max(most, ++busy)
    setTimeout(() => {
      busy -= 1
      call.reply(200, { path: call.path })
    }, 1)
  })
  const paths = Array.from({ length: 60 }, (_, index) => `/api/v1/namespaces/${index}`)
  const answers = await Promise.all(paths.map((path) => client.getJson<{ path: string }>(path)))
  expect(answers.map((answer) => answer.path)).toEqual(paths)
  expect(server.calls.every((call) => call.protocol === 'http1')).toBe(true)
  expect(server.connections).toBe(3)
  expect(most).toBe(3)
})

test('plain HTTP carries requests, but no secrets', async () => {
  await using server = await startFaultServer({ protocol: 'plain' })
  await using client = await server.connect({ certificateAuthority: '' })
  await client.getJson('/version')
  expect(server.calls[0]?.headers.authorization).toBeUndefined()
})

test('a request carries method, query, token, content type and body as they were given', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  await client.patch(`${PODS}/a`, { metadata: { labels: { k: 'é' } } })
  await client.deleteCollection(PODS, { labelSelector: 'a=b,c in (d)', gracePeriodSeconds: 0 })
  await client.create(PODS, '{"metadata":{"name":"raw"}}', { query: { dryRun: 'All', none: undefined } })
  expect(server.calls.map(({ method, path, body }) => ({ method, path, body }))).toEqual([
    { method: 'PATCH', path: `${PODS}/a`, body: '{"metadata":{"labels":{"k":"é"}}}' },
    { method: 'DELETE', path: PODS, body: '' },
    { method: 'POST', path: PODS, body: '{"metadata":{"name":"raw"}}' },
  ])
  expect(server.calls.map((call) => [...call.query])).toEqual([
    [],
    [
      ['labelSelector', 'a=b,c in (d)'],
      ['gracePeriodSeconds', '0'],
    ],
    [['dryRun', 'All']],
  ])
  expect(server.calls.map((call) => call.headers['content-type'])).toEqual([
    'application/merge-patch+json',
    undefined,
    'application/json',
  ])
  expect(server.calls.map((call) => call.headers.authorization)).toEqual(Array(3).fill('Bearer secret'))
})

test.for(['http2', 'http1'] as const)(
  'impersonation sends each group as a header of its own over %s',
  async (protocol) => {
    await using server = await startFaultServer({ protocol })
    await using client = await server.connect({
      as: 'writer',
      asUid: 'u1',
      asGroups: ['one', 'two, three'],
      asUserExtra: { 'example.com/Scopes': ['a', 'b'] },
    })
    await client.getJson('/version')
    const { rawHeaders = [] } = server.calls[0] ?? {}
    const pairs = rawHeaders.flatMap((name, index) =>
      index % 2 === 0 && /^impersonate/i.test(name) ? [[name.toLowerCase(), rawHeaders[index + 1]]] : [],
    )
    expect(pairs).toEqual([
      ['impersonate-user', 'writer'],
      ['impersonate-uid', 'u1'],
      ['impersonate-group', 'one'],
      ['impersonate-group', 'two, three'],
      ['impersonate-extra-example.com%2fscopes', 'a'],
      ['impersonate-extra-example.com%2fscopes', 'b'],
    ])
  },
)

test('throttling is waited out as long as the server says, counted, and shown to observers', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  const samples: RequestSample[] = []
  const stop = client.observe((sample) => samples.push(sample))
  server.answer((call) =>
    call.method === 'POST' && call.attempt < 2
      ? call.reply(429, 'slow down', { 'retry-after': '1' })
      : call.reply(201, { ok: true }),
  )
  const startedMs = performance.now()
  expect(await client.create(PODS, { metadata: { name: 'a' } })).toEqual({ ok: true })
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(1000)
  expect(client.statistics()).toEqual({ connections: 1, ...NO_EVENTS, retries: 1, throttles: 1 })
  expect(
    samples.map(({ verb, resource, code, attempt, throttled }) => [verb, resource, code, attempt, throttled]),
  ).toEqual([
    ['create', 'pods', 429, 1, true],
    ['create', 'pods', 201, 2, false],
  ])
  stop()
  await client.getJson('/version')
  expect(samples.length).toBe(2)
})

test.for([500, 502, 503, 504])('status %i is tried again', async (code) => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) =>
    call.attempt === 1 ? call.reply(code, 'broken') : call.reply(200, { attempt: call.attempt }),
  )
  const response = await client.request({ method: 'GET', path: '/version' })
  expect(response.json()).toEqual({ attempt: 2 })
  expect(response.attempts).toBe(2)
  expect(client.statistics().retries).toBe(1)
})

test('a status that stays 500 is given up after three tries, any other refusal after one', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => call.reply(call.path === '/broken' ? 500 : 422, status(0, 'Whatever', 'no')))
  const broken = await rejection(client.getJson('/broken'))
  expect(isApiError(broken) && [broken.code, broken.attempts]).toEqual([500, 3])
  const refused = await rejection(client.getJson('/refused'))
  expect(isApiError(refused) && [refused.code, refused.attempts]).toEqual([422, 1])
  expect(server.calls.length).toBe(4)
})

test('retry: false means one try', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => call.reply(503, 'no'))
  await rejection(client.getJson('/version', { retry: false }))
  expect(server.calls.length).toBe(1)
})

test.for(['reset', 'cut'] as const)('a request whose answer breaks off by %s is tried again', async (how) => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => {
    if (call.attempt > 1) {
      call.reply(200, { whole: true })
      return
    }
    call.begin()
    call.write('{"half":')
    setTimeout(() => call[how](), 10)
  })
  expect(await client.getJson('/version')).toEqual({ whole: true })
  expect(client.statistics().retries).toBe(1)
})

test.for(['refuse', 'cut'] as const)('a request that is answered by %s alone is tried again', async (how) => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => (call.attempt === 1 ? call[how]() : call.reply(200, { attempt: call.attempt })))
  const response = await client.request({ method: 'GET', path: '/version' })
  expect([response.json(), response.attempts]).toEqual([{ attempt: 2 }, 2])
})

test('after GOAWAY what is under way is answered, and the next request gets a new connection', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => {
    if (call.attempt === 1) call.goAway()
    setTimeout(() => call.reply(200, { connection: call.connection }), 20)
  })
  expect(await client.getJson('/version')).toEqual({ connection: 1 })
  expect(await client.getJson('/version')).toEqual({ connection: 2 })
  expect(client.statistics()).toEqual({ connections: 2, ...NO_EVENTS })
})

test('AlreadyExists counts as success when an earlier try of the same create made the object', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  const pod = { metadata: { name: 'a', labels: { 'kubectl-perf/run': 'abc123' } } }
  server.answer((call) => {
    if (call.method === 'GET') call.reply(200, { ...pod, status: { phase: 'Pending' } })
    else if (call.attempt === 1) call.cut()
    else call.reply(409, status(409, 'AlreadyExists', 'pods "a" already exists'))
  })
  expect(await client.create(PODS, JSON.stringify(pod))).toEqual({ ...pod, status: { phase: 'Pending' } })
  expect(server.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `POST ${PODS}`,
    `POST ${PODS}`,
    `GET ${PODS}/a`,
  ])
})

test('AlreadyExists is a refusal at the first try, and where the object is somebody else’s', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  let isFirst = false
  server.answer((call) => {
    if (call.method === 'GET') call.reply(200, { metadata: { name: 'a', labels: { 'kubectl-perf/run': 'other1' } } })
    else if (isFirst) {
      isFirst = false
      call.cut()
    } else call.reply(409, status(409, 'AlreadyExists', 'pods "a" already exists'))
  })
  const pod = { metadata: { name: 'a', labels: { 'kubectl-perf/run': 'abc123' } } }
  const atOnce = await rejection(client.create(PODS, pod))
  expect(isApiError(atOnce) && [atOnce.reason, atOnce.attempts]).toEqual(['AlreadyExists', 1])
  isFirst = true
  const later = await rejection(client.create(PODS, pod))
  expect(isApiError(later) && [later.reason, later.attempts]).toEqual(['AlreadyExists', 2])
})

test('a create whose object the server names is not repeated when it may have happened', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => call.cut())
  const error = await rejection(client.create(PODS, { metadata: { generateName: 'a-' } }))
  expect(isConnectionError(error) && [error.kind, error.wasSent]).toEqual(['lost', true])
  expect(server.calls.length).toBe(1)
})

test('a delete that finds nothing at the second try has done its work at the first', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => {
    if (call.path.endsWith('/a') && call.attempt === 1) call.cut()
    else call.reply(404, status(404, 'NotFound', 'pods "a" not found'))
  })
  await client.delete(`${PODS}/a`)
  const error = await rejection(client.delete(`${PODS}/b`))
  expect(isApiError(error) && error.reason).toBe('NotFound')
})

test('a server that hangs is given up after the time-out; the connection serves on', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect({ requestTimeoutMs: 100 })
  server.answer((call) => {
    if (call.path !== '/hangs') call.reply(200, {})
  })
  const error = await rejection(client.getJson('/hangs'))
  expect(isConnectionError(error) && [error.kind, error.attempts, error.message]).toEqual([
    'timeout',
    1,
    'Unable to connect to the server: net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
  ])
  await client.getJson('/version')
  expect(server.connections).toBe(1)
  expect(await client.getJson('/version', { timeoutMs: 0 })).toEqual({})
})

test('a signal ends a request that waits for its answer, for its turn, or for its next try', async () => {
  await using server = await startFaultServer({ protocol: 'http1' })
  await using client = await server.connect({ connections: 1 })
  server.answer((call) => {
    if (call.path === '/throttled') call.reply(429, '', { 'retry-after': '30' })
  })
  const reason = new Error('stop')
  for (const paths of [['/hangs', '/queued'], ['/throttled']]) {
    const controller = new AbortController()
    const all = paths.map((path) => rejection(client.getJson(path, { signal: controller.signal })))
    setTimeout(() => controller.abort(reason), 50)
    expect(await Promise.all(all)).toEqual(paths.map(() => reason))
  }
  const before = server.calls.length
  expect(await rejection(client.getJson('/late', { signal: AbortSignal.abort(reason) }))).toBe(reason)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(server.calls.length).toBe(before)
  expect(server.calls.map((call) => call.path)).not.toContain('/queued')
})

test('thousands of requests with one signal hang one listener on it', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  const { signal } = new AbortController()
  let added = 0
  const add = signal.addEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    added += 1
    add(...args)
  }
  await Promise.all(Array.from({ length: 500 }, () => client.getJson('/version', { signal })))
  expect(added).toBe(1)
})

test('a huge body of an error is cut, and the client does not wait for its end', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => {
    call.begin(403)
    call.write('x'.repeat(10 << 20))
  })
  const error = await rejection(client.getJson('/version'))
  expect(isApiError(error) && error.code).toBe(403)
  expect((error as Error).message.length).toBeLessThan(5000)
})

test('an answer that is no JSON is a fault of what answers', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => call.reply(200, '<html>Please log in</html>'))
  const error = await rejection(client.getJson('/version'))
  expect(isConnectionError(error) && error.kind).toBe('bad-answer')
})

test('closing the client ends what is under way, and its connections', async () => {
  await using server = await startFaultServer()
  const client = await server.connect()
  server.answer(() => {})
  const hanging = rejection(client.getJson('/version'))
  await expect.poll(() => server.calls.length).toBe(1)
  await client[Symbol.asyncDispose]()
  expect(await hanging).toMatchObject({ kind: 'closed', attempts: 1 })
  await expect.poll(() => server.open).toBe(0)
  expect(await rejection(client.getJson('/version'))).toMatchObject({ kind: 'closed', attempts: 1 })
})

test('a list is read page by page and anew when its continuation has expired', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  let expired = false
  server.answer((call) => {
    const from = Number(call.query.get('continue') ?? 0)
    if (from === 2 && !expired) {
      expired = true
      call.reply(410, status(410, 'Expired', 'The provided continue parameter is too old'))
      return
    }
    const items = [from, from + 1].filter((item) => item < 5)
    const next = from + 2 < 5 ? { continue: String(from + 2) } : {}
    call.reply(200, { items, metadata: { resourceVersion: '77', ...next } })
  })
  const list = await client.list<number>(PODS, { limit: 2, labelSelector: 'a=b' })
  expect(list).toEqual({ items: [0, 1, 2, 3, 4], resourceVersion: '77' })
  expect(server.calls.map((call) => `${call.query.get('limit')} ${call.query.get('continue')}`)).toEqual([
    '2 null',
    '2 2',
    '2 null',
    '2 2',
    '2 4',
  ])
  expect(await client.list('/none', {})).toEqual({ items: [0, 1, 2, 3, 4], resourceVersion: '77' })
})
