import type { KubeClient } from '../../kube/client.ts'
import { collectionPath, PODS } from '../../run/resource.ts'
import { manifestText, type PodOptions, podManifest } from '../../workload/pods/pod-manifest.ts'
import type { WatchedPods } from '../../workload/pods/pod-watch.ts'
import { isReady, untilPods } from '../../workload/pods/until-pods.ts'
import { deleteIfThere } from './delete-if-there.ts'
import type { LoadStep } from './load-step.ts'
import { type LoadSize, loadSteps } from './load-steps.ts'

interface Parts {
  client: KubeClient
  namespace: string
  pod: PodOptions
  pods: WatchedPods
  signal: AbortSignal
  /** Of requests that make objects: they end when the run does. */
  lateSignal: AbortSignal
  /** For the pods of a step to be ready. */
  timeoutMs: number
}

/** Of no meaning to Kubernetes and no part of what Cilium leaves out: a change of it is a change of identity. */
const LABEL = 'perf-label'

/** Pods, whose agents write endpoints for them: made, labelled, churned, deleted. */
export function podSteps(size: LoadSize, parts: Parts): LoadStep[] {
  const { client, namespace, pod, pods, signal: runSignal, lateSignal: signal, timeoutMs } = parts
  const { count, churned } = size
  const path = collectionPath(PODS, namespace)
  const body = manifestText((name) => podManifest(name, pod))
  const nameOf = (index: number, round: number) => `pod-${index}${round === 0 ? '' : `-${round}`}`
  return loadSteps(size, {
    async create(index, round) {
      await client.request({ method: 'POST', path, body: body(nameOf(index, round)), signal })
    },
    async update(index) {
      await client.patch(`${path}/${nameOf(index, 0)}`, { metadata: { labels: { [LABEL]: 'updated' } } }, { signal })
    },
    remove: (index, round) => deleteIfThere(client, `${path}/${nameOf(index, round)}`, signal),
    // Clusters may leave any label out of identities.
    updatesAreSeen: false,
    settle: (round) =>
      untilPods({
        pods,
        namespace,
        names: Array.from({ length: count }, (_, index) => nameOf(index, index < churned ? round : 0)),
        isAsWanted: isReady,
        signal: runSignal,
        limit: AbortSignal.timeout(timeoutMs),
        timeoutMs,
        onWaiting: () => {},
        advise: () => undefined,
      }),
  })
}
