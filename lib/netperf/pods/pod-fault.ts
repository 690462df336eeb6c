import { isApiError } from '../../kube/api-error.ts'
import { isConnectionError } from '../../kube/connection-error.ts'
import { condition, type PodObject } from '../../workload/pods/pod-status.ts'
import type { WatchedPod } from '../../workload/pods/pod-watch.ts'
import { MeasurementFault } from '../measurement-fault.ts'
import type { Endpoint, Pair } from '../pair.ts'
import type { NetperfSession } from '../session.ts'

/** A kubelet tells within it what has become of a container, on a busy node too; mostly it takes a second. */
const STATUS_DELAY_MS = 5000

/** What a pod was like when the traffic began: its containers' restarts, by name. */
export type Restarts = ReadonlyMap<string, number>

/** An exec that did not come to its end, as a fault of the measurement. */
export function execFault(error: unknown): MeasurementFault {
  const message = (error instanceof Error ? error.message : String(error)).replace(/^error: /, '')
  const isLate = isConnectionError(error) ? error.kind === 'timeout' : !isApiError(error) && /did not end/.test(message)
  return new MeasurementFault(isLate ? 'TimedOut' : 'ExecFailed', message, { cause: error })
}

/** Could the end of a pod show itself like this? What the tool itself says of its server's doings could not. */
export function mayBeOfPod({ code }: MeasurementFault): boolean {
  return !['ServerBusy', 'ToolMissing', 'TooMuchLoss', 'NameNotResolved', 'PodGone', 'NodeNotReady'].includes(code)
}

/**
 * Looks whether one of the pair's pods has met with something that explains a fault; waits a little for its status.
 * @returns the fault as it was where nothing does
 */
export async function explainByPods(
  { pods, signal }: Pick<NetperfSession, 'pods' | 'signal'>,
  { client, server }: Pair,
  restarts: Restarts,
  fault: MeasurementFault,
): Promise<MeasurementFault> {
  const look = () => {
    for (const [role, endpoint] of [
      ['client', client],
      ['server', server],
    ] as const) {
      const what = whatBecameOf(pods.get(endpoint.namespace, endpoint.pod), restarts)
      if (what !== undefined) return describe(role, endpoint, what)
    }
    return undefined
  }
  try {
    const message = await pods.until(look, AbortSignal.any([signal, AbortSignal.timeout(STATUS_DELAY_MS)]))
    return new MeasurementFault('PodGone', message, { cause: fault })
  } catch {
    signal.throwIfAborted()
    return fault
  }
}

function describe(role: string, { pod, node }: Endpoint, what: string): string {
  return `${role} pod ${pod} on ${node} ${what}`
}

/** What ended a pod or one of its containers, in a few words; undefined: nothing did. */
export function whatBecameOf(watched: WatchedPod | undefined, restarts: Restarts): string | undefined {
  if (watched === undefined) return undefined
  const { pod, isGone } = watched
  const { status, metadata } = pod
  if (status?.phase === 'Failed') {
    return `failed: ${[status.reason, status.message].filter((part) => part !== undefined && part !== '').join(': ')}`
  }
  // Its containers end with it, which explains nothing.
  if (isGone || metadata.deletionTimestamp !== undefined) return evictionOf(pod) ?? 'was deleted by somebody else'
  return endOfContainer(pod, restarts)
}

function endOfContainer({ metadata, status }: PodObject, restarts: Restarts): string | undefined {
  for (const { name, restartCount = 0, state, lastState } of status?.containerStatuses ?? []) {
    const ended = state?.terminated ?? lastState?.terminated
    const before = restarts.get(`${metadata.namespace}/${metadata.name}/${name}`) ?? 0
    if (ended === undefined || (restartCount <= before && state?.terminated === undefined)) continue
    const { reason = 'Error', exitCode } = ended
    if (reason === 'OOMKilled') return `was killed: its container ${name} was out of memory (OOMKilled)`
    return `lost its container ${name}: ${reason}${exitCode === undefined ? '' : `, exit code ${exitCode}`}`
  }
  return undefined
}

/** Since Kubernetes 1.26 a pod says itself who disrupts it (the condition DisruptionTarget). */
function evictionOf(pod: PodObject): string | undefined {
  const disruption = condition(pod, 'DisruptionTarget')
  if (disruption?.status !== 'True') return undefined
  return `was evicted: ${disruption.message ?? disruption.reason ?? 'DisruptionTarget'}`
}

/** How often each container was started again so far, to compare with. */
export function restartsOf(pods: readonly WatchedPod[]): Restarts {
  return new Map(
    pods.flatMap(({ pod: { metadata, status } }) =>
      (status?.containerStatuses ?? []).map(
        ({ name, restartCount = 0 }) => [`${metadata.namespace}/${metadata.name}/${name}`, restartCount] as const,
      ),
    ),
  )
}
