import { type ApiError, isApiError } from '../../kube/api-error.ts'
import { isConnectionError } from '../../kube/connection-error.ts'
import { withQuery } from '../../kube/http/request.ts'
import { backOff } from '../../kube/http/retry.ts'
import { pause } from '../../kube/pause.ts'
import { hasCredentials, type PrometheusAccess } from './access.ts'
import { isPrometheusError, PrometheusError } from './prometheus-error.ts'
import { refusalOf } from './refuse.ts'
import { type InstantSample, parseQueryResult, type QueryResult, type SampledSeries } from './result.ts'
import type { Route, Way } from './route.ts'

/** So long a Prometheus that has answered before may stay away: a pod that is replaced comes back within it. */
const PATIENCE_MS = 60_000
/** What Prometheus itself allows for each series (web/api/v1: maximum resolution of 11,000 points per timeseries). */
const MOST_POINTS = 11_000

export interface QueryOptions {
  signal?: AbortSignal | undefined
}

export interface InstantOptions extends QueryOptions {
  /** Date.now() of this machine; now where absent. */
  atMs?: number | undefined
}

export interface RangeOptions extends QueryOptions {
  /** Date.now() of this machine. */
  startMs: number
  endMs: number
  stepSeconds: number
}

/**
 * A server that answers PromQL: Prometheus, Thanos or VictoriaMetrics. All moments that go in and come out are those of
 * this machine's clock, whatever the server's says.
 *
 * Queries throw PrometheusError (with a kind), ApiError where the API server lets nobody through, or the signal's reason.
 * What a query finds nothing for is an empty list, and never 0.
 */
export interface Prometheus {
  /** How messages call it: its URL, or `monitoring/kube-prometheus-stack-prometheus`. */
  readonly label: string
  readonly how: Way
  /** Its clock minus this machine's. */
  readonly clockOffsetMs: number
  /** What it has said of results that are not whole, each once. */
  readonly warnings: ReadonlySet<string>
  /** The value of each series at one moment. */
  query(expression: string, options?: InstantOptions): Promise<InstantSample[]>
  /** The raw samples of a range selector, `up[5m]`, that ends at a moment. */
  querySamples(expression: string, options?: InstantOptions): Promise<SampledSeries[]>
  /** The values of each series at every step, from the start to the end. */
  queryRange(expression: string, options: RangeOptions): Promise<SampledSeries[]>
}

/**
 * Asks a server for the time, which tells whether it is one that answers PromQL, and how far apart the clocks are.
 * @throws PrometheusError, ApiError, or the signal's reason
 */
export async function openPrometheus(
  route: Route,
  { label, access, signal }: { label: string; access: PrometheusAccess; signal: AbortSignal },
): Promise<Prometheus> {
  const warnings = new Set<string>()
  let hasAnswered = false

  const ask = async (path: string, expression: string, given: AbortSignal | undefined): Promise<QueryResult> => {
    const either = given === undefined || given === signal ? signal : AbortSignal.any([signal, given])
    const limit = AbortSignal.timeout(access.timeoutMs)
    try {
      const answer = await route.get(path, AbortSignal.any([either, limit]))
      const result = answer.code === 200 ? parseQueryResult(answer.body.toString('utf8')) : undefined
      if (result === undefined) throw refusalOf(answer, { label, expression, hasCredentials: hasCredentials(access) })
      hasAnswered = true
      for (const warning of result.warnings) if (warnings.size < 10) warnings.add(warning)
      return result
    } catch (error) {
      either.throwIfAborted()
      if (limit.aborted) throw tooSlow(label, expression, access.timeoutMs)
      throw isConnectionError(error) || isPassing(error) ? unreachable(label, error) : error
    }
  }
  const askPatiently = async (path: string, expression: string, given: AbortSignal | undefined) => {
    const startedMs = performance.now()
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask(path, expression, given)
      } catch (error) {
        const isOver = performance.now() - startedMs > PATIENCE_MS
        if (!isAway(error) || isOver || (!hasAnswered && attempt > 2)) throw error
        await pause(backOff({ attempt, random: Math.random() }), given ?? signal)
      }
    }
  }

  const clockOffsetMs = await readClock(async (path, expression) => askPatiently(path, expression, signal))
  const toServer = (ms: number) => ((ms + clockOffsetMs) / 1000).toFixed(3)
  const fromServer = ({ labels, points }: SampledSeries): SampledSeries => ({
    labels,
    points: points.map(({ atMs, value }) => ({ atMs: atMs - clockOffsetMs, value })),
  })
  const querySamples = async (expression: string, { atMs = Date.now(), signal: given }: InstantOptions = {}) => {
    const path = withQuery('/api/v1/query', { query: expression, time: toServer(atMs) })
    return (await askPatiently(path, expression, given)).series.map(fromServer)
  }
  return {
    label,
    how: route.how,
    clockOffsetMs,
    warnings,
    querySamples,
    async query(expression, options) {
      return (await querySamples(expression, options)).flatMap(({ labels, points }) => {
        const last = points.at(-1)
        return last === undefined ? [] : [{ labels, ...last }]
      })
    },
    async queryRange(expression, { startMs, endMs, stepSeconds, signal: given }) {
      if ((endMs - startMs) / 1000 / stepSeconds > MOST_POINTS) throw new Error(`more than ${MOST_POINTS} points`)
      const range = { start: toServer(startMs), end: toServer(endMs), step: stepSeconds }
      const path = withQuery('/api/v1/query_range', { query: expression, ...range })
      return (await askPatiently(path, expression, given)).series.map(fromServer)
    },
  }
}

