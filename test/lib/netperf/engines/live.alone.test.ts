import { execFileSync, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine, ToolOutput } from '../../../../lib/netperf/engines/engine.ts'
import { iperf2 } from '../../../../lib/netperf/engines/iperf2/iperf2.ts'
import { iperf3 } from '../../../../lib/netperf/engines/iperf3/iperf3.ts'
import { clientRequest } from './recorded.ts'

// The tools themselves between two network namespaces; what they say is held against the bytes that the kernel has
// counted at the server's interface.

const [near, far] = [`npl-${process.pid}-a`, `npl-${process.pid}-b`]
const wires = [`npa${process.pid}`, `npb${process.pid}`] as const
const target = { address: '10.99.7.2', port: 5301, secondPort: 5302 }
const timing = { durationSeconds: 3, warmupSeconds: 0 }

beforeAll(() => {
  ip('netns', 'add', near)
  ip('netns', 'add', far)
  ip('link', 'add', wires[0], 'netns', near, 'type', 'veth', 'peer', 'name', wires[1], 'netns', far)
  ip('-n', near, 'addr', 'add', '10.99.7.1/24', 'dev', wires[0])
  ip('-n', far, 'addr', 'add', '10.99.7.2/24', 'dev', wires[1])
  for (const [namespace, wire] of [
    [near, wires[0]],
    [far, wires[1]],
  ] as const)
    ip('-n', namespace, 'link', 'set', wire, 'up')
  // A link that is slower than the machine: the same on any.
  execFileSync('ip', [
    'netns',
    'exec',
    near,
    'tc',
    ...'qdisc add dev'.split(' '),
    wires[0],
    ...'root tbf rate 400mbit burst 256kb latency 20ms'.split(' '),
  ])
})

afterAll(() => {
  for (const namespace of [near, far]) ip('netns', 'delete', namespace)
})

test.each([
  ['iperf3', iperf3, clientRequest({}, { target, timing })],
  ['iperf3, 4 streams', iperf3, clientRequest({ streams: 4 }, { target, timing })],
])('%s: TCP has the bytes that came in at the interface', async (_, engine, request) => {
  await using _server = await started(engine)
  const before = interfaceBytes()
  const output = await run(engine.clientCommand(request))
  const counted = interfaceBytes() - before
  const [flow] = engine.read(request, output).flows
  const payload = ((flow?.receivedBitsPerSecond ?? 0) * (flow?.seconds ?? 0)) / 8
  // Offloading joins segments: between none and all of their headers of 66 bytes are counted. What was under way at the
  // end is counted too, and not read any more.
  expect(counted / payload).toBeGreaterThan(0.999)
  expect(counted / payload).toBeLessThan(1.02 * (1 + 66 / 1448))
  expect(flow?.receivedBitsPerSecond).toBeLessThan(400e6)
})

test.each([
  ['iperf3', iperf3],
  ['iperf2', iperf2],
])('%s: UDP has the datagrams that sockets were given, and has lost those that found no room', async (_, engine) => {
  await using _server = await started(engine)
  const request = clientRequest({ protocol: 'udp', bitsPerSecond: 50e6 }, { target, timing })
  const before = datagrams()
  const output = await run(engine.clientCommand(request))
  const after = datagrams()
  const { sent = 0, lost = 0 } = engine.read(request, output).flows[0]?.datagrams ?? {}
  // Beside them each has a few to begin and to end with, and what comes after the end is not counted.
  const received = after.received - before.received
  expect(Math.abs(received - (sent - lost))).toBeLessThan(0.005 * sent)
  expect(Math.abs(after.withoutRoom - before.withoutRoom - lost)).toBeLessThan(0.005 * sent)
})

test('iperf2 TCP by its client alone says what comes through the link', async () => {
  await using _server = await started(iperf2)
  const request = clientRequest({}, { target, timing })
  const [flow] = iperf2.read(request, await run(iperf2.clientCommand(request))).flows
  expect(flow?.receivedBitsPerSecond).toBeGreaterThan(300e6)
  expect(flow?.receivedBitsPerSecond).toBeLessThan(400e6)
})

async function started(engine: Engine): Promise<AsyncDisposable> {
  const command = engine.serverCommand(target.port, 4)
  const process = spawn('ip', ['netns', 'exec', far, ...command], { stdio: 'ignore', detached: true })
  // A server that takes one client at a time must not be asked by connecting.
  for (let tries = 0; tries < 100 && !isListening(); tries++) await sleep(50)
  return {
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => process.once('exit', resolve))
      if (process.pid !== undefined) globalThis.process.kill(-process.pid, 'SIGKILL')
      await ended
    },
  }
}

function isListening(): boolean {
  const table = execFileSync('ip', ['netns', 'exec', far, 'cat', '/proc/net/tcp', '/proc/net/tcp6'], {
    encoding: 'utf8',
  })
  return table.includes(`:${target.port.toString(16).toUpperCase()} `)
}

function interfaceBytes(): number {
  const links = JSON.parse(ip('-n', far, '-s', '-j', 'link', 'show', wires[1])) as [
    { stats64: { rx: { bytes: number } } },
  ]
  return links[0].stats64.rx.bytes
}

/** The kernel's own counts, of the server's namespace. */
function datagrams(): { received: number; withoutRoom: number } {
  const table = execFileSync('ip', ['netns', 'exec', far, 'cat', '/proc/net/snmp'], { encoding: 'utf8' })
  const [names = [], values = []] = table
    .split('\n')
    .filter((line) => line.startsWith('Udp:'))
    .map((line) => line.split(' '))
  const count = (name: string) => Number(values[names.indexOf(name)])
  return { received: count('InDatagrams'), withoutRoom: count('RcvbufErrors') }
}

function ip(...options: string[]): string {
  return execFileSync('ip', options, { encoding: 'utf8' })
}

function run(command: ReturnType<Engine['clientCommand']>): Promise<ToolOutput> {
  const child = spawn('ip', ['netns', 'exec', near, ...command], { timeout: 30_000 })
  const texts = { stdout: '', stderr: '' }
  child.stdout.on('data', (data: Buffer) => (texts.stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (texts.stderr += data.toString()))
  return new Promise((resolve) => child.once('close', (code) => resolve({ ...texts, exitCode: code ?? -1 })))
}
