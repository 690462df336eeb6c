import { parseExposition } from '../../../prometheus/exposition/parse-exposition.ts'
import { AGENT_METRICS, type AgentMetric } from './agent-metrics.ts'

/**
 * Reads what the agent's Prometheus port says, in the text format. A histogram gives two figures, its name with `_sum` and
 * `_count` behind it.
 * @throws ExpositionError that names the line
 */
export function parseAgentExposition(text: string): AgentMetric[] {
  const { samples, histograms } = parseExposition(text, { metrics: AGENT_METRICS })
  const figures: AgentMetric[] = []
  for (const [name, family] of samples) {
    for (const { labels, value } of family.series.values()) figures.push({ name, labels, value })
  }
  for (const [name, series] of histograms) {
    for (const { labels, sum, count } of series.values()) {
      if (sum !== undefined) figures.push({ name: `${name}_sum`, labels, value: sum })
      if (count !== undefined) figures.push({ name: `${name}_count`, labels, value: count })
    }
  }
  return figures
}