/**
 * Its clock minus ours, ms. It has read its own while the answer was on its way: a difference that this alone could explain
 * is none.
 */
async function readClock(ask: (path: string, expression: string) => Promise<QueryResult>): Promise<number> {
  // The first answer may have had to wait for a connection, or a pod.
  const readings = [await readClockOnce(ask), await readClockOnce(ask)]
  const [best] = readings.toSorted((a, b) => a.uncertaintyMs - b.uncertaintyMs)
  if (best === undefined || Math.abs(best.offsetMs) <= best.uncertaintyMs) return 0
  return Math.round(best.offsetMs)
}

async function readClockOnce(ask: (path: string, expression: string) => Promise<QueryResult>) {
  const sentMs = Date.now()
  const { series } = await ask('/api/v1/query?query=time()', 'time()')
  const receivedMs = Date.now()
  const seconds = series[0]?.points[0]?.value
  if (seconds === undefined || !Number.isFinite(seconds)) {
    throw new PrometheusError('error: what answers like a Prometheus does not know what time it is', {
      kind: 'bad-answer',
    })
  }
  // Both clocks are read in whole milliseconds.
  return { offsetMs: seconds * 1000 - (sentMs + receivedMs) / 2, uncertaintyMs: (receivedMs - sentMs) / 2 + 1 }
}

/** What the API server says of a pod that is gone, or a Service without pods; not that this user may not. */
function isPassing(error: unknown): error is ApiError {
  return isApiError(error) && error.code !== 401 && error.code !== 403
}

/** Did it fail because the server is not there, or is being replaced? */
function isAway(error: unknown): boolean {
  return isPrometheusError(error) && error.kind === 'unreachable'
}

function unreachable(label: string, error: Error): PrometheusError {
  const reason = error.message.replace(/^(error|Unable to connect to the server|Error from server \([A-Za-z]+\)): /, '')
  const isTrust = /x509|certificate/.test(reason)
  return new PrometheusError(`error: no answer from Prometheus ${label}: ${reason}`, {
    kind: isTrust ? 'bad-answer' : 'unreachable',
    cause: error,
    advice: isTrust
      ? ['say which authority has signed its certificate with --prometheus-certificate-authority']
      : ['check its address, and that it runs; --prometheus none does without it'],
  })
}

function tooSlow(label: string, expression: string, timeoutMs: number): PrometheusError {
  return new PrometheusError(`error: Prometheus ${label} gave no answer within ${timeoutMs / 1000}s`, {
    // Another try would take as long, and load it further.
    kind: 'query',
    advice: [`the query: ${expression}`],
  })
}
