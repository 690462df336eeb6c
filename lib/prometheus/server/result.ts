import { isObject, type JsonObject, parseJson } from '../../record/json.ts'
import type { Labels } from '../exposition/exposition.ts'
import { parseFloat64 } from '../exposition/parse-float.ts'

// Prometheus' HTTP API: https://prometheus.io/docs/prometheus/latest/querying/api/

/** One series at one moment. */
export interface InstantSample {
  labels: Labels
  /** By Prometheus' own clock, ms since 1970. */
  atMs: number
  /** NaN and ±Infinity are what they are: the outcome of a calculation, and no data to count with. */
  value: number
}

/** One series over time. */
export interface SampledSeries {
  labels: Labels
  /** In the order of time; a moment without data has no point. */
  points: readonly { atMs: number; value: number }[]
}

/** What an answer holds, whatever its type: an instant vector and a scalar are series of one point. */
export interface QueryResult {
  series: SampledSeries[]
  /** What Prometheus, or Thanos, says of a result that is not whole. */
  warnings: string[]
}

/** What Prometheus says where it refuses. */
export interface Refusal {
  errorType: string
  error: string
}

/** Reads the body of a successful answer; undefined where it is none of Prometheus' API. */
export function parseQueryResult(body: string): QueryResult | undefined {
  const answer = parseObject(body)
  if (answer?.status !== 'success' || !isObject(answer.data)) return undefined
  const series = parseData(answer.data.resultType, answer.data.result)
  if (series === undefined) return undefined
  const warnings = Array.isArray(answer.warnings) ? answer.warnings.filter((text) => typeof text === 'string') : []
  return { series, warnings }
}

/** Reads the body of a refusal; undefined where it is none of Prometheus' API. */
export function parseRefusal(body: string): Refusal | undefined {
  const answer = parseObject(body)
  if (answer?.status !== 'error' || typeof answer.error !== 'string') return undefined
  return { errorType: typeof answer.errorType === 'string' ? answer.errorType : '', error: answer.error }
}

function parseData(type: unknown, result: unknown): SampledSeries[] | undefined {
  if (!Array.isArray(result)) return undefined
  if (type === 'scalar') {
    const point = parsePoint(result)
    return point === undefined ? undefined : [{ labels: {}, points: [point] }]
  }
  if (type !== 'vector' && type !== 'matrix') return undefined
  const series = result.map((entry: unknown) => parseSeries(type, entry))
  return series.every((one) => one !== undefined) ? series : undefined
}

function parseSeries(type: 'vector' | 'matrix', entry: unknown): SampledSeries | undefined {
  if (!isObject(entry) || !isObject(entry.metric)) return undefined
  const values = type === 'vector' ? [entry.value] : entry.values
  if (!Array.isArray(values) || !Object.values(entry.metric).every((value) => typeof value === 'string'))
    return undefined
  const points = values.map(parsePoint)
  return points.every((point) => point !== undefined) ? { labels: entry.metric as Labels, points } : undefined
}

/** `[1700000000.123, "0.5"]`: seconds, and a number as text, for JSON has no NaN. */
function parsePoint(pair: unknown): { atMs: number; value: number } | undefined {
  if (!Array.isArray(pair)) return undefined
  const [seconds, text] = pair as unknown[]
  const value = typeof text === 'string' ? parseFloat64(text) : undefined
  if (typeof seconds !== 'number' || value === undefined) return undefined
  return { atMs: Math.round(seconds * 1000), value }
}

function parseObject(body: string): JsonObject | undefined {
  const value = parseJson(body)
  return isObject(value) ? value : undefined
}
