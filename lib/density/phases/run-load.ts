import { PerfError } from '../../errors/perf-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { pause } from '../../kube/pause.ts'
import { createPacer } from '../../run/pacer.ts'
import { PODS } from '../../run/resource.ts'
import { monotonicMs, since, timedPhase } from '../../run/timed-phase.ts'
import type { TrackedPod } from '../../workload/pods/tracked-pod.ts'
import { type LoadPhase, type Operation, waitPhaseName } from '../load.ts'
import type { DensitySession } from '../session.ts'
import { countArrived, countArrivedSince, isHopeless, notArrived, untilPodsArrived } from './wait-for-pods.ts'

const DAEMON_SET_POLL_MS = 50
const PROGRESS_MS = 100
/** Of a namespace with all that is in it, or of one object there. */
const DELETED = /\/namespaces\/([^/]+)(?:\/([^/]+)\/([^/]+))?$/

/**
 * Does one phase of the load at its pace and waits for its pods: two phases of the run, which both begin with the first
 * request.
 * @throws PerfError when pods do not come as far as they should; ApiError when the API server refuses an operation
 */
export async function runLoadPhase(session: DensitySession, phase: LoadPhase): Promise<void> {
  const { job, name } = phase
  if (job === undefined) return operateAndWait(session, phase)
  const { jobs, churns } = session.run
  const startedMs = performance.now()
  try {
    await operateAndWait(session, phase)
  } finally {
    const churn = churns.find((churned) => churned.startedMs >= startedMs)
    const times = {
      ...since(startedMs),
      ...(churn === undefined ? {} : { churn: since(churn.startedMs, churn.endedMs) }),
    }
    const begun = jobs.find((other) => other.job.name === job.name)?.job
    if (begun === undefined) jobs.push({ phase: name, job: { ...job, ...times } })
    // What it does after its objects are there is a phase of its own.
    else Object.assign(begun, times, since(monotonicMs(begun.startedAt)))
  }
}

async function operateAndWait(session: DensitySession, phase: LoadPhase): Promise<void> {
  const { plan, run, signal, progress } = session
  const limited = AbortSignal.any([signal, AbortSignal.timeout(plan.timeoutMs)])
  const state = { done: 0, waiting: false }
  const waitName = plan.waitFor === 'none' ? undefined : waitPhaseName(phase.name, plan.waitFor)
  const pods = { counts: session.tracker.counts, waiting: session.tracker.waiting }
  const tick = () => {
    const { counts } = pods
    if (state.waiting && waitName !== undefined) {
      progress({ phase: waitName, of: 'pods', done: countArrived(session), total: counts.expected, pods })
    } else {
      const shown = counts.expected > 0 ? { pods } : {}
      progress({ phase: phase.name, of: 'objects', done: state.done, total: phase.count, ...shown })
    }
  }
  const ticking = setInterval(tick, PROGRESS_MS)
  tick()
  const operations = timedPhase(run.phases, phase.name, async (facts) => {
    try {
      await runSteps(session, phase, state, limited)
    } finally {
      // Also of a phase that did not come to its end: how far it came is what a person wants to know then.
      facts.count = state.done
    }
  })
  try {
    if (phase.waitsForPods && waitName !== undefined) {
      await timedPhase(run.phases, waitName, async (facts) => {
        const sinceMs = performance.now()
        const before = session.tracker.counts.present
        try {
          await operations
          state.waiting = true
          tick()
          await untilPodsArrived(session, limited, phase)
        } finally {
          facts.count =
            phase.shrinks === true ? before - session.tracker.counts.present : countArrivedSince(session, sinceMs)
        }
      })
    } else await operations
    await phase.verify?.(session.client, signal)
  } finally {
    clearInterval(ticking)
    signal.throwIfAborted()
  }
}

async function runSteps(
  session: DensitySession,
  phase: LoadPhase,
  state: { done: number },
  limited: AbortSignal,
): Promise<void> {
  const { steps, pace, waitsForPods, waitTimeoutMs = Number.POSITIVE_INFINITY } = phase
  const pacer = createPacer(pace, limited, session.plan.random)
  try {
    for await (const step of steps(async () => session.client, limited)) {
      if ('wait' in step) {
        await pacer.drain()
        if (session.plan.waitFor !== 'none') await untilPodsArrived(session, limited, { waitTimeoutMs })
      } else if ('churn' in step) {
        await pacer.drain()
        markChurn(session, step.churn)
      } else if ('departing' in step) {
        for (const path of step.departing) depart(session, path)
        session.tracker.expect(-step.count)
      } else if ('until' in step) {
        await pacer.drain()
        await step.until(limited)
      } else if ('pauseMs' in step) {
        await pacer.drain()
        await pause(step.pauseMs, limited)
      } else {
        if (waitsForPods && isHopeless(session)) throw notArrived(session)
        await pacer.start(async () => {
          await operate(session, step, limited)
          state.done += 1
        })
      }
    }
    await pacer.drain()
  } catch (error) {
    if (!limited.aborted || session.signal.aborted) throw error
    throw new PerfError(`the load was not done within ${session.plan.timeoutMs / 1000}s`, {
      advice: ['raise --timeout, or lower the load'],
    })
  } finally {
    // Also after an abort: what is under way may still make objects, and clean-up must come after it.
    await pacer.drain().catch(() => {})
  }
}

function markChurn({ run: { churns } }: DensitySession, what: 'begins' | 'ends'): void {
  const open = churns.at(-1)
  if (what === 'begins') churns.push({ startedMs: performance.now() })
  else if (open !== undefined) open.endedMs = performance.now()
}

/** The pods of what is deleted do not count any more; of DaemonSets only the watch knows how many these are. */
function depart({ tracker }: DensitySession, path: string): TrackedPod[] {
  const [, namespace, resource = '', name = ''] = DELETED.exec(path) ?? []
  if (namespace === undefined) return []
  const owner = `${resource}/${name}`
  const of = resource === '' ? undefined : resource === PODS.resource ? { pod: name } : { owner }
  const going = tracker.expectDeletion(namespace, of)
  tracker.expect(-going.filter((pod) => pod.owner?.startsWith('daemonsets/')).length)
  return going
}

async function operate(session: DensitySession, operation: Operation, limited: AbortSignal): Promise<void> {
  const { client, tracker, lateSignal } = session
  const { pod, controlledPods, isDaemonSet, ...request } = operation
  const going = operation.method === 'DELETE' ? depart(session, operation.path) : []
  try {
    const response = await client.request({
      ...request,
      signal: lateSignal,
      onSent(sentMs) {
        if (pod !== undefined) tracker.add(pod.namespace, pod.name, sentMs)
        for (const one of going) one.deletionSentMs = sentMs
      },
    })
    if (isDaemonSet === true) {
      const { metadata } = response.json() as { metadata: { name: string } }
      tracker.expect(await daemonPods(client, `${request.path}/${metadata.name}`, limited))
    }
  } catch (error) {
    if (pod !== undefined) tracker.forget(pod.namespace, pod.name)
    throw error
  }
  if (controlledPods !== undefined) tracker.expect(controlledPods)
}

/** How many nodes a new DaemonSet runs on, as its controller sees it. */
async function daemonPods(client: KubeClient, path: string, signal: AbortSignal): Promise<number> {
  while (true) {
    const { status } = await client.getJson<DaemonSetObject>(path, { signal })
    if ((status?.observedGeneration ?? 0) > 0) return status?.desiredNumberScheduled ?? 0
    await pause(DAEMON_SET_POLL_MS, signal)
  }
}

interface DaemonSetObject {
  status?: { observedGeneration?: number; desiredNumberScheduled?: number }
}
