import type { AgentMetric } from '../formats/agent-metrics.ts'

/** The figures of an agent by the name of their metric. */
export interface MetricIndex {
  all(name: string): readonly AgentMetric[]
  /** Of a metric without labels, or of the first series. */
  first(name: string): number | undefined
}

/** Makes the metrics of one agent quick to find by name. */
export function indexMetrics(metrics: readonly AgentMetric[]): MetricIndex {
  // None of these figures can be negative or so large that it is no longer exact: one that is says nothing.
  const sound = metrics.filter(({ value }) => value >= 0 && value <= Number.MAX_SAFE_INTEGER)
  const byName = Map.groupBy(sound, ({ name }) => name)
  return {
    all: (name) => byName.get(name) ?? [],
    first: (name) => byName.get(name)?.[0]?.value,
  }
}
