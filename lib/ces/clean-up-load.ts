import { pause } from '../kube/pause.ts'
import { timedPhase } from '../run/timed-phase.ts'
import { removeScope } from '../workload/scope.ts'
import type { LoadWork } from './ces-plan.ts'
import { madeResources } from './load/prepare-load.ts'
import type { CesSession } from './session.ts'

const POLL_MS = 50

/** Removes the namespace of the load with all that is in it, and waits until the operator has removed its slices. */
export async function cleanUpLoad(session: CesSession, work: LoadWork): Promise<void> {
  const { client, plan, run, host, observation } = session
  run.leftBehind = await removeScope(client, work, {
    resources: madeResources(work, plan.detection.resources.cep),
    phases: run.phases,
    onProgress: ({ phase, done, total }) => host.onProgress({ phase, done, total }),
  })
  const names = () => observation.tracker.slices().map(({ name }) => name)
  if (names().length === 0) return
  const limitMs = performance.now() + work.cleanUpTimeoutMs
  await timedPhase(run.phases, 'slices gone', async () => {
    // A watch that has failed shows nothing go.
    while (names().length > 0 && performance.now() < limitMs && !observation.failed.aborted) {
      await pause(POLL_MS, undefined)
    }
  })
  run.slicesLeft = names()
}
