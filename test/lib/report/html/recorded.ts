import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { RunRecord } from '../../../../lib/record/run-record.ts'

const FOLDER = new URL('../../../fixtures/records/', import.meta.url)

/** Names of the records of real runs, one or more of each command. */
export function recordedNames(): string[] {
  return readdirSync(FOLDER).flatMap((file) => (file.endsWith('.json.gz') ? [file.slice(0, -'.json.gz'.length)] : []))
}

export function recorded(name: string): RunRecord {
  return JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, FOLDER))).toString()) as RunRecord
}

/** A record with as many samples as a large run has, of a skewed distribution, the same each time. */
export function largeRecord(samples: number): RunRecord {
  const density = recorded('density')
  // The quantile function of a log-normal distribution, near enough, in an order that jumps about.
  const values = Array.from({ length: samples }, (_, index) => {
    const share = (((index * 7919) % samples) + 0.5) / samples
    return Number((0.4 * Math.exp(0.55 * Math.log(share / (1 - share)))).toFixed(4))
  })
  return {
    ...density,
    metrics: density.metrics.map((metric) =>
      metric.name === 'pod_ready_latency' && metric.source === 'watch'
        ? { ...metric, statistics: { count: samples }, samples: values }
        : metric,
    ),
    series: [0, 1, 2, 3].map((index) => ({
      metric: 'apiserver_request_rate',
      unit: '1/s',
      labels: { instance: `server-${index}` },
      source: 'prometheus monitoring/prometheus-operated',
      points: Array.from({ length: 1000 }, (_, at): [number, number | null] => [
        at / 5,
        at % 97 === 0 ? null : Number((100 + 40 * Math.sin(at / 60 + index)).toFixed(2)),
      ]),
    })),
  }
}
