import { isMetricName } from '../../record/catalogue/metric-catalogue.ts'
import type { Finding, Metric, Phase } from '../../record/run-record.ts'
import { sampledMetric } from '../../stats/metric.ts'

/** What one of several whole runs came to. */
export interface Repeat {
  phases: readonly Phase[]
  metrics: readonly Metric[]
  findings: readonly Finding[]
}

/**
 * Several whole runs as one result: samples of the same series are put together, with how many each run has; single
 * figures stand side by side with the label `run`, so that a statistic of them is one across the runs. Phases and findings
 * say which run they are of.
 */
export function combineRepeats(repeats: readonly Repeat[]): {
  phases: Phase[]
  metrics: Metric[]
  findings: Finding[]
} {
  const series = new Map<string, { metric: Metric; run: number }[]>()
  for (const [index, { metrics }] of repeats.entries()) {
    for (const metric of metrics) {
      const key = JSON.stringify([
        metric.name,
        metric.source,
        Object.entries(metric.labels).toSorted(([a], [b]) => (a < b ? -1 : 1)),
      ])
      series.set(key, [...(series.get(key) ?? []), { metric, run: index + 1 }])
    }
  }
  return {
    phases: repeats.flatMap(({ phases }, index) =>
      phases.map((phase) => ({ ...phase, name: `${phase.name} #${index + 1}` })),
    ),
    metrics: [...series.values()].flatMap((parts) => combine(parts, repeats.length)),
    findings: repeats.flatMap(({ findings }, index) =>
      findings.map((finding) => ({ ...finding, message: `run ${index + 1}: ${finding.message}` })),
    ),
  }
}

function combine(parts: readonly { metric: Metric; run: number }[], repeats: number): Metric[] {
  const [first] = parts
  const samples = parts.flatMap(({ metric }) => metric.samples ?? [])
  const allHaveSamples = parts.every(({ metric }) => metric.samples !== undefined)
  if (first === undefined || !allHaveSamples || !isMetricName(first.metric.name)) {
    return parts.map(({ metric, run }) => ({ ...metric, labels: { ...metric.labels, run: String(run) } }))
  }
  const { name, labels, source } = first.metric
  const resolutions = parts.flatMap(({ metric }) => metric.resolution ?? [])
  const metric = sampledMetric(name, samples, {
    labels,
    source,
    ...(resolutions.length === 0 ? {} : { resolution: Math.max(...resolutions) }),
  })
  const samplesOf = (run: number) => parts.find((part) => part.run === run)?.metric.samples?.length ?? 0
  // A comparison takes each repeat as a run. Of very many samples there is a histogram of all together.
  return metric.samples === undefined
    ? [metric]
    : [{ ...metric, repeats: Array.from({ length: repeats }, (_, index) => samplesOf(index + 1)) }]
}
