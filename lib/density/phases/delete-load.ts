import { PerfError } from '../../errors/perf-error.ts'
import { isConnectionError } from '../../kube/connection-error.ts'
import { forEach } from '../../run/for-each.ts'
import { collectionPath } from '../../run/resource.ts'
import { scopeNamespaces } from '../../run/run-scope.ts'
import { timedPhase } from '../../run/timed-phase.ts'
import type { DensitySession } from '../session.ts'

/** How many namespaces are emptied at once. */
const CONCURRENCY = 10

/**
 * Deletes the pods of each namespace with one request, or with one for each kind of object that owns them, and waits
 * until the watch has shown all pods gone.
 */
export async function deleteLoad({ client, plan, tracker, run, signal, progress }: DensitySession): Promise<void> {
  const { scope, load } = plan
  if (tracker.counts.tracked === tracker.counts.gone) return
  const namespaces = scopeNamespaces(scope)
  const sent = new Map<string, number>()
  run.deleteSentMs = sent
  const timeout = AbortSignal.timeout(plan.cleanUpTimeoutMs)
  const limited = AbortSignal.any([signal, timeout])
  const left = () => tracker.counts.tracked - tracker.counts.gone
  const total = left()
  const tick = () => progress({ phase: 'delete', of: 'pods', done: total - left(), total })
  const ticking = setInterval(tick, 100)
  tick()
  try {
    await timedPhase(run.phases, 'delete', async (facts) => {
      await forEach(namespaces, CONCURRENCY, limited, async (namespace) => {
        for (const resource of load.resources.filter(({ ownsPods }) => ownsPods)) {
          const path = collectionPath(resource, namespace)
          await whileGoing(left, () =>
            client.deleteCollection(path, {
              labelSelector: scope.selector,
              propagationPolicy: 'Background',
              signal: limited,
              onSent: (sentMs) => sent.has(namespace) || sent.set(namespace, sentMs),
            }),
          )
        }
      })
      await tracker.until(({ tracked, gone }) => gone === tracked, limited)
      facts.count = total
    })
  } catch (error) {
    if (!timeout.aborted || signal.aborted) throw error
    const { tracked, gone } = tracker.counts
    throw new PerfError(`${tracked - gone} of ${total} pods were not gone within ${plan.cleanUpTimeoutMs / 1000}s`, {
      advice: ['look at their finalizers and nodes, or raise --timeout'],
    })
  } finally {
    clearInterval(ticking)
  }
}

/** Tens of thousands of pods take longer than a request may: it is sent again for as long as pods go. */
async function whileGoing(left: () => number, request: () => Promise<void>): Promise<void> {
  while (true) {
    const before = left()
    try {
      return await request()
    } catch (error) {
      if (!isConnectionError(error) || error.kind !== 'timeout' || left() === before) throw error
    }
  }
}
