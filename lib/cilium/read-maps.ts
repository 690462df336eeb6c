import { PerfError } from '../errors/perf-error.ts'
import type { KubeClient } from '../kube/client.ts'
import type { Prometheus } from '../prometheus/server/prometheus.ts'
import type { AgentReading } from '../record/cilium-figures.ts'
import type { AgentFailure } from '../record/details/cilium-maps-details.ts'
import { forEach } from '../run/for-each.ts'
import type { Agent } from './agents/agent.ts'
import { askAgent } from './agents/ask-agent.ts'
import type { Installation } from './agents/installation.ts'
import { type MetricsRoute, metricsPort, readMetricsPort } from './agents/metrics-port.ts'
import {
  type CountingCost,
  countEntries,
  countingCost,
  type PinnedMapAnswer,
  pinnedMaps,
} from './agents/pinned-maps.ts'
import { PINNED_MAPS_SCRIPT, READ_SCRIPT } from './agents/script.ts'
import { readToldPrometheus, type ToldPrometheus } from './agents/told-prometheus.ts'
import type { AgentAnswer, AgentInput } from './maps/agent-answer.ts'
import { readAgent } from './maps/read-agent.ts'

/** Agents that are asked at once: each has a connection and a process of its own. */
const CONCURRENCY = 32

/** How agents are read. */
export type Way =
  | { readonly kind: 'exec' }
  | { readonly kind: 'metrics'; readonly routes: readonly MetricsRoute[] }
  | { readonly kind: 'prometheus'; readonly prometheus: Prometheus }

export interface ReadMapsOptions {
  readonly way: Way
  /** For one command in one agent. */
  readonly timeoutMs: number
  /** Asks the kernel, and counts the entries of these maps one by one; by exec alone. */
  readonly deep?: { readonly wantsMap: (pin: string) => boolean }
}

export interface ReadMapsHost {
  readonly signal: AbortSignal
  readonly onAgent?: (done: number, total: number) => void
  /** Before the entries of maps are counted. */
  readonly onCounting?: (cost: CountingCost) => void
}

export interface MapsReading {
  /** In the order of the agents. */
  readonly readings: readonly AgentReading[]
  readonly failures: readonly AgentFailure[]
  /** By `deep`: maps whose entries were to be counted and could not, as `node map`. */
  readonly uncounted?: readonly string[]
}

/**
 * Reads all agents, so many at once. An agent that fails is a failure of the result and keeps no other from being read.
 * @param previous of the same agents, for rates
 * @throws the signal's reason; as `Prometheus` does, where all are read from one
 */
export async function readMaps(
  client: KubeClient,
  installation: Installation,
  { way, timeoutMs, deep }: ReadMapsOptions,
  host: ReadMapsHost,
  previous: readonly AgentReading[] = [],
): Promise<MapsReading> {
  const { agents } = installation
  const { signal } = host
  const options = { signal, timeoutMs }
  const failures = new Map<Agent, AgentFailure>()
  const readings = new Map<Agent, AgentReading>()
  const before = new Map(previous.map((reading) => [nodeKey(reading.agent), reading]))
  const attempt = async <T>(agent: Agent, work: () => Promise<T> | T): Promise<T | undefined> => {
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof PerfError)) throw error
      failures.set(agent, failureOf(agent, error))
      return undefined
    }
  }
  const conclude = (agent: Agent, answer: AgentAnswer) =>
    attempt(agent, () => {
      const reading = readAgent(inputOf(agent, installation, answer), before.get(nodeKey(agent)))
      readings.set(agent, reading)
    })

  const told = way.kind === 'prometheus' ? await readToldPrometheus(way.prometheus, agents, signal) : undefined
  let done = 0
  const uncounted: string[] = []
  const pinned = new Map<Agent, { answer: AgentAnswer; maps: readonly PinnedMapAnswer[] }>()
  await forEach(agents, CONCURRENCY, signal, async (agent) => {
    await attempt(agent, async () => {
      if (agent.problem !== undefined) throw new PerfError(`its pod does not run: ${agent.problem}`)
      const answer =
        told === undefined ? await ask(client, agent, installation, way, options) : answerOf(told.get(agent))
      if (deep === undefined) await conclude(agent, answer)
      else pinned.set(agent, { answer, maps: pinnedMaps(await askAgent(client, agent, PINNED_MAPS_SCRIPT, options)) })
    })
    done += 1
    host.onAgent?.(done, agents.length)
  })
  if (deep !== undefined) {
    host.onCounting?.(
      countingCost(
        [...pinned.values()].map(({ maps }) => maps),
        deep.wantsMap,
      ),
    )
    await forEach(pinned, CONCURRENCY, signal, async ([agent, { answer, maps }]) => {
      const counted = await attempt(agent, () => countEntries(client, agent, maps, deep.wantsMap, options))
      if (counted === undefined) return
      uncounted.push(...counted.uncounted.map((pin) => `${agent.node} ${pin}`))
      await conclude(agent, { ...answer, deep: { maps: counted.maps } })
    })
  }
  return {
    readings: agents.flatMap((agent) => readings.get(agent) ?? []),
    failures: agents.flatMap((agent) => failures.get(agent) ?? []),
    ...(deep === undefined ? {} : { uncounted }),
  }
}

