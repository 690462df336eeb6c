import { expect, test } from 'vitest'
import type { Agent } from '../../../../lib/cilium/agents/agent.ts'
import { readToldPrometheus } from '../../../../lib/cilium/agents/told-prometheus.ts'
import type { InstantSample } from '../../../../lib/prometheus/server/result.ts'

const agent = (node: string): Agent => ({
  namespace: 'kube-system',
  pod: `cilium-${node}`,
  container: 'cilium-agent',
  node,
  image: '',
  owner: 'daemonsets/cilium',
})
const A = agent('a')
const B = agent('b')

/** A pressure of ct4 as a Prometheus has it. */
function pressure(value: number, labels: Record<string, string>): InstantSample {
  const own = { __name__: 'cilium_bpf_map_pressure', map_name: 'ct4_global' }
  return { labels: { ...own, job: 'cilium', instance: '10.0.0.1:9962', ...labels }, atMs: 0, value }
}

function read(samples: InstantSample[], { scrapedAtMs = 5000 }: { scrapedAtMs?: number | undefined } = {}) {
  const targets = samples.map(({ labels: { job = '', instance = '' } }) => ({ job, instance }))
  const points = [{ atMs: scrapedAtMs, value: 1 }]
  const prometheus = {
    query: async (expression: string) =>
      expression.startsWith('group') ? targets.map((labels) => ({ labels, atMs: 0, value: 1 })) : samples,
    querySamples: async () => targets.map((labels) => ({ labels, points })),
  }
  return readToldPrometheus(prometheus, [A, B], new AbortController().signal)
}

const values = (told: Awaited<ReturnType<typeof read>>, of: Agent) => told.get(of)?.metrics.map(({ value }) => value)

test('an agent is known by its pod where there is such a label, else by its node, else by its address', async () => {
  const byPod = await read([
    pressure(0.1, { pod: 'cilium-a', namespace: 'kube-system', node: 'b' }),
    pressure(0.2, { pod: 'cilium-a', namespace: 'other' }),
  ])
  expect(values(byPod, A)).toEqual([0.1])
  expect(values(byPod, B)).toBeUndefined()
  const byNode = await read([pressure(0.1, { node: 'a' }), pressure(0.2, { node: 'b', instance: '10.0.0.2:9962' })])
  expect([values(byNode, A), values(byNode, B)]).toEqual([[0.1], [0.2]])
  expect(values(await read([pressure(0.3, { instance: 'b:9962' })]), B)).toEqual([0.3])
})

test('names and labels are the agent’s own, and the time is that of the scrape', async () => {
  const told = await read([pressure(0.5, { node: 'a' })], { scrapedAtMs: 7000 })
  expect(told.get(A)).toEqual({
    scrapedAtMs: 7000,
    metrics: [
      {
        name: 'cilium_bpf_map_pressure',
        labels: { map_name: 'ct4_global', job: 'cilium', instance: '10.0.0.1:9962', node: 'a' },
        value: 0.5,
      },
    ],
  })
})

test('what a pair of Prometheus tells twice counts once', async () => {
  const told = await read([
    pressure(0.5, { node: 'a', prometheus_replica: '0' }),
    pressure(0.5, { node: 'a', prometheus_replica: '1' }),
  ])
  expect(values(told, A)).toEqual([0.5])
})

test('an agent that nobody scrapes is not there, rather than empty', async () => {
  const told = await read([pressure(0.5, { node: 'a' })])
  expect([...told.keys()]).toEqual([A])
})
