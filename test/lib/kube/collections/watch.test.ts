import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { connect, type KubeClient } from '../../../../lib/kube/client.ts'
import type { WatchEvent, WatchOptions } from '../../../../lib/kube/collections/watch.ts'
import { type Call, startFaultServer } from '../fault-server.ts'

const PODS = '/api/v1/pods'

interface Pod {
  metadata: { name?: string; resourceVersion: string }
}

const line = (type: string, resourceVersion: number, name?: string) =>
  `${JSON.stringify({ type, object: { metadata: { ...(name === undefined ? {} : { name }), resourceVersion: String(resourceVersion) } } })}\n`

const failure = (code: number, reason: string) =>
  `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code, reason, message: `it is ${reason}` } })}\n`

/** Reads events until there are as many, then stops the watch. */
async function take<T>(client: KubeClient, count: number, options: WatchOptions<T> = {}): Promise<WatchEvent<T>[]> {
  const events: WatchEvent<T>[] = []
  for await (const event of client.watch<T>(PODS, options)) {
    events.push(event)
    if (events.length === count) break
  }
  return events
}

function summary(events: readonly WatchEvent<Pod>[]): string[] {
  return events.map((event) =>
    event.type === 'RELIST'
      ? `RELIST ${event.items.map((item) => item.metadata.name).join()} at ${event.resourceVersion}`
      : `${event.type} ${event.object.metadata.name}`,
  )
}

/** Answers each watch request by its own script. */
function scripts(...all: ((call: Call) => void)[]): (call: Call) => void {
  let next = 0
  return (call) => all[Math.min(next++, all.length - 1)]?.(call)
}

test('events come as they are sent, bookmarks are kept to itself, and the end of the loop ends the request', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  let ended = false
  server.answer((call) => {
    call.begin()
    call.write(line('ADDED', 1, 'a') + line('BOOKMARK', 2) + line('MODIFIED', 3, 'a'))
    call.write(line('DELETED', 4, 'a'))
    call.onClose(() => {
      ended = true
    })
  })
  const events = await take<Pod>(client, 3, { labelSelector: 'a=b', fieldSelector: 'c=d' })
  expect(summary(events)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a'])
  expect(events.map((event) => event.type !== 'RELIST' && event.bytes)).toEqual([73, 76, 75])
  const [call] = server.calls
  expect(Object.fromEntries(call?.query ?? [])).toEqual({
    watch: '1',
    allowWatchBookmarks: 'true',
    timeoutSeconds: expect.stringMatching(/^[3-6]\d\d$/),
    labelSelector: 'a=b',
    fieldSelector: 'c=d',
  })
  await expect.poll(() => ended).toBe(true)
})

test('the time of an event is that of its last byte, also when the reader comes late', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  let sentMs = 0
  server.answer((call) => {
    call.begin()
    const text = line('ADDED', 1, 'a')
    call.write(text.slice(0, 20))
    setTimeout(() => {
      call.write(text.slice(20) + line('ADDED', 2, 'b'))
      sentMs = performance.now()
    }, 50)
  })
  const received: number[] = []
  for await (const event of client.watch(PODS)) {
    received.push(event.receivedMs)
    await new Promise((resolve) => setTimeout(resolve, 100))
    if (received.length === 2) break
  }
  expect(received[1]).toBe(received[0])
  expect(received[0]).toBeGreaterThanOrEqual(sentMs - 1)
})

test.for(['cut', 'reset', 'end'] as const)(
  'a watch that ends by %s in the middle of a line goes on after the last whole event',
  async (how) => {
    await using server = await startFaultServer()
    await using client = await server.connect()
    server.answer(
      scripts(
        (call) => {
          call.begin()
          call.write(line('ADDED', 7, 'a') + line('ADDED', 8, 'b').slice(0, 30))
          setTimeout(() => call[how](), 20)
        },
        (call) => {
          call.begin()
          call.write(line('ADDED', 8, 'b'))
        },
      ),
    )
    expect(summary(await take<Pod>(client, 2))).toEqual(['ADDED a', 'ADDED b'])
    expect(server.calls.map((call) => call.query.get('resourceVersion'))).toEqual([null, '7'])
    expect(client.statistics()).toMatchObject({ watchResumes: 1, watchRelists: 0 })
  },
)

test('a cut counts once, however often the server has to be asked until the watch goes on', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  const busy = (call: Call) => call.reply(503, 'starting')
  server.answer(
    scripts(
      busy,
      (call) => {
        call.begin()
        call.write(line('ADDED', 7, 'a'))
        setTimeout(() => call.cut(), 20)
      },
      busy,
      busy,
      (call) => {
        call.begin()
        call.write(line('ADDED', 8, 'b'))
      },
    ),
  )
  expect(summary(await take<Pod>(client, 2))).toEqual(['ADDED a', 'ADDED b'])
  expect(server.calls.length).toBe(5)
  expect(client.statistics()).toMatchObject({ watchResumes: 1, watchRelists: 0 })
})

