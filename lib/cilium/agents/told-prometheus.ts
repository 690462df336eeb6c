import type { Prometheus } from '../../prometheus/server/prometheus.ts'
import { readScrapes } from '../../prometheus/server/scrapes.ts'
import { AGENT_METRICS, type AgentMetric, GC_DURATION, PROCESS_START } from '../maps/formats/agent-metrics.ts'
import type { Agent } from './agent.ts'

/** What a Prometheus knows of one agent. */
export interface ToldPrometheus {
  readonly metrics: readonly AgentMetric[]
  /** Of the last scrape, milliseconds since 1970. */
  readonly scrapedAtMs: number
}

type Labels = Readonly<Record<string, string>>

/** Names of the targets' labels: those that a Prometheus adds, and those by which one of a pair differs from the other. */
const ORIGIN = ['job', 'instance', 'prometheus', 'prometheus_replica', 'replica']
const LOOK_BACK_MS = 300_000
// A histogram is in Prometheus as its parts.
const NAMES = [...AGENT_METRICS].flatMap((name) => (name === GC_DURATION ? [`${name}_sum`, `${name}_count`] : [name]))

/**
 * Reads what all agents have last told a Prometheus. An agent is known by its pod or its node, where the targets have such a
 * label; one that was not scraped lately is not in the result.
 * @throws as `Prometheus` does
 */
export async function readToldPrometheus(
  prometheus: Pick<Prometheus, 'query' | 'querySamples'>,
  agents: readonly Agent[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Agent, ToldPrometheus>> {
  const endMs = Date.now()
  const samples = await prometheus.query(`{__name__=~"${NAMES.join('|')}"}`, { atMs: endMs, signal })
  const targets = await readScrapes(prometheus, PROCESS_START, { startMs: endMs - LOOK_BACK_MS, endMs }, signal)
  const scraped = new Map(targets.map(({ labels, timesMs }) => [targetKey(labels), timesMs.at(-1)]))
  const told = new Map<Agent, ToldPrometheus>()
  for (const agent of agents) {
    const own = samples.filter(({ labels }) => isFrom(agent, labels))
    const [first] = own
    const scrapedAtMs = first === undefined ? undefined : scraped.get(targetKey(first.labels))
    if (first === undefined || scrapedAtMs === undefined) continue
    // Two Prometheus that scrape the same tell everything twice.
    const origin = originOf(first.labels)
    const metrics = own
      .filter(({ labels }) => originOf(labels) === origin)
      .map(({ labels: { __name__: name = '', ...labels }, value }) => ({ name, labels, value }))
    told.set(agent, { metrics, scrapedAtMs })
  }
  return told
}

function isFrom({ namespace, pod, node }: Agent, labels: Labels): boolean {
  if (labels.pod !== undefined) return labels.pod === pod && (labels.namespace ?? namespace) === namespace
  return (labels.node ?? labels.instance?.replace(/:\d+$/, '')) === node
}

function originOf(labels: Labels): string {
  return JSON.stringify(ORIGIN.map((name) => labels[name]))
}

function targetKey({ job, instance }: Labels): string {
  return JSON.stringify([job, instance])
}
