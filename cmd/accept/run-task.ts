import { PerfError } from '../../lib/errors/perf-error.ts'
import { isApiError } from '../../lib/kube/api-error.ts'
import { describePermissions, PermissionError } from '../../lib/kube/preflight.ts'
import { formatDuration } from '../../lib/record/duration.ts'
import type { Finding } from '../../lib/record/run-record.ts'
import { ownNamespaces } from '../../lib/run/run-scope.ts'
import type { Context } from '../command.ts'
import type { MeasureSession } from '../measure.ts'
import { type PlannedTask, timeoutOf } from './plan.ts'
import type { Measured } from './work.ts'

/** For namespaces to go on a busy cluster. */
const LEAST_CLEAN_UP_MS = 60_000
/** For requests that are under way when the time is over, and the clean-up's own end. */
const MARGIN_MS = 15_000

interface TaskHost {
  /** The label of what it makes. */
  readonly runId: string
  /** Where it stands: `3/12 dns-latency`. */
  readonly label: string
  readonly session: MeasureSession
  readonly context: Context
}

/**
 * Measures the items of a task within its time. Whatever goes wrong is their result; a measuring that does not even end
 * when it is told to is left alone.
 */
export async function runTask(task: PlannedTask, host: TaskHost): Promise<readonly Measured[]> {
  const { session, runId } = host
  const timeoutMs = timeoutOf(task)
  const cleanUpTimeoutMs = Math.max(timeoutMs, LEAST_CLEAN_UP_MS)
  const timeUp = new AbortController()
  const timer = setTimeout(() => timeUp.abort(new PerfError(late(timeoutMs))), timeoutMs)
  const abandoned = Promise.withResolvers<undefined>()
  const lastTimer = setTimeout(() => abandoned.resolve(undefined), timeoutMs + cleanUpTimeoutMs + MARGIN_MS)
  const signal = AbortSignal.any([session.signal, timeUp.signal])
  const own = sessionOf(task, host, signal)
  try {
    const limits = { scope: ownNamespaces(runId, 1), cleanUpTimeoutMs }
    const results = await Promise.race([task.work.measure(own, limits), abandoned.promise])
    if (results === undefined) return all(task, abandonedResult(timeoutMs, own))
    if (session.signal.aborted) return results.map((result) => cutShort(result, 'interrupted'))
    return timeUp.signal.aborted ? results.map((result) => cutShort(result, late(timeoutMs))) : results
  } catch (error) {
    if (session.signal.aborted) return all(task, withoutData('interrupted'))
    return all(task, timeUp.signal.aborted ? withoutData(late(timeoutMs)) : faultResult(error))
  } finally {
    clearTimeout(timer)
    clearTimeout(lastTimer)
  }
}

/** The run's session as the commands of the items see it. */
function sessionOf(task: PlannedTask, { session, runId, label }: TaskHost, signal: AbortSignal): MeasureSession {
  const { progress } = session
  const item = task.items.map(({ name }) => name).join(',')
  const update = (text: string) => progress.update(`${label}   ${text}`)
  return {
    ...session,
    runId,
    signal,
    cleanUpCommand: (namespace) => session.cleanUpCommand(namespace).replace(session.runId, runId),
    // It was said for all of them.
    willCreate: async () => {},
    sample: (metric, labels, atMs, value) => session.sample(metric, { ...labels, item }, atMs, value),
    progress: {
      step: update,
      update,
      note(text) {
        if (text.startsWith('Warning: ')) progress.note(`${label}: ${text}`)
      },
      stop() {},
    },
  }
}

function all({ items }: PlannedTask, measured: Measured): readonly Measured[] {
  return items.map(() => measured)
}

function withoutData(reason: string, findings: readonly Finding[] = []): Measured {
  return { outcome: 'no-data', reason, metrics: [], findings, phases: [] }
}

/** What was known by then is evidence, and no figure of the item. */
function cutShort(result: Measured, reason: string): Measured {
  return result.outcome === 'not-applicable' || result.outcome === 'not-permitted'
    ? result
    : { ...result, outcome: 'no-data', reason }
}

function late(timeoutMs: number): string {
  return `it did not end within its timeout of ${formatDuration(timeoutMs)}`
}

function abandonedResult(timeoutMs: number, { cleanUpCommand }: MeasureSession): Measured {
  return withoutData(`${late(timeoutMs)}, nor did its clean-up`, [
    {
      severity: 'error',
      code: 'LeftBehind',
      message: 'a clean-up that does not end may have left objects behind',
      advice: cleanUpCommand(),
    },
  ])
}

function faultResult(error: unknown): Measured {
  if (error instanceof PermissionError) {
    return { ...withoutData(`this user may not ${describePermissions(error.missing)}`), outcome: 'not-permitted' }
  }
  if (isApiError(error) && error.code === 403) return { ...withoutData(error.message), outcome: 'not-permitted' }
  if (error instanceof PerfError) return withoutData(error.message)
  // A fault of one item's measuring is no reason to lose the others.
  return withoutData(`unexpected: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`)
}
