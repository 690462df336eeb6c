import { PerfError } from '../../errors/perf-error.ts'
import type { AgentReading } from '../../record/cilium-figures.ts'
import { type CiliumVersion, versionOfImage } from '../cilium-version.ts'
import type { AgentAnswer, AgentInput } from './agent-answer.ts'
import {
  type AgentMetric,
  DROPS,
  MAP_OPERATIONS,
  MAPS_MEMORY,
  PROCESS_START,
  SOURCE_PORTS,
} from './formats/agent-metrics.ts'
import { parseAgentExposition } from './formats/parse-agent-exposition.ts'
import { parseMemory } from './formats/parse-memory.ts'
import { parseMetricsList } from './formats/parse-metrics-list.ts'
import { parsePinnedMap } from './formats/parse-pinned-map.ts'
import { parseStatus } from './formats/parse-status.ts'
import { parseVersionOutput } from './formats/parse-version.ts'
import type { AgentFacts } from './model/agent-facts.ts'
import { familiesOf } from './model/map-names.ts'
import { indexMetrics, type MetricIndex } from './model/metric-index.ts'
import { readConntrack } from './model/read-conntrack.ts'
import { preallocatesMaps, readMaps } from './model/read-maps.ts'
import { withRates } from './model/with-rates.ts'
import { dynamicRatio, wantedSizes } from './sizing/wanted-sizes.ts'

/**
 * Makes of what an agent said what is known of its maps.
 * @param previous an earlier reading of the same node, for the rates of counters
 * @throws PerfError that names the agent, for output that is none: cut off, or an error in words
 */
export function readAgent(input: AgentInput, previous?: AgentReading): AgentReading {
  try {
    const reading = describeAgent(input)
    return previous === undefined ? reading : withRates(reading, previous)
  } catch (error) {
    if (!(error instanceof PerfError)) throw error
    const { namespace, pod, node } = input.agent
    throw new PerfError(`agent ${namespace}/${pod} on node ${node}: ${error.message}`, {
      advice: error.advice,
      cause: error,
    })
  }
}

function describeAgent({ agent, node, config, answer }: AgentInput): AgentReading {
  const version = versionOf(answer.version, agent.image)
  const metrics = indexMetrics(metricsOf(answer))
  const status = answer.status === undefined ? undefined : parseStatus(answer.status)
  const memory = answer.memory === undefined ? {} : parseMemory(answer.memory)
  const memoryBytes = memory.totalBytes ?? node.memoryBytes
  const minor = version?.minor
  const startedSeconds = metrics.first(PROCESS_START)
  const facts: AgentFacts = {
    minor,
    metrics,
    histogramValue: minor === undefined ? 'unknown' : minor < 17 ? 'sum' : 'p90',
    status,
    config,
    wanted: config === undefined ? new Map() : wantedSizes(config, { memoryBytes, cpus: node.cpus, minor }),
    ageSeconds: isTime(startedSeconds) ? answer.readAtMs / 1000 - startedSeconds : undefined,
    pinned: (answer.deep?.maps ?? []).flatMap((map) => parsePinnedMap(map) ?? []),
    families: familiesOf(config, metrics),
  }
  const ratio = status?.dynamicSizeRatio ?? (config === undefined ? undefined : dynamicRatio(config))
  const mapMemoryBytes = metrics.first(MAPS_MEMORY)
  return {
    agent,
    ...(version === undefined ? {} : { version: version.text }),
    source: answer.source,
    readAt: new Date(answer.readAtMs).toISOString(),
    ...(isTime(startedSeconds) ? { startedAt: new Date(startedSeconds * 1000).toISOString() } : {}),
    // An agent fills maps as soon as it starts.
    ...(metrics.all(MAP_OPERATIONS).length === 0 ? { countsNoOperations: true } : {}),
    ...(node.kernel === undefined ? {} : { kernel: node.kernel }),
    ...(node.cpus === undefined ? {} : { cpus: node.cpus }),
    ...(memoryBytes === undefined ? {} : { memoryTotalBytes: memoryBytes }),
    ...(memory.availableBytes === undefined ? {} : { memoryAvailableBytes: memory.availableBytes }),
    ...(mapMemoryBytes === undefined ? {} : { mapMemoryBytes }),
    ...(ratio === undefined ? {} : { dynamicSizeRatio: ratio }),
    ...(config === undefined ? {} : { preallocatesMaps: preallocatesMaps(config) }),
    families: [...facts.families],
    maps: readMaps(facts),
    conntrack: readConntrack(facts),
    sourcePorts: metrics.all(SOURCE_PORTS).map(({ labels, value }) => ({ family: labels.family ?? '', share: value })),
    drops: readDrops(metrics),
  }
}

function metricsOf({ source, metrics }: AgentAnswer): readonly AgentMetric[] {
  if (typeof metrics !== 'string') return metrics
  return source === 'exec' ? parseMetricsList(metrics) : parseAgentExposition(metrics)
}

function versionOf(output: string | undefined, image: string | undefined): CiliumVersion | undefined {
  const told = output === undefined ? undefined : parseVersionOutput(output)
  return told ?? (image === undefined ? undefined : versionOfImage(image))
}

function readDrops(metrics: MetricIndex): AgentReading['drops'] {
  return metrics
    .all(DROPS)
    .map(({ labels, value }) => ({ reason: labels.reason ?? '', direction: labels.direction ?? '', packets: value }))
    .toSorted((a, b) => b.packets - a.packets)
}

/** The end of the year 9999, after which RFC 3339 has no dates. */
const LATEST_SECONDS = Date.parse('9999-12-31T23:59:59Z') / 1000

function isTime(seconds: number | undefined): seconds is number {
  return seconds !== undefined && seconds > 0 && seconds <= LATEST_SECONDS
}
