import type { Conntrack } from '../../../record/cilium-figures.ts'
import { formatDuration } from '../../../record/duration.ts'
import { DUMP_RESETS, GC_DURATION, GC_ENTRIES, GC_INTERVAL, GC_RUNS } from '../formats/agent-metrics.ts'
import type { AgentFacts } from './agent-facts.ts'
import { goSeconds } from './go-seconds.ts'

type Labels = Readonly<Record<string, string>>

/** Connection tracking beside the sizes of its tables: what is in them, who sweeps them, and how long entries live. */
export function readConntrack(facts: AgentFacts): Conntrack {
  const { metrics, config } = facts
  const resets = metrics.all(DUMP_RESETS).filter(({ labels }) => labels.area === 'conntrack')
  return {
    entries: metrics.all(GC_ENTRIES).map(({ labels, value }) => ({
      family: labels.family ?? '',
      protocol: labels.protocol ?? '',
      status: labels.status ?? '',
      count: value,
    })),
    collections: readCollections(facts),
    ...readInterval(facts),
    timeouts: config === undefined ? [] : TIMEOUTS.flatMap((timeout) => readTimeout(timeout, config) ?? []),
    ...(resets.length === 0 ? {} : { dumpResets: resets.reduce((sum, { value }) => sum + value, 0) }),
  }
}

function readCollections(facts: AgentFacts): Conntrack['collections'] {
  const runs = Map.groupBy(facts.metrics.all(GC_RUNS), ({ labels }) => `${labels.family}/${labels.protocol}`)
  return [...runs.values()].map((series) => {
    const { family = '', protocol = '' } = series[0]?.labels ?? {}
    const of = (status: string) => series.find(({ labels }) => labels.status === status)?.value ?? 0
    const completed = of('completed')
    return {
      family,
      protocol,
      completed,
      uncompleted: of('uncompleted'),
      ...durations(facts, { family, protocol }, completed),
    }
  })
}

/** How long a completed run takes: the mean where the sum of all is known, else the 90th percentile that the agent tells. */
function durations(facts: AgentFacts, { family, protocol }: Labels, runs: number) {
  const figureOf = (name: string) =>
    facts.metrics
      .all(name)
      .find(({ labels }) => labels.family === family && labels.protocol === protocol && labels.status === 'completed')
      ?.value
  const sum = figureOf(`${GC_DURATION}_sum`)
  const count = figureOf(`${GC_DURATION}_count`)
  if (sum !== undefined && count !== undefined) return count > 0 ? { meanSeconds: sum / count } : {}
  const value = figureOf(GC_DURATION)
  if (value === undefined || facts.histogramValue === 'unknown' || runs === 0) return {}
  return facts.histogramValue === 'sum' ? { meanSeconds: value / runs } : { p90Seconds: value }
}

/** Of pkg/maps/ctmap (GetInterval, calculateInterval). */
const SHORTEST_SECONDS = 10
const LONGEST_SECONDS = 12 * 3600

type Interval = Pick<Conntrack, 'interval' | 'intervalSource' | 'intervalSeconds' | 'maxIntervalSeconds'>

function readInterval({ metrics, config }: AgentFacts): Interval {
  const told = metrics.first(GC_INTERVAL)
  const fixed = goSeconds(config?.['conntrack-gc-interval'])
  const most = goSeconds(config?.['conntrack-gc-max-interval'])
  const longest = most === undefined || most === 0 ? LONGEST_SECONDS : Math.min(most, LONGEST_SECONDS)
  const bounds = `adaptive, ${words(SHORTEST_SECONDS)} to ${words(longest)}`
  const limits = most === undefined || most === 0 ? {} : { maxIntervalSeconds: most }
  if (fixed !== undefined && fixed > 0) {
    return {
      intervalSeconds: fixed,
      intervalSource: 'configuration',
      interval: `every ${words(fixed)}, fixed`,
    }
  }
  if (told !== undefined && told > 0) {
    return {
      intervalSeconds: told,
      intervalSource: 'metric',
      ...limits,
      interval: `every ${words(told)}${config === undefined ? '' : ` (${bounds})`}`,
    }
  }
  if (config === undefined) return { intervalSource: 'unknown', interval: 'not known' }
  return { intervalSource: 'adaptive', ...limits, interval: bounds }
}

/** How old a figure is that only a garbage collection takes. */
export function lastCollection(facts: AgentFacts): string {
  const { intervalSeconds, maxIntervalSeconds } = readInterval(facts)
  const seconds = intervalSeconds ?? maxIntervalSeconds ?? LONGEST_SECONDS
  return `as of the last garbage collection, at most ${words(seconds)} ago`
}

interface Timeout {
  readonly flag: string
  readonly what: string
  readonly seconds: number
}

/** Defaults of pkg/defaults and bpf/include: entries live so long after their last packet. */
const TIMEOUTS: readonly Timeout[] = [
  { flag: 'bpf-ct-timeout-regular-tcp', what: 'TCP', seconds: 8000 },
  { flag: 'bpf-ct-timeout-regular-tcp-syn', what: 'TCP before the handshake is done', seconds: 60 },
  { flag: 'bpf-ct-timeout-regular-tcp-fin', what: 'TCP after FIN or RST', seconds: 10 },
  { flag: 'bpf-ct-timeout-regular-any', what: 'other than TCP', seconds: 60 },
  { flag: 'bpf-ct-timeout-service-tcp', what: 'TCP through a Service', seconds: 8000 },
  {
    flag: 'bpf-ct-timeout-service-tcp-grace',
    what: 'TCP through a Service to an endpoint that terminates',
    seconds: 60,
  },
  { flag: 'bpf-ct-timeout-service-any', what: 'other than TCP through a Service', seconds: 60 },
]

function readTimeout({ flag, what, seconds }: Timeout, config: Labels): Conntrack['timeouts'][number] | undefined {
  const set = config[flag]
  if (set === undefined) return { flag, what, seconds, source: 'default' }
  const own = goSeconds(set)
  return own === undefined ? undefined : { flag, what, seconds: own, source: 'configuration' }
}

function words(seconds: number): string {
  return formatDuration(seconds * 1000)
}
