import { PerfError } from '../../errors/perf-error.ts'
import { isApiError } from '../../kube/api-error.ts'
import { counted } from '../../record/counted.ts'
import { forEach } from '../../run/for-each.ts'
import { collectionPath, PODS } from '../../run/resource.ts'
import { objectName, type RunScope, scopeNamespaces } from '../../run/run-scope.ts'
import { timedPhase } from '../../run/timed-phase.ts'
import { untilGone } from '../../run/until-gone.ts'
import { canonicalImage } from '../../workload/images/image-reference.ts'
import { isFakeNode, isUsableNode, type NodeObject } from '../../workload/nodes/node-objects.ts'
import { isPullThrottled, notReadyReason } from '../../workload/pods/not-ready-reason.ts'
import { podOfLine } from '../../workload/pods/pod-line.ts'
import { ANY_USER, podManifest } from '../../workload/pods/pod-manifest.ts'
import type { PodObject } from '../../workload/pods/pod-status.ts'
import type { DensitySession } from '../session.ts'
import type { PreloadPlan } from './preload-plan.ts'

/** On the pods that only pull an image: the watch of the load leaves them out. */
export const PRELOAD_LABEL = 'kubectl-perf/preload'

/** No image has it: the container cannot start, and need not, once its image is there. */
const NO_COMMAND = '/kubectl-perf-only-pulls-the-image'
const CONCURRENCY = 20
const PULL_FAILED = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
])

/**
 * Pulls the images of the load on every node that may run it, so that pulls stay out of the measurement: one pod for
 * each node and image, bound to its node, gone before the load begins.
 * @throws PerfError when an image cannot be pulled
 */
export async function preload(session: DensitySession, plan: PreloadPlan): Promise<void> {
  const { client, run, signal } = session
  let nodes: NodeObject[]
  try {
    nodes = (await client.list<NodeObject>('/api/v1/nodes', { signal })).items
  } catch (error) {
    if (!isApiError(error) || error.code !== 403) throw error
    run.phases.push({ ...emptyPhase(), note: 'nodes cannot be listed: image pulls are part of the measurement' })
    return
  }
  const selector = { ...plan.nodeSelector, ...session.plan.load.preloadSelector }
  const usable = nodes.filter((node) => !isFakeNode(node) && isUsableNode(node, selector))
  const pulls = usable.flatMap((node) =>
    session.plan.load.images
      .filter((image) => plan.mode === 'always' || !reportsImage(node, image))
      .map((image) => ({ node: node.metadata.name, image })),
  )
  if (pulls.length === 0) {
    run.phases.push({ ...emptyPhase(), note: presentNote(usable.length) })
    return
  }
  await timedPhase(run.phases, 'preload', async (facts) => {
    const refused = await pull(session, pulls)
    const pulled = pulls.filter((one) => !refused.has(one))
    facts.count = pulled.length
    facts.note = pulledNote(new Set(pulled.map(({ node }) => node)).size, refused)
  })
}

function presentNote(nodes: number): string {
  if (nodes === 0) return 'no node pulls images'
  return nodes === 1 ? 'image on the only node' : `image on all ${nodes} nodes`
}

function pulledNote(nodes: number, refused: ReadonlyMap<Pull, string>): string {
  const [first, ...others] = new Map([...refused].map(([{ node }, reason]) => [node, reason]))
  if (first === undefined) return `pulled on ${counted(nodes, 'node')}`
  const [node, reason] = first
  const more = others.length === 0 ? '' : ` and ${counted(others.length, 'other')}`
  return `pulled on ${counted(nodes, 'node')}, not on ${node}${more} (${reason})`
}

function emptyPhase() {
  return { name: 'preload', startedAt: new Date().toISOString(), durationSeconds: 0 }
}

function reportsImage({ status }: NodeObject, image: string): boolean {
  const wanted = canonicalImage(image)
  return status?.images?.some(({ names }) => names?.some((name) => canonicalImage(name) === wanted)) === true
}

