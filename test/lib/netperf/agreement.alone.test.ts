import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { netperfDetails } from '../../../lib/netperf/assessment/rows/netperf-details.ts'
import { namespaceFor } from '../../../lib/run/run-scope.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { byHand, serverSocketDrops } from './by-hand.ts'
import { flowOf } from './flow-of.ts'
import { fullSpeedPlan, type Measured, measure, outcomes } from './measuring.ts'
import { testCase } from './test-case-example.ts'

// What is measured, against what the link is known to do and against the same tool run by hand.

let cluster: ControlPlane & AsyncDisposable

beforeAll(async () => {
  cluster = await startControlPlane({ realNodes: 2 })
})

afterAll(async () => {
  await cluster[Symbol.asyncDispose]()
})

afterEach(async () => {
  await cluster.clearLink('node-b')
})

const oneWay = { clientNode: 'node-a', serverNode: 'node-b' }

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Measures and leaves the pods; removes them after what is to be done with them. */
async function measureAndKeep<T>(plan: Parameters<typeof fullSpeedPlan>[0], work: (run: Measured) => Promise<T>) {
  const kept = fullSpeedPlan({ ...plan, keep: true })
  const run = await measure(cluster.kubeconfig, kept)
  try {
    expect(run.failure).toBeUndefined()
    return { run, result: await work(run) }
  } finally {
    await cluster.kubectl(['delete', 'namespace', namespaceFor(kept.scope, 0), '--wait=false'])
  }
}

/** The same link, measured by netperf and by hand, in bits a second. */
interface Round {
  readonly ours: number
  readonly theirs: number
}

/** Other work on the machine can take from one of the two sides what the other had: figures that agree do so at the next try. */
const NOISY = { retry: 2 }

describe('a link of 1 Gbit/s', () => {
  test('TCP: the same figure as iperf3 by hand in the same pods, within 1 %', NOISY, async () => {
    await cluster.shapeLink('node-b', { rateBitsPerSecond: 1e9 })
    const full: Round[] = []
    const starved: Round[] = []
    while (full.length < 5 && starved.length < 10) {
      const timing = { durationSeconds: 4, warmupSeconds: 1 }
      const { run, result } = await measureAndKeep({ timing, pods: oneWay }, ({ pairs: [pair] }) =>
        byHand(cluster, pair, ['-t', '4', '-O', '1']),
      )
      const round = { ours: flowOf(run, 1).throughput?.mean ?? Number.NaN, theirs: result }
      // Where the processors had no time to fill the link, the figure is theirs and not the link's.
      if (round.ours > 0.9e9 && round.theirs > 0.9e9) full.push(round)
      else starved.push(round)
    }
    const rounds = JSON.stringify({ full, starved })
    expect(full.length, rounds).toBe(5)
    const ratio = median(full.map(({ ours }) => ours)) / median(full.map(({ theirs }) => theirs))
    expect(ratio, rounds).toBeGreaterThan(0.99)
    expect(ratio, rounds).toBeLessThan(1.01)
  })

  test('is limited by the network, and by the line rate where its speed is told', NOISY, async () => {
    await cluster.shapeLink('node-b', { rateBitsPerSecond: 1e9 })
    const timing = { durationSeconds: 2, warmupSeconds: 1 }
    const run = await measure(cluster.kubeconfig, fullSpeedPlan({ samples: 3, timing, pods: oneWay }))
    const { verdict } = flowOf(run, 3)
    expect(verdict.limit, verdict.evidence.join('; ')).toBe('network')
    const told = flowOf(run, 3, 1e9)
    expect(told.verdict.limit).toBe('line-rate')
    // 1448 of the 1538 bytes that a full-size frame takes on the wire are payload.
    expect(told.goodput?.possibleBitsPerSecond).toBeCloseTo(1e9 * (1448 / 1538), -3)
    expect(told.goodput?.share.mean).toBeGreaterThan(0.95)
  })
})

describe('a link of 200 Mbit/s', () => {
  test('iperf2 and iperf3 say the same of it', NOISY, async () => {
    await cluster.shapeLink('node-b', { rateBitsPerSecond: 200e6 })
    const tests = [testCase(), testCase({ engine: 'iperf2' })]
    const timing = { durationSeconds: 2, warmupSeconds: 1 }
    const run = await measure(cluster.kubeconfig, fullSpeedPlan({ tests, timing, samples: 3, pods: oneWay }))
    expect(run.failure).toBeUndefined()
    const { rows } = netperfDetails(run, { samples: 3, wasAborted: false })
    const [iperf3 = 0, iperf2 = 0] = rows.map(({ flows }) => flows[0]?.throughput?.mean)
    expect(iperf3).toBeGreaterThan(150e6)
    expect(iperf3).toBeLessThan(200e6)
    expect(iperf2 / iperf3, `${iperf2} and ${iperf3}`).toBeGreaterThan(0.95)
    expect(iperf2 / iperf3, `${iperf2} and ${iperf3}`).toBeLessThan(1.05)
  })

  test('the highest rate that it carries is searched for, and holds over a whole measurement', NOISY, async () => {
    await cluster.shapeLink('node-b', { rateBitsPerSecond: 200e6 })
    const tests = [testCase({ protocol: 'udp', bitsPerSecond: 'max' })]
    const run = await measure(cluster.kubeconfig, fullSpeedPlan({ tests, pods: oneWay }))
    const [sample] = run.samples
    if (sample?.result.kind !== 'measured') throw new Error(outcomes(run.samples).join())
    const { reading, search } = sample.result
    const { sent = 0, lost = 0 } = reading.flows[0]?.datagrams ?? {}
    expect(lost / sent).toBeLessThanOrEqual(0.001)
    expect(sent).toBeGreaterThanOrEqual(25_000)
    expect(reading.flows[0]?.receivedBitsPerSecond).toBeLessThan(200e6)
    // At least one rate was too much for the link, and is known to be.
    expect(search?.tries.some(({ loss }) => loss > 0.001)).toBe(true)
    const bits = (search?.tries ?? []).map(({ bitsPerSecond }) => bitsPerSecond)
    expect(Math.max(...bits)).toBeGreaterThan(150e6)
  })
})

describe('loss', () => {
  test(
    'UDP: one packet in a hundred, found within 0.2 % of all, apart from what the receiving socket has dropped',
    NOISY,
    async () => {
      await cluster.shapeLink('node-b', { lossRatio: 0.01, direction: 'to' })
      // Few and small datagrams: the receiver's buffer holds a tenth of a second of them.
      const tests = [testCase({ protocol: 'udp', bitsPerSecond: 1.6e6, messageBytes: 80 })]
      const timing = { durationSeconds: 20, warmupSeconds: 0 }
      const { run, result: drops } = await measureAndKeep({ tests, timing, pods: oneWay }, ({ pairs: [pair] }) =>
        serverSocketDrops(cluster, pair),
      )
      // What the run says of the socket, against the kernel's own word.
      expect(run.samples[0]?.serverCpu?.socketDrops).toBe(drops)
      const { datagrams, verdict } = flowOf(run, 1)
      const { sent = 0, lost = 0 } = datagrams ?? {}
      expect(sent).toBeGreaterThanOrEqual(25_000)
      const loss = (lost - drops) / sent
      expect(loss, `${lost} of ${sent} lost, ${drops} of them in the socket`).toBeGreaterThan(0.008)
      expect(loss, `${lost} of ${sent} lost, ${drops} of them in the socket`).toBeLessThan(0.012)
      expect(verdict).toMatchObject({ limit: 'loss', text: expect.stringMatching(/^loss \(/) })
    },
  )
})
