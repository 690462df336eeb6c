import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, startControlPlane } from '../control-plane.ts'

let cluster: ControlPlane & AsyncDisposable
let serverAddress: string

/** The client runs on node-a, the server on node-b, both with the image that the product takes by default. */
beforeAll(async () => {
  cluster = await startControlPlane({ realNodes: 2 })
  const image = '--image=quay.io/cilium/network-perf:3.21-1782913202-88c270c'
  for (const [name, node, command] of [
    ['client', 'node-a', 'sleep infinity'],
    ['server', 'node-b', 'iperf3 -s'],
  ] as const) {
    const overrides = `--overrides={"spec":{"nodeName":"${node}","terminationGracePeriodSeconds":0}}`
    await cluster.kubectl(['run', name, image, overrides, '--command', '--', ...command.split(' ')])
  }
  await cluster.kubectl(['wait', '--for=condition=Ready', 'pod', '--all', '--timeout=60s'])
  serverAddress = await cluster.kubectl(['get', 'pod', 'server', '-o', 'jsonpath={.status.podIP}'])
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

interface Iperf3Output {
  readonly error?: string
  readonly end: {
    readonly sum_received?: {
      readonly bits_per_second: number
      readonly packets: number
      readonly lost_packets: number
    }
  }
}

async function iperf3(...args: readonly string[]): Promise<Iperf3Output> {
  const command = ['exec', 'client', '--', 'iperf3', '-c', serverAddress, '-J', ...args]
  return JSON.parse((await cluster.tryKubectl(command)).stdout) as Iperf3Output
}

/**
 * What the server has of a test with datagrams. iperf3 sends the one that opens it once only: where the link has lost that, or
 * the answer, nothing is measured.
 */
async function receivedDatagrams(...args: readonly string[]): Promise<{ packets: number; lost_packets: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const { error, end } = await iperf3('-u', ...args)
    if (end.sum_received !== undefined) return end.sum_received
    if (attempt === 3) throw new Error(error)
  }
}

async function received(...args: readonly string[]): Promise<number> {
  const { error, end } = await iperf3('-t', '3', ...args)
  if (end.sum_received === undefined) throw new Error(error)
  return end.sum_received.bits_per_second
}

/** Datagrams that reached the server's pod, but found its socket full: this machine's load, not the link. */
async function droppedBySocket(): Promise<number> {
  const lines = (await cluster.kubectl(['exec', 'server', '--', 'grep', '^Udp:', '/proc/net/snmp'])).split('\n')
  const [names = [], values = []] = lines.map((line) => line.split(' '))
  return Number(values[names.indexOf('RcvbufErrors')])
}

test('a rate holds in both directions, or in the one that was asked for', async () => {
  // TCP carries 1448 of the 1538 bytes that a full-size frame takes on the wire; the bucket holds a little more at the start.
  const limit = 1e8 * (1448 / 1538) * 1.01
  await cluster.shapeLink('node-b', { rateBitsPerSecond: 1e8 })
  for (const bitsPerSecond of [await received(), await received('-R')]) {
    expect(bitsPerSecond).toBeLessThan(limit)
    expect(bitsPerSecond).toBeGreaterThan(limit * 0.8)
  }
  await cluster.shapeLink('node-b', { rateBitsPerSecond: 1e8, direction: 'to' })
  expect(await received()).toBeLessThan(limit)
  expect(await received('-R')).toBeGreaterThan(limit * 2)
  await cluster.clearLink('node-b')
  expect(await received()).toBeGreaterThan(limit * 2)
})

test('loss takes the share of the packets that it is to take', async () => {
  await cluster.shapeLink('node-b', { lossRatio: 0.01 })
  const before = await droppedBySocket()
  const { packets, lost_packets } = await receivedDatagrams('-l', '500', '-b', '20M', '-t', '6')
  const lost = lost_packets - ((await droppedBySocket()) - before)
  // A busy sender sends fewer than 30,000.
  expect(packets).toBeGreaterThan(2000)
  const standardError = Math.sqrt((0.01 * 0.99) / packets)
  expect(Math.abs(lost / packets - 0.01)).toBeLessThan(4 * standardError)
  await cluster.shapeLink('node-b', { lossRatio: 0.01, direction: 'from' })
  const unaffected = await droppedBySocket()
  const other = await receivedDatagrams('-l', '500', '-b', '5M', '-t', '2')
  expect(other.packets).toBeGreaterThan(200)
  expect(other.lost_packets - ((await droppedBySocket()) - unaffected)).toBe(0)
  await cluster.clearLink('node-b')
})

test('larger packets than the MTU vanish in silence, and TCP stalls on them unless its segments are small', async () => {
  await cluster.shapeLink('node-b', { mtuBytes: 1400 })
  expect((await iperf3('-t', '2')).end.sum_received?.bits_per_second).toBe(0)
  // 1348 bytes of data, 12 of the timestamp option, 40 of headers: exactly what passes; and one byte more.
  expect(await received('-M', '1360')).toBeGreaterThan(1e7)
  expect((await iperf3('-t', '2', '-M', '1361')).end.sum_received?.bits_per_second).toBe(0)
  await cluster.clearLink('node-b')
  expect(await received()).toBeGreaterThan(1e8)
})

test('a blocked port answers nothing, others do', async () => {
  await cluster.shapeLink('node-b', { blockedPorts: ['tcp/5201', 'udp/5300-5400'] })
  expect((await iperf3('--connect-timeout', '1000')).error).toContain('Connection timed out')
  expect((await iperf3('-p', '5202', '--connect-timeout', '1000')).error).toContain('Connection refused')
  // The nodes' links to the API server are not touched: exec went through.
  await cluster.clearLink('node-b')
  expect(await received()).toBeGreaterThan(1e8)
})

test('a node that loses all is cut off from the others, not from the API server', async () => {
  await cluster.shapeLink('node-b', { lossRatio: 1 })
  expect((await iperf3('--connect-timeout', '1000')).error).toContain('Connection timed out')
  await cluster.shapeLink('node-b', { lossRatio: 0 })
  expect(await received()).toBeGreaterThan(1e8)
  await cluster.clearLink('node-b')
})

test('a pod is held to the bandwidth that its annotation allows', async () => {
  const annotations = '--annotations=kubernetes.io/egress-bandwidth=50M'
  const overrides = '--overrides={"spec":{"nodeName":"node-a","terminationGracePeriodSeconds":0}}'
  const image = '--image=docker.io/networkstatic/iperf3:latest'
  await cluster.kubectl(['run', 'limited', image, annotations, overrides, '--command', '--', 'sleep', 'infinity'])
  await cluster.kubectl(['wait', '--for=condition=Ready', 'pod/limited', '--timeout=60s'])
  const command = ['exec', 'limited', '--', 'iperf3', '-c', serverAddress, '-t', '6', '-O', '2', '-J']
  const { end } = JSON.parse(await cluster.kubectl(command)) as Iperf3Output
  expect(end.sum_received?.bits_per_second).toBeLessThan(5.2e7)
  expect(end.sum_received?.bits_per_second).toBeGreaterThan(4e7)
})

test('links of several nodes are shaped each on its own', async () => {
  await cluster.shapeLink('node-a', { rateBitsPerSecond: 5e7 })
  await cluster.shapeLink('node-b', { rateBitsPerSecond: 1e8 })
  expect(await received()).toBeLessThan(5e7)
  await cluster.clearLink('node-a')
  expect(await received()).toBeGreaterThan(6e7)
  await cluster.clearLink('node-b')
  await expect(cluster.shapeLink('node-c', { lossRatio: 1 })).rejects.toThrow('The cluster has no real node node-c')
})
