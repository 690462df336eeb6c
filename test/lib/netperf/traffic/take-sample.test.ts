import { expect, test } from 'vitest'
import type { KubeClient } from '../../../../lib/kube/client.ts'
import type { ExecOptions } from '../../../../lib/kube/streams/exec.ts'
import { MeasurementFault } from '../../../../lib/netperf/measurement-fault.ts'
import type { PairSample } from '../../../../lib/netperf/netperf-run.ts'
import { arrange } from '../../../../lib/netperf/pods/arrangement.ts'
import type { NetperfSession } from '../../../../lib/netperf/session.ts'
import type { Protocol } from '../../../../lib/netperf/test-case.ts'
import type { Traffic } from '../../../../lib/netperf/traffic/sample-context.ts'
import { takeSample } from '../../../../lib/netperf/traffic/take-sample.ts'
import { flow, netperfRun, pair, reading } from '../netperf-run-example.ts'
import { fakeEngine, netperfPlan } from '../plans.ts'
import { testCase } from '../test-case-example.ts'

// Pairs whose clients say one thing after the other: a rate, a fault of the tool, or that they cannot be started.

type Saying = number | 'busy' | 'no exec' | 'nothing arrived' | 'cut off'

const engine = fakeEngine('iperf3', {
  read(_, { stdout }) {
    if (stdout === 'busy') throw new MeasurementFault('ServerBusy', 'the server is busy')
    if (stdout === 'cut off') throw new MeasurementFault('ConnectionLost', 'cut off')
    if (stdout === 'nothing arrived') throw new MeasurementFault('NothingReceived', 'nothing arrived')
    const oneWayLatency = { meanSeconds: 0.001 }
    return reading([flow(Number(stdout), { datagrams: { sent: 9, lost: 0, jitterSeconds: 0, oneWayLatency } })])
  },
})

/** @param sayings of each pair's client, one for each time that it is asked */
function traffic(
  sayings: readonly (readonly Saying[])[],
  {
    nodeBusy = 0,
    serverNode = 'node-b',
    protocol = 'tcp',
  }: { nodeBusy?: number; serverNode?: string; protocol?: Protocol } = {},
) {
  const plan = netperfPlan({
    tests: [testCase({ protocol })],
    engines: new Map([['iperf3', engine]]),
    arrangement: { kind: 'ratio', clients: sayings.length, servers: sayings.length },
    samples: 5,
  })
  const arrangement = arrange(plan, [])
  const run = netperfRun({
    tests: plan.tests,
    pairs: arrangement.pairs.map(({ index, client, server }) => {
      const one = pair(index, 'node-a', serverNode)
      return { ...one, client: { ...one.client, pod: client }, server: { ...one.server, pod: server } }
    }),
  })
  const asked = sayings.map(() => 0)
  const client: Pick<KubeClient, 'exec'> = {
    exec({ pod }, _, { onStderr }: ExecOptions) {
      const index = Number(/\d+$/.exec(pod)?.[0])
      const times = asked[index] ?? 0
      asked[index] = times + 1
      const saying = sayings[index]?.[times] ?? 'no exec'
      let stderr = ''
      const mark = (word: string) => {
        stderr += `kubectl-perf: ${word}\n`
        onStderr?.(Buffer.from(`kubectl-perf: ${word}\n`), performance.now())
      }
      const released = Promise.withResolvers<void>()
      const done = Promise.resolve().then(async () => {
        if (saying === 'no exec') throw new Error('cannot exec')
        mark('ready')
        await released.promise
        const ticks = 1000
        for (const word of ['before uptime 0', 'before cpu 0 0 0 0 0 0 0 0', 'start', 'after uptime 10']) mark(word)
        mark(`after cpu ${ticks * nodeBusy} 0 0 ${ticks * (1 - nodeBusy)} 0 0 0 0`)
        mark('end')
        return { stdout: String(saying), stderr, exitCode: 0 }
      })
      return {
        opened: Promise.resolve({ atMs: 0 }),
        write: () => released.resolve(),
        endInput() {},
        done,
      }
    },
  }
  const signal = new AbortController().signal
  const seen: PairSample[] = []
  const session = {
    client,
    plan,
    run,
    host: { signal, onProgress() {}, onSample: (sample: PairSample) => seen.push(sample) },
    pods: { get: () => undefined, until: async () => Promise.reject(new Error('nothing happens to pods')) },
    signal,
    lateSignal: signal,
  } as unknown as NetperfSession
  const target = { address: '10.0.0.1', port: 5201, secondPort: 5202 }
  const shared: Traffic = {
    arrangement,
    ways: { of: () => target },
    restarts: new Map(),
    counters: new Map(),
    stuck: new Set(),
  }
  const results = () =>
    seen.map(({ result }) =>
      result.kind === 'measured' ? result.reading.flows[0]?.receivedBitsPerSecond : result.fault.message,
    )
  return { take: (sample: number) => takeSample(session, shared, 0, sample), run, asked, results, seen }
}

test('a pair whose server is busy: all pairs try again together, and only that counts', async () => {
  const { take, results, run, asked } = traffic([
    [900, 300],
    ['busy', 310],
    [905, 320],
  ])
  expect(await take(0)).toBe(3)
  expect(results()).toEqual([300, 310, 320])
  expect(asked).toEqual([2, 2, 2])
  expect(run.startSpreads).toHaveLength(1)
})

test('a client that cannot be started is no reason yet to lose the sample', async () => {
  const { take, results } = traffic([
    [900, 450],
    ['no exec', 460],
  ])
  expect(await take(0)).toBe(2)
  expect(results()).toEqual([450, 460])
})

test('what does not get going at the second try either keeps the others no more', async () => {
  const { take, results, asked } = traffic([
    [1, 2, 3, 4, 5],
    ['busy', 'no exec', 'busy', 6, 'busy', 7],
  ])
  for (const sample of [0, 1, 2, 3]) await take(sample)
  expect(results()).toEqual([2, 'cannot exec', 3, 'the server is busy', 4, 6, 'cannot exec', 7])
  expect(asked).toEqual([6, 6])
})

test('what has failed amid its traffic is not tried again', async () => {
  const { take, results, asked } = traffic([[900], ['nothing arrived']])
  expect(await take(0)).toBe(1)
  expect(results()).toEqual([900, 'nothing arrived'])
  expect(asked).toEqual([1, 1])
})

test('nothing arrived where the node had no idle CPU: that is said', async () => {
  const { take, results } = traffic([['nothing arrived']], { nodeBusy: 0.97 })
  await take(0)
  expect(results()).toEqual(['nothing arrived; node node-a of the client was 97% busy'])
})

test.each([
  ['one node', 'node-a', { meanSeconds: 0.001 }],
  ['two nodes', 'node-b', undefined],
])('the way of datagrams is timed by the clock of %s', async (_, serverNode, expected) => {
  const { take, seen } = traffic([[900]], { serverNode })
  await take(0)
  const latencies = seen.map(
    ({ result }) => result.kind === 'measured' && result.reading.flows[0]?.datagrams?.oneWayLatency,
  )
  expect(latencies).toEqual([expected])
})

test('a firewall that lets TCP pass and no UDP: both ends are named', async () => {
  const { take, results } = traffic([['cut off']], { protocol: 'udp' })
  await take(0)
  expect(results()).toEqual(['cut off; does a NetworkPolicy or firewall keep UDP from node-a to node-b?'])
})
