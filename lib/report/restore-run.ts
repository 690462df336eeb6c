import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { UsageError } from '../errors/perf-error.ts'
import { isMetricName, type MetricName } from '../record/catalogue/metric-catalogue.ts'
import { counted } from '../record/counted.ts'
import { SAMPLES_FILE, START_FILE } from '../record/find-runs.ts'
import { parseJsonFile } from '../record/json.ts'
import { parseRecord } from '../record/parse-record.ts'
import type { Finding, Metric, RunRecord } from '../record/run-record.ts'
import { sampledMetric } from '../stats/metric.ts'
import type { RunStart, Sample } from './run-directory.ts'

/** Labels that say which pod a value is of: it is one of the values of its series. */
const OF_A_POD: ReadonlySet<string> = new Set(['namespace', 'pod', 'node'])

/**
 * The record of a run that was killed before it wrote one, from what it had written: how it began, and its samples so far. Its
 * outcome is `aborted`, and a finding says what happened.
 * @param shown the directory, for messages
 * @throws UsageError when that is too little
 */
export async function restoreRun(shown: string, path: string): Promise<RunRecord> {
  const start = await readStart(shown, join(path, START_FILE))
  const { metrics, count, damaged, lastSeconds } = await readSamples(shown, join(path, SAMPLES_FILE))
  return {
    ...start,
    finishedAt: new Date(Date.parse(start.startedAt) + lastSeconds * 1000).toISOString(),
    metrics,
    findings: [
      {
        severity: 'error',
        code: 'RunFailed',
        message: `the run was killed before it wrote its result: what is known are its ${count} samples`,
        advice: `what it left in the cluster is removed by "kubectl perf cleanup --run ${start.runId}"`,
      },
      ...(damaged === 0 ? [] : [damagedSamples(damaged)]),
    ],
  }
}

function damagedSamples(count: number): Finding {
  const message = `${counted(count, 'line')} of ${SAMPLES_FILE} ${count === 1 ? 'is' : 'are'} damaged and left out`
  return { severity: 'warning', code: 'DamagedSamples', message, count }
}

/** The record of a run of which nothing but its beginning is known. */
async function readStart(shown: string, path: string): Promise<RunRecord> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError(`the run in "${shown}" did not end, and does not say what it was: no ${START_FILE}`)
  })
  const name = join(shown, START_FILE)
  const start = parseJsonFile(text, name) as Partial<RunStart> | null
  const nothing = { outcome: 'aborted', phases: [], metrics: [], thresholds: [], findings: [], details: {} }
  return parseRecord(JSON.stringify({ ...start, finishedAt: start?.startedAt, ...nothing }), name)
}

async function readSamples(shown: string, path: string) {
  const series = new Map<string, { name: MetricName; labels: Record<string, string>; values: number[] }>()
  let count = 0
  let lastSeconds = 0
  const unread: number[] = []
  let lines = 0
  for await (const line of readLines(shown, path)) {
    lines += 1
    const sample = parseSample(line)
    if (sample === undefined) {
      unread.push(lines)
      continue
    }
    const { metric, t, value } = sample
    if (!isMetricName(metric)) continue
    const isOfPod = sample.labels.pod !== undefined
    const labels = Object.fromEntries(
      Object.entries(sample.labels).filter(([label]) => !(isOfPod && OF_A_POD.has(label))),
    )
    const key = JSON.stringify([metric, labels])
    const known = series.get(key)
    if (known === undefined) series.set(key, { name: metric, labels, values: [value] })
    else known.values.push(value)
    count += 1
    lastSeconds = Math.max(lastSeconds, t)
  }
  if (count === 0) throw new UsageError(`the run in "${shown}" did not end, and has no samples`)
  const metrics = [...series.values()].map(
    ({ name, labels, values }): Metric => sampledMetric(name, values, { labels, source: 'samples' }),
  )
  // The last line of a killed run may be cut off.
  return { metrics, count, damaged: unread.filter((line) => line < lines).length, lastSeconds }
}

async function* readLines(shown: string, path: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(path) })
  } catch (error) {
    throw new UsageError(`cannot read "${join(shown, SAMPLES_FILE)}": ${(error as Error).message}`)
  }
}

/** Longer than any run, and a time that a date can be of. What was measured before the start has a negative one. */
const MOST_SECONDS = 1e9

/** Undefined where a line is damaged. */
function parseSample(line: string): Sample | undefined {
  try {
    const sample = JSON.parse(line) as Partial<Sample> | null
    const { metric, labels, t, value } = sample ?? {}
    if (typeof metric !== 'string' || typeof labels !== 'object' || labels === null) return undefined
    if (!Object.values(labels).every((label) => typeof label === 'string')) return undefined
    if (typeof t !== 'number' || !(Math.abs(t) < MOST_SECONDS)) return undefined
    return typeof value === 'number' && Number.isFinite(value) ? { metric, labels, t, value } : undefined
  } catch {
    return undefined
  }
}
