import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createConnectionPool } from '../../../../lib/kube/http/connection-pool.ts'
import type { ConnectionEvents, Exchange, ExchangeHandler, HttpConnection } from '../../../../lib/kube/http/exchange.ts'

/** A connection without a wire: requests end when the test says so. */
interface FakeConnection extends HttpConnection {
  readonly sent: string[]
  finish(path: string): void
  shut(): void
}

function fakeConnection(events: ConnectionEvents, protocol: 'http1' | 'http2', capacity: number): FakeConnection {
  const running = new Map<string, ExchangeHandler>()
  const sent: string[] = []
  let retiring = false
  return {
    protocol,
    sent,
    get inFlight() {
      return running.size
    },
    get free() {
      return capacity - running.size
    },
    get retiring() {
      return retiring
    },
    send(exchange, handler) {
      sent.push(exchange.path)
      running.set(exchange.path, handler)
      return {
        cancel() {
          running.delete(exchange.path)
          events.onRoom()
        },
        pause() {},
        resume() {},
      }
    },
    retire() {
      retiring = true
    },
    destroy() {
      retiring = true
    },
    finish(path) {
      const handler = running.get(path)
      running.delete(path)
      handler?.onEnd()
      events.onRoom()
    },
    shut() {
      retiring = true
      events.onClose()
    },
  }
}

interface Setup {
  limit?: number
  requestsPerConnection?: number
  protocol?: 'http1' | 'http2'
  capacity?: number
}

/** A pool whose connections open at the next turn, or fail where `fails` says so. */
function fakePool({ limit = 4, requestsPerConnection = 8, protocol = 'http2', capacity = 100 }: Setup) {
  const connections: FakeConnection[] = []
  const results: string[] = []
  const state = { fails: false, attempts: 0 }
  const pool = createConnectionPool({
    limit,
    requestsPerConnection,
    async open(events) {
      state.attempts += 1
      await Promise.resolve()
      if (state.fails) throw new Error('refused')
      const connection = fakeConnection(events, protocol, capacity)
      connections.push(connection)
      return connection
    },
  })
  const send = (path: string) => {
    const exchange: Exchange = { method: 'GET', path, headers: {}, body: undefined }
    return pool.send(exchange, {
      onSent() {},
      onHeaders() {},
      onData() {},
      onEnd: () => results.push(`${path} ended`),
      onError: (error) => results.push(`${path} ${error.message}`),
    })
  }
  return { pool, connections, results, state, send }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))
const paths = (count: number) => Array.from({ length: count }, (_, index) => `/${index}`)

test('a further connection is opened for every eight requests, up to the limit', async () => {
  for (const [requests, expected] of [
    [1, 1],
    [8, 1],
    [9, 2],
    [17, 3],
    [100, 4],
  ] as const) {
    const { connections, send } = fakePool({})
    for (const path of paths(requests)) send(path)
    await turn()
    expect(connections.length).toBe(expected)
    expect(connections.flatMap((connection) => connection.sent).length).toBe(requests)
  }
})

test('a request goes to the connection with the least to do', async () => {
  const { connections, send } = fakePool({ limit: 2, requestsPerConnection: 1 })
  for (const path of paths(4)) send(path)
  await turn()
  const [first, second] = connections
  first?.finish('/0')
  first?.finish('/1')
  send('/4')
  expect([first?.inFlight, second?.inFlight]).toEqual([2, 1])
})

test('what finds no room waits in order, and goes as soon as there is some', async () => {
  const { connections, results, send } = fakePool({ limit: 1, protocol: 'http1', capacity: 1 })
  for (const path of paths(3)) send(path)
  await turn()
  expect(connections[0]?.sent).toEqual(['/0'])
  connections[0]?.finish('/0')
  expect(connections[0]?.sent).toEqual(['/0', '/1'])
  connections[0]?.finish('/1')
  connections[0]?.finish('/2')
  expect(results).toEqual(['/0 ended', '/1 ended', '/2 ended'])
})

test('a request that is cancelled while it waits is never sent', async () => {
  const { connections, results, send } = fakePool({})
  send('/0').cancel()
  send('/1')
  await turn()
  expect(connections[0]?.sent).toEqual(['/1'])
  expect(results).toEqual([])
})

test('without any connection the reason goes to all who wait; the next request tries again', async () => {
  const { results, state, send } = fakePool({})
  state.fails = true
  for (const path of paths(20)) send(path)
  await turn()
  expect(results).toEqual(paths(20).map((path) => `${path} refused`))
  expect(state.attempts).toBe(3)
  send('/again')
  await turn()
  expect(state.attempts).toBe(4)
})

test('a connection that cannot be opened beside others is no fault of any request, and not tried for each of them', async () => {
  const { connections, results, state, send } = fakePool({ requestsPerConnection: 1 })
  send('/0')
  await turn()
  state.fails = true
  for (const path of paths(50)) send(path)
  await turn()
  for (const path of paths(50)) send(`/more${path}`)
  await turn()
  expect(results).toEqual([])
  expect(connections[0]?.sent.length).toBe(101)
  expect(state.attempts).toBe(4)
})

test('a connection that retires is replaced, also while it still has something to do', async () => {
  const { pool, connections, send } = fakePool({ limit: 1 })
  send('/0')
  await turn()
  pool.renew()
  send('/1')
  await turn()
  expect(connections.map((connection) => connection.sent)).toEqual([['/0'], ['/1']])
  connections[1]?.shut()
  send('/2')
  await turn()
  expect(connections[2]?.sent).toEqual(['/2'])
  expect(pool.opened).toBe(3)
})

test('after its end it gives the reason to everyone', async () => {
  const { pool, results, send } = fakePool({})
  send('/0')
  pool.destroy(new Error('over'))
  send('/1')
  await turn()
  expect(results).toEqual(['/0 over', '/1 over'])
})

test('whatever happens, each request that is not cancelled is sent once, and no connection gets more than it can take', async () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.constant('send' as const) },
    { weight: 4, arbitrary: fc.constant('finish' as const) },
    { weight: 1, arbitrary: fc.constantFrom('renew' as const, 'turn' as const, 'cancel' as const) },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 4 }), async (steps, capacity) => {
      const { pool, connections, send } = fakePool({ capacity, requestsPerConnection: capacity })
      const cancelled = new Set<string>()
      let count = 0
      let last: { path: string; cancel: () => void } | undefined
      for (const action of steps) {
        if (action === 'send') {
          const path = `/${count++}`
          last = { path, ...send(path) }
        } else if (action === 'finish') {
          const busy = connections.find((connection) => connection.inFlight > 0)
          busy?.finish(busy.sent.at(-1) ?? '')
        } else if (action === 'renew') pool.renew()
        else if (action === 'turn') await turn()
        else if (last !== undefined && !connections.some((connection) => connection.sent.includes(last?.path ?? ''))) {
          last.cancel()
          cancelled.add(last.path)
        }
        expect(connections.every((connection) => connection.free >= 0)).toBe(true)
      }
      for (let round = 0; round < count + 5; round++) {
        await turn()
        for (const connection of connections) for (const path of connection.sent) connection.finish(path)
      }
      const sent = connections.flatMap((connection) => connection.sent)
      expect(new Set(sent).size).toBe(sent.length)
      expect(new Set(sent)).toEqual(new Set(paths(count).filter((path) => !cancelled.has(path))))
    }),
    { numRuns: 50 },
  )
})
