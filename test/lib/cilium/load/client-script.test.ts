import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CLIENT_SCRIPT, MOST_PER_PROCESS, readWord } from '../../../../lib/cilium/load/client-script.ts'
import { divideLoad, faultOfTiming } from '../../../../lib/cilium/load/load-plan.ts'

/** Echoes; and what it has seen. */
async function startEcho(isDeaf: (index: number) => boolean = () => false) {
  const seen = { accepted: 0, open: 0, mostOpen: 0 }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    seen.accepted += 1
    seen.open += 1
    seen.mostOpen = Math.max(seen.mostOpen, seen.open)
    const index = seen.accepted
    socket.on('data', (chunk) => void (isDeaf(index) || socket.write(chunk)))
    socket.on('close', () => {
      seen.open -= 1
      sockets.delete(socket)
    })
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    seen,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Load {
  kind: 'held' | 'short'
  port: number
  count: number
  perSecond: number
  seconds: number
}

/** Runs the script as a client's pod would; `go` is what it gets to read once it is ready. */
async function runScript({ kind, port, count, perSecond, seconds }: Load, go = 'go\n', thenEnd = false) {
  const words = ['tcp', kind, '127.0.0.1', port, count, perSecond * 1000, seconds].map(String)
  const child = spawn('bash', ['-c', CLIENT_SCRIPT, 'bash', ...words], { stdio: ['pipe', 'pipe', 'inherit'] })
  const said: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('ready')) {
      child.stdin.write(go)
      if (thenEnd) child.stdin.end()
    }
    said.push(...text.trim().split('\n'))
  })
  child.stdin.on('error', () => {})
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, words: said.map(readWord) }
}

test('held connections are all open at once, and answer when the time is over', async () => {
  await using server = await startEcho()
  const { code, words } = await runScript({ kind: 'held', port: server.port, count: 50, perSecond: 100, seconds: 2 })
  expect(code).toBe(0)
  expect(words[0]).toEqual({ kind: 'ready' })
  expect(words.at(-1)).toEqual({ kind: 'end', opened: 50, failed: 0, probed: 50, answered: 50 })
  // One more was to see whether the server answers.
  expect(server.seen.accepted).toBe(51)
  expect(server.seen.mostOpen).toBeGreaterThanOrEqual(50)
})

test('short ones are closed one by one, and the client ends with the last', async () => {
  await using server = await startEcho()
  const { words } = await runScript({ kind: 'short', port: server.port, count: 20, perSecond: 200, seconds: 60 })
  expect(words.at(-1)).toEqual({ kind: 'end', opened: 20, failed: 0, probed: 0, answered: 0 })
  expect(server.seen.accepted).toBe(21)
  expect(server.seen.mostOpen).toBeLessThan(5)
})

test('the rate is kept: in a second not more than asked for', async () => {
  await using server = await startEcho()
  const { words } = await runScript({ kind: 'held', port: server.port, count: 100, perSecond: 10, seconds: 1 })
  const end = words.at(-1)
  if (end?.kind !== 'end') throw new Error('it ended')
  expect(end.opened).toBeLessThanOrEqual(11)
  expect(end.answered).toBe(end.opened)
})

test('a connection that is not answered has failed, and the others go on', async () => {
  await using server = await startEcho((index) => index === 3)
  const { words } = await runScript({ kind: 'held', port: server.port, count: 6, perSecond: 100, seconds: 4 })
  expect(words.at(-1)).toEqual({ kind: 'end', opened: 5, failed: 1, probed: 5, answered: 5 })
})

test('it ends when nobody is there any more who would end it', async () => {
  await using server = await startEcho()
  const load: Load = { kind: 'held', port: server.port, count: 10, perSecond: 100, seconds: 3600 }
  const { code, words } = await runScript(load, 'go\n', true)
  expect(code).toBe(1)
  expect(words.some((word) => word?.kind === 'end')).toBe(false)
})

test('words', () => {
  expect(readWord('at 12 3')).toEqual({ kind: 'at', opened: 12, failed: 3 })
  for (const line of ['', 'at', 'at 1', 'at 1 2 3', 'end 1 2', 'end 1 2 3 x', 'ready 1', 'bash: no', 'at -1 2']) {
    expect(readWord(line)).toBeUndefined()
  }
})

test('every connection has its process, none more than it can hold, as evenly as may be', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50_000 }), (connections) => {
      const processes = divideLoad(connections)
      const counts = processes.map((process) => process.connections)
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(connections)
      expect(Math.max(...counts)).toBeLessThanOrEqual(MOST_PER_PROCESS)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      const ofClient = Map.groupBy(processes, ({ client }) => client)
      expect([...ofClient.keys()].toSorted((a, b) => a - b)).toEqual([...ofClient.keys()].map((_, index) => index))
      for (const own of ofClient.values()) {
        expect(own.reduce((sum, process) => sum + process.connections, 0)).toBeLessThanOrEqual(20_000)
      }
    }),
    { examples: [[39_601]] },
  )
  expect(divideLoad(300)).toEqual([{ client: 0, connections: 300 }])
})

test('a rate that is too low for the time is said', () => {
  const timing = { connections: 3000, ratePerSecond: 100, durationMs: 20_000 }
  expect(faultOfTiming(timing)).toBe('3000 connections at 100 per second take 30s, and the load lasts 20s')
  expect(faultOfTiming({ ...timing, durationMs: 30_000 })).toBeUndefined()
})
