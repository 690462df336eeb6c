import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { parseChange } from '../../../../lib/acceptance/probe/attempts.ts'
import { FIRST_CONNECTION_SCRIPT, LOOKUP_SCRIPT, PROBE_SCRIPT } from '../../../../lib/acceptance/probe/probe-script.ts'

// The scripts in a bash of this machine, with servers of its own.

const servers: Server[] = []
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const server of servers.splice(0)) server.close()
})

async function listen(port = 0): Promise<number> {
  const server = createServer((socket) => socket.end())
  servers.push(server)
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** A port whose process is stopped, with room for few connections. */
async function listenWithoutAccepting(): Promise<string> {
  const script =
    "const s = require('net').createServer().listen(0, '127.0.0.1', 1, () => console.log(s.address().port))"
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  child.kill('SIGSTOP')
  return port
}

/** A session of the probe, line by line. */
function startProbe(limitSeconds = 0.1) {
  const child = spawn('bash', ['-c', PROBE_SCRIPT, 'bash', String(limitSeconds), String(limitSeconds * 0.8e6)])
  const lines: string[] = []
  const waiting: (() => void)[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    for (const wake of waiting.splice(0)) wake()
  })
  const next = async (): Promise<string> => {
    while (lines.length === 0) await new Promise<void>((resolve) => waiting.push(resolve))
    return lines.shift() ?? ''
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { next, say: (text: string) => child.stdin.write(text), end: () => child.stdin.end(), ended }
}

test('a port that nobody listens at is refused, and open as soon as somebody does', async () => {
  const port = await listen()
  const [server] = servers.splice(0)
  await new Promise((resolve) => server?.close(resolve))
  const probe = startProbe()
  expect(await probe.next()).toBe('ready')
  const beforeMicros = Date.now() * 1000
  probe.say(`watch 0.01 127.0.0.1 ${port}\n`)
  const refused = parseChange(await probe.next())
  expect(refused?.result).toBe('refused')
  expect(refused?.before).toBeUndefined()
  const listeningMicros = Date.now() * 1000
  await listen(port)
  const open = parseChange(await probe.next())
  expect(open?.result).toBe('open')
  expect(open?.before?.attempts).toBeGreaterThanOrEqual(1)
  expect(open?.before?.startMicros).toBeGreaterThan(beforeMicros - 1000)
  expect(open?.endMicros).toBeGreaterThan(listeningMicros - 1000)
  expect(open?.endMicros).toBeLessThan(Date.now() * 1000 + 1000)
  // The attempt before it had failed, so the change lies between the two.
  expect(open?.before?.endMicros ?? 0).toBeLessThanOrEqual(open?.startMicros ?? 0)
  probe.say('pause\n')
  expect(await probe.next()).toMatch(/^paused open \d+$/)
  probe.end()
  expect(await probe.ended).toBe(0)
})

test('where nothing answers, each attempt ends at its limit, also the thousandth time the alarm is set', async () => {
  const port = await listen()
  const probe = startProbe(0.05)
  await probe.next()
  // Many quick attempts whose end races with their alarm's begin.
  probe.say(`watch 0.001 127.0.0.1 ${port}\n`)
  expect(parseChange(await probe.next())?.result).toBe('open')
  await new Promise((resolve) => setTimeout(resolve, 1500))
  probe.say('pause\n')
  expect(await probe.next()).toMatch(/^paused open \d+$/)
  probe.say(`watch 0.001 127.0.0.1 ${await listenWithoutAccepting()}\n`)
  // The kernel takes a few connections for a process that does not; then nothing answers any more.
  expect(parseChange(await probe.next())?.result).toBe('open')
  const blocked = parseChange(await probe.next())
  expect(blocked?.result).toBe('blocked')
  expect((blocked?.endMicros ?? 0) - (blocked?.startMicros ?? 0)).toBeGreaterThanOrEqual(40_000)
  probe.say('clock\n')
  expect(await probe.next()).toMatch(/^clock \d{16}$/)
  probe.say('pause\n')
  const [, count] = /^paused blocked (\d+)$/.exec(await probe.next()) ?? []
  expect(Number(count)).toBeGreaterThanOrEqual(1)
  probe.end()
  expect(await probe.ended).toBe(0)
})

test('commands that come in pieces are whole commands', async () => {
  const port = await listen()
  const probe = startProbe()
  await probe.next()
  probe.say(`watch 0.01 127.0.0.1 ${port}\n`)
  await probe.next()
  for (const piece of ['pa', 'us', 'e\n']) {
    probe.say(piece)
    await new Promise((resolve) => setTimeout(resolve, 60))
  }
  expect(await probe.next()).toMatch(/^paused open \d+$/)
  probe.end()
  expect(await probe.ended).toBe(0)
})

function run(script: string, ...words: string[]): Promise<{ stdout: string; stderr: string; code: number | null }> {
  const child = spawn('bash', ['-c', script, 'bash', ...words])
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString(), code })
    })
  })
}

test('names are looked up as often as told, after a first time that does not count; what fails is given up', async () => {
  const { stdout, stderr, code } = await run(LOOKUP_SCRIPT, '5', '0.001', 'short', 'localhost', 'external', 'no name')
  expect(code).toBe(0)
  const count = (pattern: RegExp) => stdout.split('\n').filter((line) => pattern.test(line)).length
  expect(count(/^short \d+ 0$/)).toBe(5)
  expect(count(/^overhead \d+ 0$/)).toBe(5)
  // Three times in all, of which the first does not count.
  expect(count(/^external \d+ 1$/)).toBe(2)
  expect(stderr).toMatch(/no name: /)
})

test('nothing in a command of a pod is what Kubernetes would take for its own', () => {
  // It makes one dollar of two, and a variable's value of $(NAME).
  expect(FIRST_CONNECTION_SCRIPT).not.toMatch(/\$\$/)
  expect(FIRST_CONNECTION_SCRIPT).not.toMatch(/\$\([A-Za-z_.-]+\)/)
})
