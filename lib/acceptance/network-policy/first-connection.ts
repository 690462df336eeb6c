import { PerfError } from '../../errors/perf-error.ts'
import { collectionPath, PODS } from '../../run/resource.ts'
import { objectName } from '../../run/run-scope.ts'
import { notReadyReason, reasonName } from '../../workload/pods/not-ready-reason.ts'
import { pinnedPod } from '../../workload/pods/pinned-pod.ts'
import type { Room } from '../probe/measure-in-scope.ts'
import { ATTEMPT_LIMIT_SECONDS, PAUSE_SECONDS, type Prober } from '../probe/open-prober.ts'
import { clientOptions, type ProbePod, SERVER_PORT } from '../probe/probe-pods.ts'
import { FIRST_CONNECTION_SCRIPT } from '../probe/probe-script.ts'
import type { NetworkPolicyParameters } from './network-policy-parameters.ts'

export interface FirstConnection {
  readonly node: string
  /** The request that makes the pod was sent until it had its first connection. */
  readonly sinceCreatedSeconds: number
  /** Its container had started. */
  readonly sinceStartedSeconds: number
  readonly attempts: number
  readonly resolutionSeconds: number
}

/**
 * Makes a pod that policies let through, on the node of the prober whose clock tells the time there, and waits for its
 * first connection.
 * @throws PerfError where it gets none in time, and why
 */
export async function firstConnection(
  room: Room,
  parameters: NetworkPolicyParameters,
  { prober, server, index }: { prober: Prober; server: ProbePod; index: number },
): Promise<FirstConnection> {
  const { client, scope, namespace, pods, signal, lateSignal } = room
  const name = objectName(scope, `newcomer-${index}`)
  const { node } = prober.pod
  await prober.readClock()
  const sentMs = performance.now()
  const manifest = newcomer(room, parameters, { name, node, server })
  await client.create(collectionPath(PODS, namespace), manifest, { signal: lateSignal })
  const limit = AbortSignal.timeout(parameters.timeoutMs)
  const look = () => {
    const pod = pods.get(namespace, name)?.pod
    const message = pod?.status?.containerStatuses?.[0]?.state?.terminated?.message
    return message === undefined ? undefined : parseFirstConnection(message)
  }
  const { beganMicros, endMicros, attempts } = await pods
    .until(look, AbortSignal.any([signal, limit]))
    .catch((error: unknown) => {
      if (signal.aborted || !limit.aborted) throw error
      const pod = pods.get(namespace, name)?.pod
      const why = pod === undefined ? 'it was not seen' : reasonName(notReadyReason(pod))
      throw new PerfError(
        `pod ${name} on ${node}, which a NetworkPolicy lets through, got no connection within ${parameters.timeoutMs / 1000}s: ${why}`,
      )
    })
  return {
    node,
    sinceCreatedSeconds: (prober.toMs(endMicros) - sentMs) / 1000,
    sinceStartedSeconds: (endMicros - beganMicros) / 1e6,
    attempts,
    resolutionSeconds: ATTEMPT_LIMIT_SECONDS + PAUSE_SECONDS,
  }
}

/** What the script leaves as the termination message. */
export function parseFirstConnection(message: string) {
  const [, began, end, attempts] = /^(\d+) (\d+) (\d+)\s*$/.exec(message) ?? []
  if (attempts === undefined) throw new PerfError(`a pod says something else than when it connected: ${message}`)
  return { beganMicros: Number(began), endMicros: Number(end), attempts: Number(attempts) }
}

function newcomer(
  room: Room,
  parameters: NetworkPolicyParameters,
  { name, node, server }: { name: string; node: string; server: ProbePod },
): object {
  const options = clientOptions(room, parameters)
  const words = [String(ATTEMPT_LIMIT_SECONDS), server.address, String(SERVER_PORT)]
  // A label of its own makes it a stranger to network plugins that tell pods apart by their labels.
  const labels = { ...options.labels, 'kubectl-perf/newcomer': name }
  const command = ['bash', '-c', FIRST_CONNECTION_SCRIPT, 'bash', ...words]
  const manifest = pinnedPod(name, { ...options, labels, command }, node) as { spec: object }
  return { ...manifest, spec: { ...manifest.spec, restartPolicy: 'Never' } }
}
