import { PerfError } from '../../errors/perf-error.ts'
import { runInPod } from '../../kube/streams/run-in-pod.ts'
import { forEach } from '../../run/for-each.ts'
import { engineImages } from '../engines/engine-images.ts'
import { MissingEngine } from '../engines/missing-engine.ts'
import type { Endpoint } from '../pair.ts'
import type { NetperfSession } from '../session.ts'
import { LISTENING_SCRIPT, PROGRAMS_SCRIPT } from '../traffic/shell-scripts.ts'
import type { WantedContainer, WantedPod } from './wanted-pod.ts'

const CONCURRENCY = 20
const LISTENING_TRIES = 100
/** Very many pods at once begin few commands a second. */
const EXEC_TIMEOUT_MS = 60_000

/**
 * Looks into the containers that have a shell whether the engines' programs are there and their servers listen.
 * @throws MissingEngine when an image lacks one; PerfError naming the pod and the port that nothing listens on
 */
export async function checkPods(
  session: NetperfSession,
  wanted: readonly WantedPod[],
  endpoints: ReadonlyMap<string, Endpoint>,
): Promise<void> {
  const containers = wanted.flatMap((pod) => {
    const endpoint = endpoints.get(pod.name)
    return endpoint === undefined ? [] : pod.containers.map((container) => ({ endpoint, container }))
  })
  const withShell = containers.filter(({ container }) => container.hasShell)
  // The same image has the same programs everywhere.
  const images = new Map(withShell.map((place) => [place.container.image, place]))
  await Promise.all([
    ...[...images.values()].map((place) => checkPrograms(session, place)),
    forEach(withShell, CONCURRENCY, session.signal, (place) => checkListening(session, place)),
  ])
}

interface Place {
  readonly endpoint: Endpoint
  readonly container: WantedContainer
}

async function checkPrograms(session: NetperfSession, place: Place): Promise<void> {
  const { image, engines } = place.container
  const known = new Set(Object.values(engineImages).flatMap(({ programs }) => programs))
  const { stdout } = await runIn(session, place, PROGRAMS_SCRIPT, [...known])
  const present = new Set(stdout.split('\n').filter((line) => line !== ''))
  const missing = engines.find((engine) => engineImages[engine].programs.some((program) => !present.has(program)))
  if (missing !== undefined) throw new MissingEngine(image, missing, present)
}

async function checkListening(session: NetperfSession, place: Place): Promise<void> {
  const { endpoint, container } = place
  if (container.processes.length === 0) return
  const ports = container.processes.map(({ port }) => port.toString(16).toUpperCase().padStart(4, '0'))
  const { exitCode, stdout } = await runIn(session, place, LISTENING_SCRIPT, [String(LISTENING_TRIES), ...ports])
  if (exitCode === 0) return
  const missing = stdout
    .trim()
    .split(' ')
    .map((port) => Number.parseInt(port, 16))
  const engines = container.processes.filter(({ port }) => missing.includes(port)).map(({ engine }) => engine)
  throw new PerfError(
    `the ${[...new Set(engines)].join(' and ')} server in pod ${endpoint.pod} on ${endpoint.node} does not listen on port ${missing.join(', ')}`,
    {
      advice: [
        `kubectl logs -n ${endpoint.namespace} ${endpoint.pod} -c ${container.name} shows what it says (with --keep)`,
      ],
    },
  )
}

function runIn({ client, signal }: NetperfSession, { endpoint, container }: Place, script: string, words: string[]) {
  const { namespace, pod } = endpoint
  const target = { namespace, pod, container: container.name }
  return runInPod(client, target, ['sh', '-c', script, 'sh', ...words], { signal, timeoutMs: EXEC_TIMEOUT_MS })
}
