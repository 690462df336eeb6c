import type { Exposition } from '../../../../lib/prometheus/exposition/exposition.ts'
import { seriesKey } from '../../../../lib/prometheus/exposition/series-key.ts'

/** Writes what the parser reads: the text format 0.0.4. */
export function formatExposition({ samples, histograms }: Exposition): string {
  const lines: string[] = []
  for (const [metric, { type, series }] of samples) {
    lines.push(`# TYPE ${metric} ${type}`)
    for (const { labels, value, timestampMs } of series.values()) {
      lines.push(
        `${metric}${braces(seriesKey(labels))} ${goFloat(value)}${timestampMs === undefined ? '' : ` ${timestampMs}`}`,
      )
    }
  }
  for (const [metric, series] of histograms) {
    lines.push(`# HELP ${metric} What it is.`, `# TYPE ${metric} histogram`)
    for (const { labels, upperBounds, cumulativeCounts, sum, count } of series.values()) {
      for (const [index, bound] of upperBounds.entries()) {
        const key = seriesKey({ ...labels, le: goFloat(bound) })
        lines.push(`${metric}_bucket${braces(key)} ${goFloat(cumulativeCounts[index] ?? Number.NaN)}`)
      }
      if (sum !== undefined) lines.push(`${metric}_sum${braces(seriesKey(labels))} ${goFloat(sum)}`)
      if (count !== undefined) lines.push(`${metric}_count${braces(seriesKey(labels))} ${goFloat(count)}`)
    }
  }
  return lines.map((line) => `${line}\n`).join('')
}

function braces(key: string): string {
  return key === '' ? '' : `{${key}}`
}

function goFloat(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : Object.is(value, -0) ? '-0' : String(value)
}