test('a watch that the server ends when it was asked to is none that was cut', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  const realNow = performance.now.bind(performance)
  let passedMs = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => realNow() + passedMs)
  try {
    server.answer(
      scripts(
        (call) => {
          call.begin()
          call.write(line('ADDED', 7, 'a'))
          setTimeout(() => {
            passedMs = Number(call.query.get('timeoutSeconds')) * 1000
            call.end()
          }, 20)
        },
        (call) => {
          call.begin()
          call.write(line('ADDED', 8, 'b'))
        },
      ),
    )
    expect(summary(await take<Pod>(client, 2))).toEqual(['ADDED a', 'ADDED b'])
    expect(server.calls.map((call) => call.query.get('resourceVersion'))).toEqual([null, '7'])
    expect(client.statistics()).toMatchObject({ watchResumes: 0, watchRelists: 0 })
  } finally {
    clock.mockRestore()
  }
})

test('a bookmark moves the place to go on from', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer(
    scripts(
      (call) => {
        call.begin()
        call.write(line('ADDED', 7, 'a') + line('BOOKMARK', 99))
        setTimeout(() => call.end(), 20)
      },
      (call) => {
        call.begin()
        call.write(line('ADDED', 100, 'b'))
      },
    ),
  )
  await take(client, 2, { resourceVersion: '5' })
  expect(server.calls.map((call) => call.query.get('resourceVersion'))).toEqual(['5', '99'])
})

test.for(['event', 'status'] as const)(
  'a place in history that is gone (410 as %s) lists anew and says so',
  async (how) => {
    await using server = await startFaultServer()
    await using client = await server.connect()
    let isGone = true
    server.answer((call) => {
      if (!call.query.has('watch')) {
        call.reply(200, {
          metadata: { resourceVersion: '50' },
          items: [{ metadata: { name: 'x' } }, { metadata: { name: 'y' } }],
        })
      } else if (isGone) {
        isGone = false
        if (how === 'status') call.reply(410, JSON.parse(failure(410, 'Expired')).object)
        else {
          call.begin()
          call.write(failure(410, 'Expired'))
        }
      } else {
        call.begin()
        call.write(line('ADDED', 51, 'z'))
      }
    })
    const events = await take<Pod>(client, 2, { resourceVersion: '5', labelSelector: 'a=b' })
    expect(summary(events)).toEqual(['RELIST x,y at 50', 'ADDED z'])
    expect(server.calls.map((call) => call.query.get('resourceVersion'))).toEqual(['5', null, '50'])
    expect(server.calls[1]?.query.get('labelSelector')).toBe('a=b')
    expect(client.statistics()).toMatchObject({ watchResumes: 0, watchRelists: 1 })
  },
)

test('a refusal ends the watch, a server that is busy does not', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer(
    scripts(
      (call) => call.reply(503, 'starting'),
      (call) => {
        call.begin()
        call.write(failure(500, 'InternalError'))
      },
      (call) => call.reply(403, { kind: 'Status', reason: 'Forbidden', message: 'pods is forbidden' }),
    ),
  )
  await expect(take(client, 1)).rejects.toMatchObject({
    code: 403,
    message: 'Error from server (Forbidden): pods is forbidden',
  })
  expect(server.calls.length).toBe(3)
})

test('a server that ends each watch at once is not asked in a loop', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  const controller = new AbortController()
  const times: number[] = []
  server.answer((call) => {
    times.push(performance.now())
    call.begin()
    call.end()
    if (times.length === 4) controller.abort(new Error('enough'))
  })
  await expect(take(client, 1, { signal: controller.signal })).rejects.toThrow('enough')
  // 0.1 s, twice as long each time, give or take a quarter.
  for (const [index, least] of [75, 150, 300].entries()) {
    expect((times[index + 1] ?? 0) - (times[index] ?? 0)).toBeGreaterThanOrEqual(least - 2)
  }
})

