import { PerfError } from '../../errors/perf-error.ts'
import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import type { Finding, Phase } from '../../record/run-record.ts'
import type { Resource } from '../../run/resource.ts'
import { startHeartbeat } from '../../run/run-beacon.ts'
import { namespaceFor, type RunScope, scopePath } from '../../run/run-scope.ts'
import { readServerClock } from '../../run/server-clock.ts'
import { type WatchedPods, watchPods } from '../../workload/pods/pod-watch.ts'
import { makeScope, removeScope } from '../../workload/scope.ts'
import type { ItemOutcome, ItemProgress, ItemResult, ItemSession } from '../item.ts'
import type { ProbeParameters } from './probe-parameters.ts'

/** Why there is no figure. */
export interface Verdict {
  outcome: Exclude<ItemOutcome, 'measured'>
  reason: string
}

/** Where an item measures: a namespace that it may fill. */
export interface Room {
  readonly client: KubeClient
  readonly scope: RunScope
  readonly namespace: string
  /** Of the run, in all its namespaces. */
  readonly pods: WatchedPods
  readonly phases: Phase[]
  readonly signal: AbortSignal
  readonly lateSignal: AbortSignal
  readonly onProgress: (progress: ItemProgress) => void
}

export interface Measuring {
  /** Every kind of object that it makes. */
  resources: readonly Resource[]
  /** @returns why there is no figure, undefined when there may be some */
  measure: (room: Room) => Promise<Verdict | undefined>
  /** What is known when the measuring has ended, however it has. */
  assess: () => Pick<ItemResult, 'metrics' | 'findings' | 'details'>
}

/**
 * Makes the run's namespace, measures in it and removes it, also when something fails or the signal ends it all.
 * @throws what is no fault of the cluster, after the clean-up
 */
export async function measureInScope(
  { client, scope, signal, lateSignal, onProgress, cleanUpCommand }: ItemSession,
  { command, timeoutMs, cleanUpTimeoutMs }: ProbeParameters,
  { resources, measure, assess }: Measuring,
): Promise<ItemResult> {
  const phases: Phase[] = []
  const plan = { scope, keep: false, timeoutMs, cleanUpTimeoutMs, command, cleanUpCommand }
  const made = { resources, phases, onProgress }
  const ended = new AbortController()
  const limited = AbortSignal.any([signal, ended.signal])
  let verdict: Verdict | undefined
  let bug: { error: unknown } | undefined
  let leftBehind: Finding[] = []
  let pods: WatchedPods | undefined
  let heartbeat: AsyncDisposable | undefined
  let mayHaveMade = false
  try {
    const clock = await readServerClock(client, signal)
    heartbeat = startHeartbeat(client, scope, clock)
    pods = await watchPods(client, scopePath(scope, 'pods'), scope.selector, limited)
    mayHaveMade = true
    await makeScope(client, plan, { ...made, clock, signal: limited, lateSignal })
    const namespace = namespaceFor(scope, 0)
    verdict = await measure({ client, scope, namespace, pods, phases, signal: limited, lateSignal, onProgress })
  } catch (error) {
    verdict = verdictOf(error, signal)
    if (verdict === undefined) bug = { error }
  } finally {
    ended.abort(new Error('the item has ended'))
    if (mayHaveMade) leftBehind = await removeScope(client, plan, made)
    await heartbeat?.[Symbol.asyncDispose]()
    await pods?.[Symbol.asyncDispose]()
  }
  if (bug !== undefined) throw bug.error
  const { metrics, findings, details } = assess()
  const outcome = verdict ?? (metrics.length === 0 ? NOTHING : undefined)
  return {
    ...(outcome ?? { outcome: 'measured' }),
    metrics,
    findings: [...findings, ...leftBehind],
    phases,
    ...(details === undefined ? {} : { details }),
  }
}

const NOTHING: Verdict = { outcome: 'no-data', reason: 'nothing was measured' }

/** Undefined: a bug of this program. */
function verdictOf(error: unknown, signal: AbortSignal): Verdict | undefined {
  if (signal.aborted) {
    const { reason } = signal as { reason: unknown }
    return { outcome: 'no-data', reason: reason instanceof Error ? reason.message : 'it was stopped' }
  }
  if (!(error instanceof PerfError)) return undefined
  const reason = [error.message, ...error.advice].join('; ')
  return { outcome: isApiError(error) && error.code === 403 ? 'not-permitted' : 'no-data', reason }
}
