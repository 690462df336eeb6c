import { expect, test } from 'vitest'
import type { Metric } from '../../../../lib/record/run-record.ts'
import { sampleNodeUsage } from '../../../../lib/workload/nodes/node-usage-sampler.ts'
import { type Answer, answeringClient, refusal } from '../answering-client.ts'

const live = new AbortController().signal
const nodes = { items: [{ metadata: { name: 'a' } }] }

const usage = (time: number, cores: number, bytes: number) => ({
  node: { cpu: { time: String(time), usageNanoCores: cores * 1e9 }, memory: { workingSetBytes: bytes } },
})

/** One node, whose kubelet gives the answers one after the other, the last one for ever. */
function kubelet(...answers: [Answer, ...Answer[]]) {
  let next = 0
  const client = answeringClient((path) => {
    if (path === '/api/v1/nodes') return nodes
    if (path.startsWith('/apis/')) return refusal(404)
    return answers[Math.min(next++, answers.length - 1)] ?? refusal(404)
  })
  return { client, readings: () => next }
}

const figures = (metrics: readonly Metric[]) =>
  Object.fromEntries(metrics.map(({ name, labels, statistics }) => [`${name} ${labels.when}`, statistics.value]))

async function untilRead(readings: () => number, count: number): Promise<void> {
  while (readings() < count) await new Promise((resolve) => setTimeout(resolve, 1))
}

test('where no answer has a date, memory counts from the first measurement under load and CPU from the second; a reading that fails is left out', async () => {
  const { client, readings } = kubelet(
    usage(1, 0.5, 400),
    usage(2, 9, 90),
    usage(2, 9, 90),
    usage(3, 3, 80),
    refusal(503),
    usage(5, 0.25, 200),
  )
  const sampler = await sampleNodeUsage(client, live, { intervalMs: 1 })
  await untilRead(readings, 7)
  const { metrics, findings } = await sampler.read()
  expect(findings).toEqual([])
  expect(figures(metrics)).toEqual({
    'node_cpu_usage before': 0.5,
    'node_memory_usage before': 400,
    'node_cpu_usage peak': 3,
    'node_memory_usage peak': 200,
    'node_cpu_usage after': 0.25,
    'node_memory_usage after': 200,
  })
})

const unknown = (message: string) => [
  {
    severity: 'info',
    code: 'NodeUsageUnknown',
    message,
    advice: 'let the load last 30 s or longer: kubelets measure every 10 to 15 s',
    objects: ['a'],
    count: 1,
  },
]

test('CPU that was averaged over the time before the load is not its own: why there is none, and what to do', async () => {
  const { client } = kubelet(usage(1, 0.5, 400), usage(2, 2, 300))
  const sampler = await sampleNodeUsage(client, live, { intervalMs: 60_000 })
  const { metrics, findings } = await sampler.read()
  expect(figures(metrics)).toEqual({
    'node_cpu_usage before': 0.5,
    'node_memory_usage before': 400,
    'node_memory_usage peak': 300,
    'node_memory_usage after': 300,
  })
  expect(findings).toEqual(
    unknown(
      'CPU of 1 node under load is not known: it was measured once, as an average of which most was before the load',
    ),
  )
})

/** A measurement so many seconds after 12:00:00. */
const at = (second: number, cores: number) => ({
  node: { cpu: { time: `2026-11-20T12:00:${second}Z`, usageNanoCores: cores * 1e9 }, memory: { workingSetBytes: 1 } },
})

