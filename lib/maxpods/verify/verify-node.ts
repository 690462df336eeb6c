import { PerfError } from '../../errors/perf-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import type { Finding, Phase } from '../../record/run-record.ts'
import { forEach } from '../../run/for-each.ts'
import { lateSignal } from '../../run/late-signal.ts'
import { collectionPath, PODS } from '../../run/resource.ts'
import { startHeartbeat } from '../../run/run-beacon.ts'
import { namespaceFor, objectName } from '../../run/run-scope.ts'
import { readServerClock } from '../../run/server-clock.ts'
import { timedPhase } from '../../run/timed-phase.ts'
import { notReadyReason, reasonName } from '../../workload/pods/not-ready-reason.ts'
import { type Occupants, type PrioritizedPod, priorityOf, readOccupants } from '../../workload/pods/occupants.ts'
import { pinnedPod } from '../../workload/pods/pinned-pod.ts'
import { manifestText } from '../../workload/pods/pod-manifest.ts'
import { condition, type PodObject } from '../../workload/pods/pod-status.ts'
import { type WatchedPods, watchPods } from '../../workload/pods/pod-watch.ts'
import { makeScope, removeScope, type ScopePlan, type ScopeProgress } from '../../workload/scope.ts'

/** What a node was filled to. */
export interface Verification {
  node: string
  maximum: number
  /** Pods that were there before. */
  before: number
  created: number
  /** Of those that were created. */
  ready: number
  /** All pods of the node when it was full, one more that was tried not counted. */
  running: number
  /** What became of one more pod. */
  further?: string
  proven: boolean
}

export interface VerifyPlan extends ScopePlan {
  node: string
  /** What there should be room for. */
  maximum: number
  image: string
}

export interface VerifyProgress {
  phase: ScopeProgress['phase'] | 'fill' | 'one more'
  done: number
  total: number
}

export interface VerifyRun {
  phases: Phase[]
  /** Undefined where it did not come as far. */
  verification?: Verification
  failure?: unknown
  leftBehind: Finding[]
}

const CONCURRENCY = 20
/** One pod too many is refused within milliseconds; one that the scheduler takes but the network does not is waited for. */
const FURTHER_TIMEOUT_MS = 20_000
const TOO_MANY = 'Too many pods'
/** The kubelet ends what nobody is left to delete. */
const DEADLINE_MARGIN_SECONDS = 600

/**
 * Fills a node with pods that request nothing until its maximum is reached, tries one more, counts, and removes them all:
 * also when it fails or is stopped.
 */
export async function verifyNode(
  client: KubeClient,
  plan: VerifyPlan,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: VerifyProgress) => void },
): Promise<VerifyRun> {
  const { scope, node, maximum } = plan
  const run: VerifyRun = { phases: [], leftBehind: [] }
  const made = { resources: [PODS], phases: run.phases, onProgress }
  const late = lateSignal(signal)
  const clock = await readServerClock(client, signal)
  const heartbeat = startHeartbeat(client, scope, clock)
  const namespace = namespaceFor(scope, 0)
  const path = collectionPath(PODS, namespace)
  const body = manifestText((name) => pinnedPod(name, podOptions(plan), node))
  const create = (name: string) => client.create(path, body(name), { signal: late }).then(() => {})
  let pods: WatchedPods | undefined
  try {
    await makeScope(client, plan, { ...made, clock, signal, lateSignal: late })
    pods = await watchPods(client, path, scope.selector, signal)
    const asked = await client.create<PrioritizedPod>(path, body('one-more'), { query: { dryRun: 'All' }, signal })
    const before = (await requireLowestPriority(client, node, asked, signal)).pods
    const names = Array.from({ length: Math.max(0, maximum - before) }, (_, index) => objectName(scope, `pod-${index}`))
    const fill = { pods, namespace, names, onProgress, timeoutMs: plan.timeoutMs, signal }
    const ready = await timedPhase(run.phases, 'fill', async (facts) => {
      await forEach(names, CONCURRENCY, signal, create)
      facts.count = names.length
      return untilFull(fill)
    })
    const further = await timedPhase(run.phases, 'one more', async () => {
      onProgress({ phase: 'one more', done: 0, total: 1 })
      const name = objectName(scope, 'one-more')
      await create(name)
      return whatBecomesOf(fill.pods, namespace, name, signal)
    })
    const { pods: now } = await readOccupants(client, priorityOf(asked), { node, signal })
    const running = now - (further.isOnNode ? 1 : 0)
    const proven = running === maximum && ready === names.length && further.isRefused
    run.verification = { node, maximum, before, created: names.length, ready, running, further: further.text, proven }
  } catch (error) {
    run.failure = error
  } finally {
    await pods?.[Symbol.asyncDispose]()
    run.leftBehind = await removeScope(client, plan, made)
    await heartbeat[Symbol.asyncDispose]()
  }
  return run
}