async function ask(
  client: KubeClient,
  agent: Agent,
  installation: Installation,
  way: Way,
  options: { signal: AbortSignal; timeoutMs: number },
): Promise<AgentAnswer> {
  if (way.kind === 'metrics') {
    const port = metricsPort(settingsOf(agent, installation))
    const metrics = await readMetricsPort(client, agent, port, way.routes, options)
    return { source: 'metrics', readAtMs: Date.now(), metrics }
  }
  const { parts, stderr } = await askAgent(client, agent, READ_SCRIPT, options)
  const readAtMs = Date.now()
  const textOf = (name: string) => {
    const part = parts.get(name)
    return part?.exitCode === 0 ? part.text : undefined
  }
  const metrics = textOf('metrics')
  if (metrics === undefined) throw unanswered(stderr, parts.get('metrics')?.exitCode)
  const [version, status, memory] = ['version', 'status', 'memory'].map(textOf)
  return {
    source: 'exec',
    readAtMs,
    metrics,
    ...(version === undefined ? {} : { version }),
    ...(status === undefined ? {} : { status }),
    ...(memory === undefined ? {} : { memory }),
  }
}

function answerOf(told: ToldPrometheus | undefined): AgentAnswer {
  if (told !== undefined) return { source: 'prometheus', readAtMs: told.scrapedAtMs, metrics: told.metrics }
  throw new PerfError('Prometheus has no figures of it, or no label that tells its pod or node', {
    advice: ['leave --prometheus out to read the ports of the agents'],
  })
}

/** An agent that does not answer its own tool, mostly as it has not begun to yet. */
function unanswered(stderr: string, exitCode: number | undefined): PerfError {
  const reason = stderr.trim().split('\n').at(-1) ?? ''
  const what = exitCode === 124 ? 'the agent does not answer its own tool in time' : reason || `exit code ${exitCode}`
  return new PerfError(`its metrics cannot be listed: ${what}`)
}

function inputOf(agent: Agent, installation: Installation, answer: AgentAnswer): AgentInput {
  const { node, namespace, pod, container, image } = agent
  const { labels: _, ...facts } = installation.nodes?.get(node) ?? { name: node, labels: {} }
  const identity = { node, namespace, pod, container, ...(image === '' ? {} : { image }) }
  return { agent: identity, node: facts, config: settingsOf(agent, installation), answer }
}

function settingsOf({ namespace, node }: Agent, { configs, nodes }: Installation) {
  return configs.get(namespace)?.settingsOf(nodes?.get(node)?.labels ?? {})
}

function failureOf({ node, namespace, pod, container, image }: Agent, error: PerfError): AgentFailure {
  return {
    agent: { node, namespace, pod, container, ...(image === '' ? {} : { image }) },
    error: error.message
      .replace(/^error: /, '')
      .replace(`agent ${namespace}/${pod} on node ${node}: `, '')
      // The whole script stands there.
      .replace(/\?command=[^"\s]*/, ''),
    ...(error.advice.length === 0 ? {} : { advice: [...error.advice] }),
  }
}

/** A new pod on the same node goes on where the old one was: its counters tell that they began anew. */
function nodeKey({ namespace, node }: Pick<Agent, 'namespace' | 'node'>): string {
  return `${namespace}/${node}`
}