test.each([
  // Measured at 40 and at 50, and answered at 44 and at 50: the load began 4 s after one and 6 s before the other.
  [44, 50, 3],
  // 6 s after one and 4 s before the other.
  [46, 50, undefined],
  // The kubelet's clock went back between its measurement and its answer.
  [38, 50, 3],
])('CPU counts where half of its time is the load: answered at %d and %d, %s cores', async (first, second, cores) => {
  const { client, readings } = kubelet(at(40, 0.5), at(50, 3))
  const dates = [first, second].map((seconds) => new Date(Date.UTC(2026, 10, 20, 12, 0, seconds)).toUTCString())
  const dated = {
    ...client,
    request: async (...request: Parameters<typeof client.request>) => {
      const answer = await client.request(...request)
      // As if the second answer came so much later.
      const laterMs = readings() === 1 ? 0 : (second - first) * 1000
      const receivedMs = performance.now() + laterMs
      return { ...answer, headers: { date: dates[Math.min(readings(), 2) - 1] }, receivedMs }
    },
  }
  const sampler = await sampleNodeUsage(dated, live, { intervalMs: 60_000 })
  expect(figures((await sampler.read()).metrics)['node_cpu_usage peak']).toBe(cores)
})

test.each([
  ['1', usage(1, 0.5, 100)],
  ['no time', { node: { cpu: { usageNanoCores: 5e8 }, memory: { workingSetBytes: 100 } } }],
])('a measurement from before the load (%s) is none of it', async (_, answer) => {
  const { client, readings } = kubelet(answer)
  const sampler = await sampleNodeUsage(client, live, { intervalMs: 1 })
  await untilRead(readings, 4)
  const { metrics, findings } = await sampler.read()
  expect(figures(metrics)).toEqual({ 'node_cpu_usage before': 0.5, 'node_memory_usage before': 100 })
  expect(findings).toEqual(
    unknown('CPU and memory of 1 node under load are not known: it was over before they were measured again'),
  )
})

test('a node that comes later counts from its second measurement on; one that falls silent has a peak, and no end', async () => {
  const { client, readings } = kubelet({}, usage(1, 8, 800), usage(2, 7, 70), usage(3, 2, 60), refusal(503))
  const sampler = await sampleNodeUsage(client, live, { intervalMs: 1 })
  await untilRead(readings, 5)
  const { metrics, findings } = await sampler.read()
  expect(figures(metrics)).toEqual({ 'node_cpu_usage peak': 2, 'node_memory_usage peak': 70 })
  expect(findings).toMatchObject([
    { message: 'CPU and memory of 1 node are not known: the API server cannot reach their kubelets ()' },
  ])
})

test('usage that cannot be read is a finding', async () => {
  const forbidden = answeringClient(() => refusal(403, 'nodes is forbidden'))
  const sampler = await sampleNodeUsage(forbidden, live)
  expect(await sampler.read()).toEqual({
    metrics: [],
    findings: [
      {
        severity: 'info',
        code: 'NodeUsageUnknown',
        message: 'CPU and memory of the nodes are not known: Error from server: nodes is forbidden',
        advice: expect.stringContaining('nodes/proxy'),
      },
    ],
  })
  await sampler.stop()
})

test('so is one that is not there in time; what was read before counts', async () => {
  let asked = 0
  const client = answeringClient((path) => {
    if (path === '/api/v1/nodes') return nodes
    if (path.startsWith('/apis/')) return refusal(404)
    return asked++ === 0 ? usage(1, 0.5, 100) : new Promise<Answer>(() => {})
  })
  const sampler = await sampleNodeUsage(client, live)
  const { metrics, findings } = await sampler.read(AbortSignal.timeout(10))
  expect(figures(metrics)).toEqual({ 'node_cpu_usage before': 0.5, 'node_memory_usage before': 100 })
  expect(findings).toMatchObject([
    { message: 'CPU and memory of the nodes after the load are not known: no answer before the run was over' },
  ])
})

test('the run can be stopped at the first reading, and the sampling at any', async () => {
  const stop = new AbortController()
  const hanging = answeringClient(() => new Promise(() => {}))
  const opening = sampleNodeUsage(hanging, stop.signal)
  stop.abort(new Error('interrupted'))
  await expect(opening).rejects.toThrow('interrupted')

  const { client, readings } = kubelet(usage(1, 0.5, 100))
  const sampler = await sampleNodeUsage(client, live, { intervalMs: 1 })
  await untilRead(readings, 3)
  await sampler.stop()
  const soFar = readings()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(readings()).toBe(soFar)
})