function podOptions({ image, scope, timeoutMs }: VerifyPlan) {
  return {
    image,
    labels: scope.labels,
    // They have to go where the number of pods is the only thing that keeps them away.
    requests: { cpu: '0', memory: '0' },
    tolerations: [{ operator: 'Exists' as const }],
    activeDeadlineSeconds: Math.ceil(timeoutMs / 1000) + DEADLINE_MARGIN_SECONDS,
  }
}

/**
 * For a pod too many the scheduler removes one of a lower priority, so there must be none on the node.
 * @param asked one of the pods, with the priority that the cluster gives it
 * @throws PerfError where there is one
 */
async function requireLowestPriority(
  client: KubeClient,
  node: string,
  asked: PrioritizedPod,
  signal: AbortSignal,
): Promise<Occupants> {
  const occupants = await readOccupants(client, priorityOf(asked), { node, signal })
  const { least } = occupants
  if (least === undefined) return occupants
  const { namespace, name } = least.metadata
  throw new PerfError(
    `node ${node} runs pod ${namespace}/${name} of priority ${priorityOf(least)}, which the scheduler would remove for one of priority ${priorityOf(asked)} too many`,
    { advice: ['verify a node without pods of a lower priority'] },
  )
}

interface Fill {
  pods: WatchedPods
  namespace: string
  names: readonly string[]
  onProgress: (progress: VerifyProgress) => void
  timeoutMs: number
  signal: AbortSignal
}

/**
 * Waits until every pod is ready, or refused for what the node is filled with.
 * @returns how many are ready
 * @throws PerfError when one is not, and why
 */
async function untilFull({ pods, namespace, names, onProgress, timeoutMs, signal }: Fill): Promise<number> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const look = (): number | undefined => {
    let ready = 0
    let refused = 0
    for (const name of names) {
      const pod = pods.get(namespace, name)?.pod
      if (pod === undefined) continue
      if (condition(pod, 'Ready')?.status === 'True') ready += 1
      else if (refusal(pod) === TOO_MANY) refused += 1
      else if (isHopeless(pod)) throw notReady(pod)
    }
    onProgress({ phase: 'fill', done: ready, total: names.length })
    return ready + refused === names.length ? ready : undefined
  }
  try {
    return await pods.until(look, AbortSignal.any([signal, timeout]))
  } catch (error) {
    if (signal.aborted || !timeout.aborted) throw error
    const late = names.map((name) => pods.get(namespace, name)?.pod).find((pod) => pod !== undefined && !isReady(pod))
    if (late !== undefined) throw notReady(late)
    throw new PerfError(`the pods were not there within ${timeoutMs / 1000}s`, { advice: ['raise --timeout'] })
  }
}

interface Further {
  text: string
  isRefused: boolean
  /** The scheduler has put it there. */
  isOnNode: boolean
}

async function whatBecomesOf(
  pods: WatchedPods,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<Further> {
  const timeout = AbortSignal.timeout(FURTHER_TIMEOUT_MS)
  const look = (): Further | undefined => {
    const pod = pods.get(namespace, name)?.pod
    if (pod === undefined) return undefined
    if (isReady(pod)) return { text: 'it became ready', isRefused: false, isOnNode: true }
    const reason = refusal(pod)
    return reason === undefined ? undefined : { text: `refused: ${reason}`, isRefused: true, isOnNode: false }
  }
  try {
    return await pods.until(look, AbortSignal.any([signal, timeout]))
  } catch (error) {
    if (signal.aborted || !timeout.aborted) throw error
    const pod = pods.get(namespace, name)?.pod
    const reason = pod === undefined ? 'not seen' : reasonName(notReadyReason(pod))
    const text = `not ready after ${FURTHER_TIMEOUT_MS / 1000}s: ${reason}`
    return { text, isRefused: true, isOnNode: pod?.spec?.nodeName !== undefined }
  }
}

function isReady(pod: PodObject): boolean {
  return condition(pod, 'Ready')?.status === 'True'
}

/** Why the scheduler does not place it; undefined where it has, or has not looked yet. */
function refusal(pod: PodObject): string | undefined {
  if (condition(pod, 'PodScheduled')?.status !== 'False') return undefined
  return reasonName(notReadyReason(pod))
}

/** It is on no way to being ready: the image, or a reason of the scheduler's that is not the number of pods. */
function isHopeless(pod: PodObject): boolean {
  const { isFinal, reason } = notReadyReason(pod)
  return isFinal || reason === 'Unschedulable'
}

function notReady(pod: PodObject): PerfError {
  const why = notReadyReason(pod)
  return new PerfError(
    `pod ${pod.metadata.name} is not ready: ${[reasonName(why), why.message].filter(Boolean).join(': ')}`,
    {
      advice: ['raise --timeout if the node is just slow'],
    },
  )
}