test('aborting throws the reason while the watch is silent, before it has begun, and in its pauses', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  const reason = new Error('stop')
  server.answer((call) => call.begin())
  await expect(take(client, 1, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  const silent = new AbortController()
  setTimeout(() => silent.abort(reason), 50)
  await expect(take(client, 1, { signal: silent.signal })).rejects.toBe(reason)
  server.answer((call) => call.reply(429, '', { 'retry-after': '30' }))
  const pausing = new AbortController()
  setTimeout(() => pausing.abort(reason), 50)
  await expect(take(client, 1, { signal: pausing.signal })).rejects.toBe(reason)
})

test('a signal that aborts while the token is fetched is not missed', async () => {
  await using server = await startFaultServer()
  const folder = server.folder
  await writeFile(join(folder, 'token'), 'secret')
  const config = {
    clusters: [{ name: 'c', cluster: { server: server.url, 'certificate-authority': server.authorityFile } }],
    users: [{ name: 'u', user: { tokenFile: join(folder, 'token') } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  }
  await writeFile(join(folder, 'config'), JSON.stringify(config))
  await using client = await connect(
    { kubeconfig: 'config' },
    { variables: {}, homeDirectory: folder, workingDirectory: folder },
  )
  const controller = new AbortController()
  const taking = take(client, 1, { signal: controller.signal })
  controller.abort(new Error('stop'))
  await expect(taking).rejects.toThrow('stop')
  expect(server.calls.length).toBe(0)
})

test('watches share a connection of their own', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => {
    if (!call.query.has('watch')) return call.reply(200, {})
    call.begin()
    call.write(line('ADDED', call.connection, 'a'))
  })
  await client.getJson('/version')
  const watches = await Promise.all([take<Pod>(client, 1), take<Pod>(client, 1), take<Pod>(client, 1)])
  expect(watches.flat().map((event) => event.type !== 'RELIST' && event.object.metadata.resourceVersion)).toEqual([
    '2',
    '2',
    '2',
  ])
  expect(server.connections).toBe(2)
})

test('over HTTP/1.1 each watch has a connection, and requests keep theirs', async () => {
  await using server = await startFaultServer({ protocol: 'http1' })
  await using client = await server.connect({ connections: 1 })
  server.answer((call) => {
    if (!call.query.has('watch')) return call.reply(200, {})
    call.begin()
    setTimeout(() => call.write(line('ADDED', 1, 'a')), 50)
  })
  const watches = [1, 2, 3].map(() => take(client, 1))
  await expect.poll(() => server.calls.length).toBe(3)
  await client.getJson('/version')
  await Promise.all(watches)
  expect(server.connections).toBe(4)
})

test('extract makes the objects from the raw line, also those of a new list', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  let isGone = true
  server.answer((call) => {
    if (!call.query.has('watch')) {
      call.reply(200, { metadata: { resourceVersion: '50' }, items: [{ metadata: { name: 'x' } }] })
      return
    }
    call.begin()
    call.write(line('ADDED', 1, 'a'))
    if (isGone) call.write(failure(410, 'Expired'))
    isGone = false
  })
  const extract = (raw: Buffer) => /"name":"(?<name>\w+)"/.exec(raw.toString())?.groups?.name ?? ''
  const events = await take<string>(client, 3, { extract })
  expect(events.map((event) => (event.type === 'RELIST' ? event.items : event.object))).toEqual(['a', ['x'], 'a'])
})

test('a line that is no event and a line without end are faults of what answers', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  server.answer((call) => {
    call.begin()
    call.write('<html>hello</html>\n')
  })
  await expect(take(client, 1)).rejects.toMatchObject({ kind: 'bad-answer' })
  const megabyte = 'x'.repeat(1 << 20)
  let sent = 0
  server.answer((call) => {
    call.begin()
    let isOpen = true
    call.onClose(() => {
      isOpen = false
    })
    const more = () => {
      if (!isOpen) return
      sent += 1
      if (call.write(megabyte)) setImmediate(more)
      else call.onDrain(more)
    }
    more()
  })
  await expect(take(client, 1)).rejects.toMatchObject({ kind: 'bad-answer' })
  expect(sent).toBeLessThan(64)
})

test('a reader that is slow stops the flow, and loses nothing', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  const filler = 'x'.repeat(1 << 20)
  let written = 0
  server.answer((call) => {
    call.begin()
    const more = setInterval(() => {
      if (written === 64) return clearInterval(more)
      written += 1
      if (!call.write(`{"type":"ADDED","object":{"n":${written},"filler":"${filler}"}}\n`)) clearInterval(more)
      else return
      call.onDrain(() => sendRest(call))
    }, 1)
  })
  const sendRest = (call: Call) => {
    while (written < 64) {
      written += 1
      if (!call.write(`{"type":"ADDED","object":{"n":${written},"filler":"${filler}"}}\n`)) {
        call.onDrain(() => sendRest(call))
        return
      }
    }
  }
  const seen: number[] = []
  for await (const event of client.watch<{ n: number }>(PODS)) {
    if (event.type !== 'RELIST') seen.push(event.object.n)
    if (seen.length === 1) {
      await new Promise((resolve) => setTimeout(resolve, 500))
      expect(written).toBeLessThan(60)
    }
    if (seen.length === 64) break
  }
  expect(seen).toEqual(Array.from({ length: 64 }, (_, index) => index + 1))
})
