import { type MetricName, metricDefinition } from '../record/catalogue/metric-catalogue.ts'
import type { Metric } from '../record/run-record.ts'
import { describeSorted } from './describe.ts'
import { meanInterval } from './mean-interval.ts'
import { significantHistogram } from './significant-histogram.ts'
import { sortSamples } from './sorted-samples.ts'

/** Beyond so many raw values a record carries a histogram instead. */
export const MOST_SAMPLES = 150_000

interface Origin {
  labels?: Record<string, string>
  source: string
  /** In the unit of the metric. */
  resolution?: number
}

/** A metric over a sample, in the metric's base unit. Values keep their order of measurement. */
export function sampledMetric(name: MetricName, samples: readonly number[], origin: Origin): Metric {
  const sorted = sortSamples(samples)
  const metric: Metric = { ...identity(name, origin), statistics: describeSorted(sorted) }
  if (samples.length > MOST_SAMPLES) metric.histogram = significantHistogram(sorted)
  else metric.samples = [...samples]
  return metric
}

/** A metric of which every sample is a measurement on its own: with the interval of its mean. */
export function repeatedMetric(name: MetricName, samples: readonly number[], origin: Origin): Metric {
  const metric = sampledMetric(name, samples, origin)
  const { ci95 } = meanInterval(samples) ?? {}
  return ci95 === undefined ? metric : { ...metric, statistics: { ...metric.statistics, ci95 } }
}

/** The same without the samples: one of many parts of a metric that has them. */
export function summaryMetric(name: MetricName, samples: readonly number[], origin: Origin): Metric {
  return { ...identity(name, origin), statistics: describeSorted(sortSamples(samples)) }
}

/** A metric with a single figure. */
export function valueMetric(name: MetricName, value: number, origin: Origin): Metric {
  return { ...identity(name, origin), statistics: { value } }
}

function identity(name: MetricName, origin: Origin) {
  return {
    name,
    unit: metricDefinition(name).unit,
    labels: origin.labels ?? {},
    source: origin.source,
    ...(origin.resolution === undefined ? {} : { resolution: origin.resolution }),
  }
}
