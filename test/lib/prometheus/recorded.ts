import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

const folder = new URL('../../fixtures/metrics/', import.meta.url)

/** A real API server's /metrics before and after a burst that it partly rejected (test/fixtures/metrics/record.ts). */
export function recordedScrape(moment: 'before' | 'after'): string {
  return gunzipSync(readFileSync(new URL(`apiserver-${moment}.txt.gz`, folder))).toString('utf8')
}

export function recordedText(file: string): string {
  return readFileSync(new URL(file, folder), 'utf8')
}

export interface ReferenceLatency {
  labels: Record<string, string>
  count: number
  sum: number
  /** q → Prometheus' quantile */
  at: Record<string, number>
}

/** What Prometheus' own Go libraries make of the recordings (test/fixtures/metrics/reference). */
export interface Reference {
  families: Record<string, { type: string; series: number; sha256: string }>
  requests: ReferenceLatency[]
  etcd: ReferenceLatency[]
  queueing: ReferenceLatency[]
  quantiles: { q: number; bounds: number[]; counts: number[]; value: number | null }[]
}

export function reference(): Reference {
  return JSON.parse(recordedText('reference.json')) as Reference
}
