import type { Exposition, Histogram, Labels, Sample, SampleFamily } from './exposition.ts'
import { cutUpperBound, joinLabels, parseLabelText } from './label-text.ts'
import { parseFloat64 } from './parse-float.ts'
import { unescapeLabelValue } from './series-key.ts'

/** Takes the lines of one name: what stands between the braces, and the value. */
export type Receiver = (labelText: string, value: number, timestampMs: number | undefined) => void

export interface Families {
  /** Takes a `# TYPE` line. */
  declare(name: string, type: string): void
  /** Who takes the lines of that name; null where nobody wants them. */
  receiver(name: string): Receiver | null
  result(): Exposition
}

type HistogramDraft = { -readonly [Key in keyof Histogram]: Histogram[Key] } & {
  upperBounds: number[]
  cumulativeCounts: number[]
}

/** Sorts the lines of a scrape into families. `isWanted` is asked by the name of the `# TYPE` line. */
export function openFamilies(isWanted: (metric: string) => boolean): Families {
  const receivers = new Map<string, Receiver | null>()
  const samples = new Map<string, SampleFamily>()
  const histograms = new Map<string, Map<string, HistogramDraft>>()
  const parseLabels = openLabelParser()

  const sampleReceiver = (name: string, type: SampleFamily['type']): Receiver => {
    const series = new Map<string, Sample>()
    samples.set(detached(name), { type, series })
    return (labelText, value, timestampMs) => {
      const { key, labels } = parseLabels(labelText)
      if (series.has(key)) throw new Error(`the series ${name}{${key}} stands twice`)
      series.set(key, { labels, value, ...(timestampMs === undefined ? {} : { timestampMs }) })
    }
  }
  const histogramReceivers = (name: string): [string, Receiver][] => {
    const series = new Map<string, HistogramDraft>()
    histograms.set(detached(name), series)
    // The lines of one series differ by `le` alone, so most of the texts were seen before.
    const seen = new Map<string, HistogramDraft>()
    const draftOf = (labelText: string): HistogramDraft => {
      let draft = seen.get(labelText)
      if (draft === undefined) {
        const { key, labels } = parseLabels(labelText)
        draft = series.get(key) ?? { labels, upperBounds: [], cumulativeCounts: [] }
        series.set(key, draft)
        seen.set(labelText, draft)
      }
      return draft
    }
    const total = (role: 'sum' | 'count'): Receiver => {
      return (labelText, value) => {
        const draft = draftOf(labelText)
        if (draft[role] !== undefined) throw new Error(`the series ${name}_${role}{${labelText}} stands twice`)
        draft[role] = value
      }
    }
    return [
      [
        `${name}_bucket`,
        (text, value) => {
          const { labels, upperBound } = cutUpperBound(text)
          addBucket(draftOf(labels), upperBound, value)
        },
      ],
      [`${name}_sum`, total('sum')],
      [`${name}_count`, total('count')],
    ]
  }
  const receiversOf = (name: string, type: string): [string, Receiver][] => {
    switch (type) {
      case 'histogram':
        return histogramReceivers(name)
      case 'summary':
        return [
          [name, sampleReceiver(name, 'summary')],
          [`${name}_sum`, sampleReceiver(`${name}_sum`, 'counter')],
          [`${name}_count`, sampleReceiver(`${name}_count`, 'counter')],
        ]
      case 'counter':
      case 'gauge':
        return [[name, sampleReceiver(name, type)]]
      default:
        return [[name, sampleReceiver(name, 'untyped')]]
    }
  }

  return {
    declare(name, type) {
      if (!isWanted(name)) return
      for (const [seriesName, receiver] of receiversOf(name, type)) {
        if (receivers.has(seriesName)) throw new Error(`the type of ${name} stands twice or behind its first line`)
        receivers.set(seriesName, receiver)
      }
    },
    receiver(name) {
      let receiver = receivers.get(name)
      if (receiver === undefined) {
        receiver = isWanted(name) ? sampleReceiver(name, 'untyped') : null
        receivers.set(name, receiver)
      }
      return receiver
    },
    result: () => ({ samples, histograms }),
  }
}

function addBucket({ upperBounds, cumulativeCounts }: HistogramDraft, le: string, value: number): void {
  const upperBound = parseFloat64(le)
  if (upperBound === undefined || Number.isNaN(upperBound)) throw new Error(`le="${le}" is no upper bound`)
  // Buckets stand in ascending order as a rule.
  let at = upperBounds.length
  while (at > 0 && (upperBounds[at - 1] ?? Number.NaN) > upperBound) at -= 1
  if (upperBounds[at - 1] === upperBound) throw new Error(`a histogram has two buckets up to ${le}`)
  upperBounds.splice(at, 0, upperBound)
  cumulativeCounts.splice(at, 0, value)
}

/** A copy that does not hold what it was cut or put together from, as strings do in V8: a whole scrape. Only bytes make one. */
function detached(text: string): string {
  return Buffer.from(text).toString()
}

/** Parses label texts into labels whose strings are shared, and do not keep the scrape alive that they were cut from. */
function openLabelParser(): (labelText: string) => { key: string; labels: Labels } {
  const strings = new Map<string, string>()
  const own = (text: string): string => {
    let copy = strings.get(text)
    if (copy === undefined) {
      copy = detached(text)
      strings.set(copy, copy)
    }
    return copy
  }
  return (labelText) => {
    const pairs = parseLabelText(labelText)
    const labels = Object.fromEntries(pairs.map(([name, escaped]) => [own(name), own(unescapeLabelValue(escaped))]))
    return { key: detached(joinLabels(pairs)), labels }
  }
}
