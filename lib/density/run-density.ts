import type { KubeClient } from '../kube/client.ts'
import { lateSignal } from '../run/late-signal.ts'
import { startHeartbeat } from '../run/run-beacon.ts'
import { type RunScope, scopePath } from '../run/run-scope.ts'
import { readServerClock } from '../run/server-clock.ts'
import { podOfLine } from '../workload/pods/pod-line.ts'
import { trackPods } from '../workload/pods/pod-tracker.ts'
import { logRequests } from '../workload/request-log.ts'
import { makeScope, removeScope } from '../workload/scope.ts'
import { METRIC_OF } from './assessment/milestone-metrics.ts'
import type { DensityHost } from './density-host.ts'
import { type DensityPlan, madeResources } from './density-plan.ts'
import type { DensityRun } from './density-run.ts'
import type { Instrument } from './instruments/instrument.ts'
import { monitorLoopDelay } from './instruments/loop-delay.ts'
import { deleteLoad } from './phases/delete-load.ts'
import { PRELOAD_LABEL, preload } from './phases/preload.ts'
import { runLoadPhase } from './phases/run-load.ts'
import type { DensitySession } from './session.ts'

/**
 * Makes the namespaces of the plan, does the phases of its load, follows each pod by a watch, and removes everything,
 * also when it fails or is stopped.
 */
export async function runDensity(client: KubeClient, plan: DensityPlan, host: DensityHost): Promise<DensityRun> {
  const { scope, load } = plan
  const tracker = trackPods()
  tracker.subscribe((pod, milestone, atMs) =>
    host.onMeasured(METRIC_OF[milestone], pod, atMs, (atMs - pod.sentMs) / 1000),
  )
  const run: DensityRun = {
    phases: [],
    jobs: [],
    uuid: load.uuid,
    churns: [],
    planned: load.pods,
    pods: [],
    waitedFor: load.phases.some(({ waitsForPods }) => waitsForPods) ? plan.waitFor : 'none',
    deleteSentMs: new Map(),
    requests: [],
    readings: [],
    leftBehind: [],
  }
  const stop = new AbortController()
  const signal = AbortSignal.any([host.signal, stop.signal])
  const session: DensitySession = {
    client,
    plan,
    tracker,
    run,
    signal,
    lateSignal: lateSignal(signal),
    progress: host.onProgress,
  }
  const made = { resources: madeResources(plan), phases: run.phases, onProgress: host.onProgress }
  const clock = await readServerClock(client, host.signal)
  const requests = logRequests(client)
  const heartbeat = startHeartbeat(client, scope, clock)
  const loop = monitorLoopDelay()
  const instruments: Instrument[] = []
  let watching = Promise.resolve()
  try {
    // The watch first, and open: no event waits for it.
    const { resourceVersion } = await client.list(scopePath(scope, 'pods'), {
      labelSelector: loadSelector(scope),
      signal: session.signal,
    })
    const open = Promise.withResolvers<void>()
    session.signal.addEventListener('abort', () => open.resolve(), { once: true })
    watching = followPods(session, resourceVersion, stop, open.resolve)
    await open.promise
    await makeScope(client, plan, {
      ...made,
      clock,
      metadataOf: load.namespaceMetadata,
      signal: session.signal,
      lateSignal: session.lateSignal,
    })
    const { preload: pulls } = plan
    if (pulls !== undefined && load.images.length > 0) await requests.without(() => preload(session, pulls))
    for (const start of host.instruments) instruments.push(await start(session))
    loop.lap()
    try {
      for (const phase of load.phases) await runLoadPhase(session, phase)
    } finally {
      run.loopDelay = loop.lap()
      // Also of a load that failed: why it did is what people want to know.
      for (const instrument of instruments) run.readings.push(await instrument.read())
    }
    tracker.expectDeletions()
    loop.lap()
    if (!plan.keep) await deleteLoad(session)
    run.deletionLoopDelay = loop.lap()
  } catch (error) {
    run.failure = stop.signal.aborted ? stop.signal.reason : error
  } finally {
    tracker.expectDeletions()
    // Whatever an instrument does, the cluster is cleaned up.
    const stopped = await Promise.allSettled(instruments.map(async (instrument) => instrument.stop()))
    for (const result of stopped) if (result.status === 'rejected') run.failure ??= result.reason
    if (!plan.keep) run.leftBehind = await removeScope(client, plan, made)
    await heartbeat[Symbol.asyncDispose]()
    stop.abort()
    await watching
    run.pods = tracker.pods()
    run.requests = requests.metrics()
    requests[Symbol.dispose]()
    loop[Symbol.dispose]()
  }
  return run
}

/** Feeds the tracker from a watch until `stop` ends; a watch that fails for good ends the run. */
async function followPods(
  { client, plan: { scope }, tracker }: DensitySession,
  resourceVersion: string,
  stop: AbortController,
  onOpen: () => void,
): Promise<void> {
  const { signal } = stop
  const options = { labelSelector: loadSelector(scope), resourceVersion, signal, onOpen, extract: podOfLine }
  try {
    for await (const event of client.watch(scopePath(scope, 'pods'), options)) {
      if (event.type === 'RELIST') tracker.resync(event.items, event.receivedMs)
      else tracker.observe(event.type, event.object, event.receivedMs)
    }
  } catch (error) {
    if (!signal.aborted) stop.abort(error)
  }
}

function loadSelector({ selector }: RunScope): string {
  return `${selector},!${PRELOAD_LABEL}`
}
