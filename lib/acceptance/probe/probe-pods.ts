import { PerfError } from '../../errors/perf-error.ts'
import { forEach } from '../../run/for-each.ts'
import { collectionPath, PODS } from '../../run/resource.ts'
import { objectName } from '../../run/run-scope.ts'
import { timedPhase } from '../../run/timed-phase.ts'
import { pinnedPod } from '../../workload/pods/pinned-pod.ts'
import { type PodOptions, podManifest } from '../../workload/pods/pod-manifest.ts'
import { addressesOf, isReady, untilPods } from '../../workload/pods/until-pods.ts'
import type { Room } from './measure-in-scope.ts'
import type { ProbeNodes } from './probe-nodes.ts'
import type { ProbeParameters } from './probe-parameters.ts'

/** By which Services and NetworkPolicies select pods of a run. */
export const ROLE_LABEL = 'kubectl-perf/role'
/** At which every server pod echoes what comes by TCP. */
export const SERVER_PORT = 8078

const CONCURRENCY = 10
/** Any but root. */
const USER = 65_532
/** On a busy node a pod gets CPU by what it requests: with nothing, the probes would wait for that. */
const CPU_REQUEST = '100m'
/** Longer than any item takes; the kubelet ends pods that nobody is left to delete. */
const DEADLINE_SECONDS = 3600

export interface ProbePod {
  readonly name: string
  readonly node: string
  /** In the pod's order of families. */
  readonly address: string
  /** Of its node. */
  readonly hostAddress: string | undefined
}

export interface ProbePods {
  readonly clients: readonly ProbePod[]
  readonly servers: readonly ProbePod[]
}

/** Without knowledge of the nodes: two, which the scheduler spreads. */
const CLIENTS_ANYWHERE = 2

/**
 * Makes a client pod on each of the nodes and a server pod for each of the roles, and waits until all are ready.
 * @throws PerfError as soon as it is known that one will not be, and why
 */
export async function makeProbePods(
  room: Room,
  parameters: ProbeParameters,
  { names }: ProbeNodes,
  serverRoles: readonly string[],
): Promise<ProbePods> {
  const { scope, client, namespace, signal, lateSignal } = room
  const places = names ?? Array.from({ length: CLIENTS_ANYWHERE }, () => undefined)
  const wanted = [
    ...places.map((node, index) => ({ name: `client-${index}`, node, options: clientOptions(room, parameters) })),
    ...serverRoles.map((role) => ({ name: role, node: names?.[0], options: serverOptions(room, parameters, role) })),
  ].map(({ name, node, options }) => {
    const full = objectName(scope, name)
    return { name: full, manifest: node === undefined ? podManifest(full, options) : pinnedPod(full, options, node) }
  })
  await timedPhase(room.phases, 'pods', async (facts) => {
    facts.count = wanted.length
    await forEach(wanted, CONCURRENCY, signal, async ({ manifest }) => {
      await client.create(collectionPath(PODS, namespace), manifest, { signal: lateSignal })
    })
    await untilReady(
      room,
      parameters.timeoutMs,
      wanted.map(({ name }) => name),
    )
  })
  const made = wanted.map(({ name }) => probePod(room, name))
  return { clients: made.slice(0, places.length), servers: made.slice(places.length) }
}

/** @throws PerfError as soon as it is known that one will not be ready, and why */
export async function untilReady(room: Room, timeoutMs: number, names: readonly string[]): Promise<void> {
  const { pods, namespace, signal, onProgress } = room
  await untilPods({
    pods,
    namespace,
    names,
    isAsWanted: isReady,
    signal,
    limit: AbortSignal.timeout(timeoutMs),
    timeoutMs,
    onWaiting(_, left) {
      onProgress({ phase: 'pods', done: names.length - left, total: names.length })
    },
    advise: adviceFor,
  })
}

function adviceFor(reason: string, message: string): string | undefined {
  if (/Image/.test(reason)) return 'name another image, or its registry with --image-registry'
  if (/executable file not found|no such file or directory/.test(message)) {
    return 'clients need an image with bash, servers one with fortio'
  }
  return undefined
}

function probePod({ pods, namespace }: Room, name: string): ProbePod {
  const pod = pods.get(namespace, name)?.pod
  const [address] = pod === undefined ? [] : addressesOf(pod)
  if (pod === undefined || address === undefined) throw new PerfError(`pod ${name} has no address`)
  return { name, node: pod.spec?.nodeName ?? '', address, hostAddress: pod.status?.hostIP }
}

/** A pod that waits for what it is told to run. */
export function clientOptions({ scope }: Room, parameters: ProbeParameters): PodOptions {
  // As process 1, a shell heeds no signal that it does not trap.
  const wait = "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"
  return {
    ...common(parameters),
    image: parameters.image,
    labels: { ...scope.labels, [ROLE_LABEL]: 'client' },
    command: ['bash', '-c', wait],
    spread: 'client',
  }
}

function serverOptions({ scope }: Room, parameters: ProbeParameters, role: string): PodOptions {
  return {
    ...common(parameters),
    image: parameters.serverImage,
    labels: { ...scope.labels, [ROLE_LABEL]: role },
    command: ['fortio', 'tcp-echo', '-tcp-port', String(SERVER_PORT), '-loglevel', 'error'],
    readyPort: SERVER_PORT,
  }
}

function common({ tolerations, nodeSelector }: ProbeParameters) {
  return {
    runAsUser: USER,
    requests: { cpu: CPU_REQUEST },
    tolerations,
    nodeSelector: { 'kubernetes.io/os': 'linux', ...nodeSelector },
    activeDeadlineSeconds: DEADLINE_SECONDS,
  }
}
