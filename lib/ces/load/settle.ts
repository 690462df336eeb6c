import { PerfError } from '../../errors/perf-error.ts'
import { pause } from '../../kube/pause.ts'
import { formatDuration } from '../../record/duration.ts'
import { collectionPath } from '../../run/resource.ts'
import type { EventProgress, MeasuredStep } from '../ces-run.ts'
import { OPERATOR_DEPLOYMENT } from '../detection/operator-settings.ts'
import { totalOf } from '../observation/event-tally.ts'
import type { Window } from '../observation/observe-kinds.ts'
import type { CesSession } from '../session.ts'
import { rateWords } from '../simulator/operator-rules.ts'
import { isSeen, type LoadStep } from './load-step.ts'

const POLL_MS = 50
/** So long nothing may happen before a step is over: twice what an operator waits for more changes. */
const QUIET_MS = 1000
/** Where nothing tells whether there are slices, their operator has so long to show itself. */
const DECISION_MS = 10_000
/** Agents take in a label of a pod within it. */
const LABEL_PATIENCE_MS = 10_000

/** Changes of what is measured that no slice carries yet, written or simulated. */
function backlogOf({ run, observation, plan }: CesSession): number {
  if (run.slices === 'measured') return observation.tracker.backlog()
  observation.simulator.advance(performance.now())
  return observation.simulator.backlog(isMeasured(plan))
}

/** What waits for a slice now, and for how long the oldest of it. */
export function unsettled(session: CesSession): Pick<MeasuredStep, 'backlog' | 'waitedMs'> {
  const { run, observation } = session
  const nowMs = performance.now()
  const sinceMs = run.slices === 'measured' ? observation.tracker.waitingSinceMs() : undefined
  return { backlog: backlogOf(session), waitedMs: nowMs - (sinceMs ?? nowMs) }
}

/** How many events of both kinds have come in a window, and how many changes still wait for a slice. */
export function eventProgress(session: CesSession, window: Window): EventProgress {
  const ces = session.run.slices === 'measured' ? window.ces : window.simulated
  return { cep: totalOf(window.cep).events, ces: totalOf(ces).events, backlog: backlogOf(session) }
}

/** Whether what happens in a namespace belongs to the measurement. */
export function isMeasured({ work }: CesSession['plan']): (namespace: string) => boolean {
  if (work.kind === 'observe') return () => true
  const namespaces = new Set(work.scope.namespaces)
  return (namespace) => namespaces.has(namespace)
}

/**
 * Waits until all that a step does was seen, slices carry it, and nothing more comes.
 * @param sinceMs when the last request was answered
 * @throws PerfError when the time-out comes first: says whether any slice followed, and how much is missing
 */
export async function untilSettled(
  session: CesSession,
  step: LoadStep,
  window: Window,
  sinceMs: number,
): Promise<void> {
  const { plan, observation, signal } = session
  const limitMs = sinceMs + plan.timeoutMs
  while (true) {
    signal.throwIfAborted()
    const nowMs = performance.now()
    const backlog = backlogOf(session)
    const quietMs = nowMs - Math.max(sinceMs, observation.lastEventMs())
    const patienceMs = step.events === undefined ? Math.min(LABEL_PATIENCE_MS, plan.timeoutMs) : 0
    const wasSeen =
      isSeen(step, window, observation) && (patienceMs <= nowMs - sinceMs || totalOf(window.cep).events > 0)
    decide(session, window, nowMs - sinceMs)
    if (wasSeen && backlog === 0 && (quietMs >= QUIET_MS || nowMs >= limitMs)) return
    if (nowMs >= limitMs) {
      if (!wasSeen) await checkWatch(session, step)
      throw notSettled(session, step, window, wasSeen, backlog)
    }
    await pause(POLL_MS, signal)
  }
}

/**
 * Nobody told whether there are slices: what happens does.
 * @param waitedMs how long changes have been waiting for one
 */
export function decide({ run, plan }: CesSession, { ces }: Window, waitedMs: number): void {
  if (plan.detection.slices !== 'undecided' || run.slices === 'simulated') return
  if (totalOf(ces).events > 0 || waitedMs < Math.min(DECISION_MS, plan.timeoutMs / 2)) return
  if (run.steps.some(({ window }) => totalOf(window.ces).events > 0)) return
  run.slices = 'simulated'
  run.because = `no CiliumEndpointSlice followed within ${formatDuration(Math.round(waitedMs / 1000) * 1000)}`
}

/** @throws PerfError where the API server has all objects and the watch does not show them */
async function checkWatch({ client, plan, observation, signal }: CesSession, { endpoints }: LoadStep): Promise<void> {
  const { work, detection } = plan
  if (work.kind === 'observe' || observation.countMeasured() === endpoints) return
  const path = collectionPath(detection.resources.cep, work.scope.namespaces[0])
  const { items } = await client.list<unknown>(path, { signal })
  if (items.length !== endpoints) return
  throw new PerfError(
    `a watch shows ${observation.countMeasured()} CiliumEndpoints and a list ${endpoints}: the API server keeps events back`,
    { advice: ['was the CRD of CiliumEndpoints made or changed a moment ago? Run it again'] },
  )
}

function notSettled(
  { plan, run, observation }: CesSession,
  step: LoadStep,
  { cep, ces }: Window,
  wasSeen: boolean,
  backlog: number,
): PerfError {
  const within = `within ${formatDuration(plan.timeoutMs)}`
  const changes = totalOf(cep).events
  if (!wasSeen) {
    const here = observation.countMeasured()
    return new PerfError(
      here === step.endpoints
        ? `${changes} of ${step.events ?? 0} changes of CiliumEndpoints came ${within} of step ${step.name}`
        : `there are ${here} CiliumEndpoints ${within} of step ${step.name}, and should be ${step.endpoints}`,
      { advice: adviceOnEndpoints(plan, here < step.endpoints) },
    )
  }
  if (run.slices === 'measured' && totalOf(ces).events === 0) {
    return new PerfError(`${changes} changes of CiliumEndpoints, and no CiliumEndpointSlice followed ${within}`, {
      advice: [`is cilium-operator running? ${operatorWords(plan)}`],
    })
  }
  return new PerfError(`not settled: ${backlog} of ${changes} changes were in no slice ${within}`, {
    advice: [`the operator looks at ${rateWords(plan.detection.rules)}: lower --rate, or raise --timeout`],
  })
}

function adviceOnEndpoints({ detection, work }: CesSession['plan'], isShort: boolean): string[] {
  if (work.kind === 'observe' || !isShort) return []
  return work.of.kind === 'pods'
    ? ['do agents of Cilium run on the nodes of the pods?']
    : [
        `the operator removes endpoints that have no pod every ${formatDuration(detection.gcIntervalMs)} where there is no CiliumNode to own them: create fewer, or raise --rate`,
      ]
}

/** How many of the operator ran when the run began. */
export function operatorWords({ detection: { operator } }: CesSession['plan']): string {
  const { deployment, gaps } = operator
  if (gaps.includes(OPERATOR_DEPLOYMENT)) return `this user may not read ${OPERATOR_DEPLOYMENT}`
  if (deployment === undefined) return 'there is no Deployment with the label io.cilium/app=operator'
  const { namespace, name, ready, replicas } = deployment
  return `Deployment ${namespace}/${name} had ${ready} of ${replicas} replicas ready`
}
