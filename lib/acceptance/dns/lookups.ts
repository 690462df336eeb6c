import type { Metric } from '../../record/run-record.ts'
import { sampledMetric, valueMetric } from '../../stats/metric.ts'

/** How a name is written: as in the same cluster, whole, whole with its last dot, or one from outside. */
export type NameForm = 'short' | 'fqdn' | 'absolute' | 'external'

/** What became of the look-ups of one node. */
export interface Lookups {
  readonly seconds: ReadonlyMap<NameForm, readonly number[]>
  readonly failures: ReadonlyMap<NameForm, number>
  /** What a look-up of an address took: that much of each figure is measuring itself. */
  readonly overheadSeconds: readonly number[]
  /** The resolver's words on what failed, each once. */
  readonly faults: readonly string[]
}

/** How fine the clock of the script is. */
const RESOLUTION_SECONDS = 1e-6

/** Reads what the look-up script has written; see LOOKUP_SCRIPT. */
export function parseLookups(stdout: string, stderr: string): Lookups {
  const seconds = new Map<NameForm, number[]>()
  const failures = new Map<NameForm, number>()
  const overheadSeconds: number[] = []
  for (const line of stdout.split('\n')) {
    const [, word, micros, code] = /^(short|fqdn|absolute|external|overhead) (\d+) (\d+)$/.exec(line) ?? []
    if (word === undefined) continue
    const value = Number(micros) / 1e6
    if (word === 'overhead') overheadSeconds.push(value)
    else if (code === '0') seconds.set(word as NameForm, [...(seconds.get(word as NameForm) ?? []), value])
    else failures.set(word as NameForm, (failures.get(word as NameForm) ?? 0) + 1)
  }
  const faults = stderr.split('\n').flatMap((line) => /line \d+: ([^/][^:]*: .+)$/.exec(line)?.[1] ?? [])
  return { seconds, failures, overheadSeconds, faults: [...new Set(faults)] }
}

/** The metrics of a node's look-ups: a latency over those that succeeded, and the share of those that did not. */
export function lookupMetrics(node: string, { seconds, failures }: Lookups): Metric[] {
  const names = new Set([...seconds.keys(), ...failures.keys()])
  return [...names].flatMap((name) => {
    const labels = { name, node }
    const origin = { labels, source: 'getaddrinfo' }
    const values = seconds.get(name) ?? []
    const failed = failures.get(name) ?? 0
    return [
      ...(values.length === 0
        ? []
        : [sampledMetric('dns_lookup_latency', values, { ...origin, resolution: RESOLUTION_SECONDS })]),
      valueMetric('dns_lookup_errors', failed / (failed + values.length), origin),
    ]
  })
}
