import { setTimeout as sleep } from 'node:timers/promises'
import { PerfError } from '../../errors/perf-error.ts'
import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import type { Finding } from '../../record/run-record.ts'
import { type RunScope, scopeNamespaces, scopePath } from '../../run/run-scope.ts'
import { eventOfLine } from '../../workload/pods/pod-event.ts'
import type { PodTracker } from '../../workload/pods/pod-tracker.ts'
import type { TrackedPod } from '../../workload/pods/tracked-pod.ts'
import type { StartInstrument } from './instrument.ts'
import { logPodEvents, type PodEventFacts, type PodEventLog } from './pod-event-log.ts'
import { eventFindings, eventMetrics, imagePulls } from './pod-event-reading.ts'

/** Reasons that tell nothing that the watch of the pods does not. */
const LEFT_OUT = ['Scheduled', 'Created', 'Killing']
const SELECTOR = ['involvedObject.kind=Pod', ...LEFT_OUT.map((reason) => `reason!=${reason}`)].join(',')
/** Events that still come do so one after the other; a pause this long means that there are no more. */
const QUIET_MS = 1000
const POLL_MS = 20
const MOST_OBJECTS = 20

/**
 * Watches the events about the run's pods. A kubelet up to 1.34 writes sandbox, start and readiness into the status at
 * once, and pulls nowhere: its events tell when the sandbox was there, how long images were waited for and pulled, and
 * when containers started. They also tell what keeps a pod. Without the right to read events there is a finding instead.
 */
export const watchPodEvents: StartInstrument = async ({ client, plan: { scope }, tracker, signal }) => {
  const stop = new AbortController()
  const live = AbortSignal.any([signal, stop.signal])
  const log = logPodEvents()
  let fault: PerfError | undefined
  const endure = (error: unknown) => {
    if (live.aborted) return
    if (!(error instanceof PerfError)) throw error
    fault = error
  }
  const resourceVersion = await presentVersion(client, scope, signal).catch(endure)
  signal.throwIfAborted()
  const watching =
    resourceVersion === undefined ? undefined : follow(client, scope, resourceVersion, log, live).catch(endure)
  // Whoever stops the instrument gets to see it.
  watching?.catch(() => {})
  return {
    async read() {
      await untilComplete(tracker, log, signal)
      const facts = log.facts()
      const pods = tracker.pods().flatMap((pod) => {
        const known = facts.get(pod.uid ?? '')
        return known === undefined ? [] : [{ pod, facts: known }]
      })
      return {
        metrics: eventMetrics(pods),
        findings: [
          ...(fault === undefined ? [] : [unreadable(fault)]),
          ...unknownPulls(speakingPods(tracker, log), facts),
          ...eventFindings(pods),
        ],
        details: { imagePulls: imagePulls(pods) },
        podEvents: facts,
      }
    },
    async stop() {
      stop.abort()
      await watching
    },
  }
}

/** From where a watch has to begin to show all that happens from now on; a page of one event is enough to learn it. */
async function presentVersion(client: KubeClient, scope: RunScope, signal: AbortSignal): Promise<string | undefined> {
  const pages = client.listPages(scopePath(scope, 'events'), { limit: 1, signal })
  for await (const { resourceVersion } of pages) return resourceVersion
  return undefined
}

async function follow(
  client: KubeClient,
  scope: RunScope,
  resourceVersion: string,
  log: PodEventLog,
  signal: AbortSignal,
): Promise<void> {
  const namespaces = new Set(scopeNamespaces(scope))
  const options = { fieldSelector: SELECTOR, resourceVersion, signal, extract: eventOfLine }
  for await (const change of client.watch(scopePath(scope, 'events'), options)) {
    if (change.type === 'DELETED') continue
    for (const event of change.type === 'RELIST' ? change.items : [change.object]) {
      if (namespaces.has(event.metadata.namespace ?? '')) log.record(event, change.receivedMs)
    }
  }
}

/** Waits for the events of pods that are ready, where their kubelet writes any: that a container started is the last. */
async function untilComplete(tracker: PodTracker, log: PodEventLog, signal: AbortSignal): Promise<void> {
  const beganMs = performance.now()
  const isQuiet = () => performance.now() - Math.max(beganMs, log.latestMs) > QUIET_MS
  const isMissing = ({ uid = '' }: TrackedPod) => !log.started.has(uid)
  while (!signal.aborted && !isQuiet() && speakingPods(tracker, log).some(isMissing)) {
    await sleep(POLL_MS, undefined, { signal }).catch(() => {})
  }
}

/** Ready pods of kubelets that write events at all: fake nodes do not. */
function speakingPods(tracker: PodTracker, { nodes }: PodEventLog): TrackedPod[] {
  return tracker.pods().filter(({ node = '', passedMs }) => passedMs.ready !== undefined && nodes.has(node))
}

function unknownPulls(pods: readonly TrackedPod[], facts: ReadonlyMap<string, PodEventFacts>): Finding[] {
  const unknown = pods.filter(({ uid = '' }) => {
    const known = facts.get(uid)
    return known === undefined || known.pulls.length + known.imagesPresent === 0
  })
  if (unknown.length === 0) return []
  return [
    {
      severity: 'info',
      code: 'ImagePullUnknown',
      message: `Whether the image was pulled is not known of ${unknown.length} pods: their kubelets wrote no event of it`,
      objects: unknown.slice(0, MOST_OBJECTS).map(({ namespace, name }) => `${namespace}/${name}`),
      count: unknown.length,
    },
  ]
}

function unreadable(fault: PerfError): Finding {
  const isForbidden = isApiError(fault) && fault.code === 403
  return {
    severity: 'info',
    code: 'EventsUnreadable',
    message: `Image pulls, sandboxes and what events say of the pods are not known: ${fault.message}`,
    ...(isForbidden ? { advice: 'have list and watch allowed on events' } : {}),
  }
}
