import { forEach } from '../../run/for-each.ts'
import { namespaceFor, objectName } from '../../run/run-scope.ts'
import type { PodObject } from '../../workload/pods/pod-status.ts'
import { addressesOf, isReady, isScheduled, untilPods } from '../../workload/pods/until-pods.ts'
import type { Endpoint } from '../pair.ts'
import type { NetperfSession } from '../session.ts'
import { longestRunSeconds } from '../traffic/longest-run.ts'
import { creationWaves } from './arrangement.ts'
import { trafficPod } from './traffic-pod.ts'
import type { WantedPod } from './wanted-pod.ts'

const CONCURRENCY = 20

/**
 * Makes the pods, those first that others find their place by, and waits until all are ready.
 * @returns where each is, by its name in the arrangement
 * @throws PerfError as soon as it is known that a pod will not get ready, and why; ApiError when one is refused
 */
export async function makePods(
  session: NetperfSession,
  wanted: readonly WantedPod[],
  zoneOf: (node: string) => string | undefined,
): Promise<Map<string, Endpoint>> {
  const { client, plan, signal, lateSignal } = session
  const namespace = namespaceFor(plan.scope, 0)
  const deadlineSeconds = longestRunSeconds(plan)
  const limit = AbortSignal.timeout(plan.timeoutMs)
  const waves = creationWaves(wanted)
  for (const [index, wave] of waves.entries()) {
    await forEach(wave, CONCURRENCY, signal, async (pod) => {
      const manifest = trafficPod(pod, plan, deadlineSeconds)
      await client.create(`/api/v1/namespaces/${namespace}/pods`, manifest, { signal: lateSignal })
    })
    const isLast = index === waves.length - 1
    await untilAll(
      session,
      wanted,
      isLast ? { wave: wanted, isAsWanted: isReady } : { wave, isAsWanted: isScheduled },
      limit,
    )
  }
  return new Map(
    wanted.map(({ name, hostNetwork }) => {
      const pod = session.pods.get(namespace, objectName(plan.scope, name))?.pod
      const node = pod?.spec?.nodeName ?? ''
      const zone = zoneOf(node)
      const endpoint: Endpoint = {
        namespace,
        pod: objectName(plan.scope, name),
        node,
        ...(zone === undefined ? {} : { zone }),
        hostNetwork,
        addresses: pod === undefined ? [] : addressesOf(pod),
        nodeAddresses: nodeAddressesOf(pod),
      }
      return [name, endpoint]
    }),
  )
}

function nodeAddressesOf(pod: PodObject | undefined): string[] {
  const { hostIPs, hostIP } = pod?.status ?? {}
  return hostIPs?.map(({ ip }) => ip) ?? (hostIP === undefined ? [] : [hostIP])
}

/** Waits until the pods of a wave are as they should be, and tells how many of all are ready. */
function untilAll(
  { pods, signal, plan, host }: NetperfSession,
  all: readonly WantedPod[],
  { wave, isAsWanted }: { wave: readonly WantedPod[]; isAsWanted: (pod: PodObject) => boolean },
  limit: AbortSignal,
): Promise<void> {
  const namespace = namespaceFor(plan.scope, 0)
  const isThere = ({ name }: WantedPod) => {
    const pod = pods.get(namespace, objectName(plan.scope, name))?.pod
    return pod !== undefined && isReady(pod)
  }
  return untilPods({
    pods,
    namespace,
    names: wave.map(({ name }) => objectName(plan.scope, name)),
    isAsWanted,
    signal,
    limit,
    timeoutMs: plan.timeoutMs,
    onWaiting(waiting) {
      host.onProgress({ phase: 'pods', total: all.length, done: all.filter(isThere).length, waiting })
    },
    advise: adviceFor,
  })
}

function adviceFor(name: string, message: string): string | undefined {
  if (/Image/.test(name)) {
    return 'name another image with --image, its registry with --image-registry, a secret for it with --image-pull-secret'
  }
  if (/executable file not found|no such file or directory/.test(message)) {
    return 'the image has not got what the engine needs: name another with --image or --engine'
  }
  if (/affinity|topology spread/.test(name)) {
    return 'this placement leaves no node for it: use fewer pods with --ratio, or --placement any'
  }
  return undefined
}