/** @returns those that a node did not take, with its reason */
async function pull(
  { client, plan, signal, lateSignal, progress }: DensitySession,
  pulls: readonly Pull[],
): Promise<ReadonlyMap<Pull, string>> {
  const { scope } = plan
  const path = collectionPath(PODS, scopeNamespaces(scope)[0] ?? '')
  const labelSelector = `${scope.selector},${PRELOAD_LABEL}`
  const limited = AbortSignal.any([signal, AbortSignal.timeout(plan.timeoutMs)])
  const { resourceVersion } = await client.list(path, { labelSelector, signal: limited })
  progress({ phase: 'preload', of: 'images', done: 0, total: pulls.length })
  const waiting = new Map(pulls.map((one, index) => [podName(scope, index), one]))
  const refused = new Map<Pull, string>()
  const creating = forEach(pulls.entries(), CONCURRENCY, limited, async ([index, one]) => {
    await client.create(path, pullingPod(podName(scope, index), one, scope), { signal: lateSignal })
  })
  try {
    await creating
    for await (const event of client.watch(path, {
      labelSelector,
      resourceVersion,
      signal: limited,
      extract: podOfLine,
    })) {
      for (const pod of event.type === 'RELIST' ? event.items : [event.object]) {
        const one = waiting.get(pod.metadata.name)
        if (one === undefined) continue
        if (!hasPulled(pod, one)) {
          const refusal = refusalOf(pod)
          if (refusal === undefined) continue
          refused.set(one, refusal)
        }
        waiting.delete(pod.metadata.name)
      }
      progress({ phase: 'preload', of: 'images', done: pulls.length - waiting.size, total: pulls.length })
      if (waiting.size === 0) break
    }
  } catch (error) {
    if (!limited.aborted || signal.aborted) throw error
    const [first] = waiting.values()
    throw new PerfError(
      `image ${first?.image} was not pulled on node ${first?.node} within ${plan.timeoutMs / 1000}s`,
      {
        advice: ['raise --timeout, or measure with the pulls: --preload never'],
      },
    )
  }
  await client.deleteCollection(path, { labelSelector, gracePeriodSeconds: 0, signal: limited })
  await untilGone(client, path, labelSelector, { signal: limited })
  return refused
}

interface Pull {
  node: string
  image: string
}

function podName(scope: RunScope, index: number): string {
  return objectName(scope, `preload-${index}`)
}

/** @throws PerfError when the kubelet says that the image cannot be pulled */
function hasPulled(pod: PodObject, pull: Pull): boolean {
  const [container] = pod.status?.containerStatuses ?? []
  const waiting = container?.state?.waiting
  const hasFailed =
    waiting?.reason !== undefined && PULL_FAILED.has(waiting.reason) && !isPullThrottled(waiting.message)
  if (hasFailed) {
    const { reason, message } = notReadyReason(pod)
    throw new PerfError(
      `image ${pull.image} cannot be pulled on node ${pull.node}: ${reason}${message === '' ? '' : `: ${message}`}`,
      {
        advice: ['check the name of the image, the registry, and --image-registry'],
      },
    )
  }
  const wasStarted = container?.state?.terminated !== undefined || (container?.imageID ?? '') !== ''
  const failedToStart = waiting?.reason === 'CreateContainerError' || waiting?.reason === 'RunContainerError'
  return wasStarted || failedToStart
}

/** Why a node did not take the pod at all, such as OutOfpods; undefined for one that it took. */
function refusalOf({ status }: PodObject): string | undefined {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded' ? (status.reason ?? status.phase) : undefined
}

/** Whatever policy or quota lets the pods of the load in lets it in too: it is as harmless, and its container never runs. */
function pullingPod(name: string, { node, image }: Pull, { labels }: RunScope): object {
  const manifest = podManifest(name, {
    image,
    labels: { ...labels, [PRELOAD_LABEL]: 'true' },
    activeDeadlineSeconds: 3600,
    tolerations: [{ operator: 'Exists' }],
    command: [NO_COMMAND],
    runAsUser: ANY_USER,
  }) as { spec: object }
  return {
    ...manifest,
    spec: { ...manifest.spec, nodeName: node, restartPolicy: 'Never', terminationGracePeriodSeconds: 0 },
  }
}
