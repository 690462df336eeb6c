import { PerfError } from '../../errors/perf-error.ts'
import { isBroken, isLostPod, isStaying } from '../../workload/pods/tracked-pod.ts'
import type { LoadPhase } from '../load.ts'
import type { DensitySession } from '../session.ts'
import { countUncreated, watchUncreated, whyUncreated } from './uncreated-pods.ts'

/** How often pods that stay pending are looked at. */
const PATIENCE_CHECK_MS = 250

/** Pods that are as far as the plan wants them, and still there. */
export function countArrived({ plan, tracker: { counts } }: DensitySession): number {
  return plan.waitFor === 'scheduled' ? counts.scheduled : counts.ready
}

/** Of all pods those that got that far since a moment of the monotonic clock. */
export function countArrivedSince({ plan, tracker }: DensitySession, sinceMs: number): number {
  const milestone = plan.waitFor === 'scheduled' ? 'scheduled' : 'ready'
  return tracker.pods().filter(({ passedMs }) => (passedMs[milestone] ?? Number.NEGATIVE_INFINITY) >= sinceMs).length
}

/**
 * Waits until every pod is as far as the run wants it; of a phase that shrinks also until no more are there than there
 * should be.
 * @param limited ends with the time of the phase
 * @throws PerfError as soon as that will not come about
 */
export async function untilPodsArrived(
  session: DensitySession,
  limited: AbortSignal,
  { shrinks = false, waitTimeoutMs = Number.POSITIVE_INFINITY }: Pick<LoadPhase, 'shrinks' | 'waitTimeoutMs'>,
): Promise<void> {
  const { plan, tracker, signal } = session
  const { counts } = tracker
  const own = waitTimeoutMs < plan.timeoutMs ? AbortSignal.timeout(waitTimeoutMs) : undefined
  const impatience = losePatience(session)
  const uncreated = watchUncreated(session)
  const ends = AbortSignal.any([limited, impatience.signal, uncreated.signal, ...(own === undefined ? [] : [own])])
  const hasArrived = () => countArrived(session) >= counts.expected && (!shrinks || counts.present <= counts.expected)
  const isOver = () => hasArrived() || isHopeless(session)
  try {
    await tracker.until(isOver, ends)
  } catch {
    signal.throwIfAborted()
  } finally {
    impatience.stop()
    uncreated.stop()
  }
  if (hasArrived()) return
  if (shrinks && counts.present > counts.expected) {
    throw new PerfError(`${counts.present - counts.expected} pods that are too many did not go`)
  }
  if (countUncreated(session) > 0) await throwUncreated(session)
  throw notArrived(session, {
    lostPatience: impatience.signal.aborted,
    withinMs: limited.aborted ? plan.timeoutMs : Math.min(waitTimeoutMs, plan.timeoutMs),
  })
}

async function throwUncreated(session: DensitySession): Promise<void> {
  const why = await whyUncreated(session)
  if (why === undefined) return
  throw new PerfError(`${howManyArrived(session)}; ${countUncreated(session)} were not created: ${why}`)
}

/** Is there a pod that never gets as far as the plan wants it, so that there is nothing to wait for? */
export function isHopeless(session: DensitySession): boolean {
  const { failFast, waitFor } = session.plan
  return failFast !== undefined && waitFor !== 'none' && countFailed(session) > 0
}

/** Whoever waits for pods to be scheduled does not mind what becomes of them on their nodes. */
function countFailed({ plan: { waitFor }, tracker }: DensitySession): number {
  const { failed } = tracker.counts
  return failed === 0 || waitFor === 'ready' ? failed : tracker.pods().filter(isLostPod).length
}

/**
 * Aborts once pods stay unschedulable, and none became ready or is on its way to it on a node, for as long as the plan's
 * patience lasts.
 */
function losePatience({ plan: { failFast, waitFor }, tracker }: DensitySession): {
  signal: AbortSignal
  stop: () => void
} {
  const controller = new AbortController()
  if (failFast === undefined) return { signal: controller.signal, stop: () => {} }
  let ready = tracker.counts.ready
  let sinceMs = performance.now()
  const checking = setInterval(() => {
    const { counts } = tracker
    const isOnItsWay = waitFor === 'ready' && counts.scheduled > counts.ready
    if (counts.ready !== ready || counts.unschedulable === 0 || isOnItsWay) {
      ready = tracker.counts.ready
      sinceMs = performance.now()
    } else if (performance.now() - sinceMs > failFast.pendingGraceMs) controller.abort()
  }, PATIENCE_CHECK_MS)
  return { signal: controller.signal, stop: () => clearInterval(checking) }
}

function howManyArrived(session: DensitySession): string {
  const became = session.plan.waitFor === 'ready' && countBroken(session) > 0 ? 'are ready' : 'became ready'
  const wanted = session.plan.waitFor === 'scheduled' ? 'were scheduled' : became
  return `${countArrived(session)} of ${session.tracker.counts.expected} pods ${wanted}`
}

/** Pods that were ready and crashed. */
function countBroken({ tracker }: DensitySession): number {
  return tracker.pods().filter((pod) => isStaying(pod) && isBroken(pod)).length
}

/** Why the pods are not where they should be. */
export function notArrived(
  session: DensitySession,
  { lostPatience = false, withinMs = session.plan.timeoutMs } = {},
): PerfError {
  const { plan, tracker } = session
  const { counts } = tracker
  const some = howManyArrived(session)
  if (lostPatience) {
    return new PerfError(`${some}; ${counts.unschedulable} stay unschedulable`, {
      advice: ['raise --pending-grace when the cluster adds nodes by itself'],
    })
  }
  const lost = tracker.pods().filter(isLostPod)
  const [first] = lost
  if (first !== undefined) {
    return new PerfError(
      `${some}; ${lost.length} were deleted by somebody else, such as ${first.namespace}/${first.name}`,
    )
  }
  const failed = countFailed(session)
  if (plan.failFast !== undefined && failed > 0) {
    const broken = countBroken(session)
    const faults = [
      ...(failed > broken ? [`${failed - broken} cannot`] : []),
      ...(broken > 0 ? [`${broken} did not stay so`] : []),
    ]
    return new PerfError(`${some}; ${faults.join(', ')}`, { advice: ['--fail-fast=false waits for the others'] })
  }
  return new PerfError(`${some} within ${withinMs / 1000}s`)
}
