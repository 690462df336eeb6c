import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeClient } from '../kube/client.ts'
import {
  BEACON_LABEL,
  COMMAND_ANNOTATION,
  HEARTBEAT_ANNOTATION,
  KEEP_ANNOTATION,
  RESOURCES_ANNOTATION,
} from './ownership.ts'
import type { Resource } from './resource.ts'
import type { RunScope, ScopeOfExistingNamespace } from './run-scope.ts'
import { type Clock, readServerClock } from './server-clock.ts'

export const HEARTBEAT_INTERVAL_MS = 10_000
/** Clocks that are kept right by small steps move less than this. */
const CLOCK_TOLERANCE_MS = 1000

export interface BeaconOptions {
  /** Of the API server, as whoever looks for dead runs reads it too. */
  clock: Clock
  /** The command line that made the run. */
  command: string
  keep: boolean
  /** What clean-up has to remove; see clean-up.ts. */
  resources: readonly Resource[]
}

/** The annotations of the object that stands for the run: whoever finds it can see what made it and whether it lives. */
export function beaconAnnotations({ clock, command, keep, resources }: BeaconOptions): Record<string, string> {
  return {
    [COMMAND_ANNOTATION]: command,
    [HEARTBEAT_ANNOTATION]: clock().toISOString(),
    [RESOURCES_ANNOTATION]: JSON.stringify(resources),
    ...(keep ? { [KEEP_ANNOTATION]: 'true' } : {}),
  }
}

/** The object that carries the heartbeat: the first of the run's own namespaces, else a ConfigMap in the existing one. */
export function beaconPath(scope: RunScope): string {
  return scope.kind === 'existing-namespace'
    ? `/api/v1/namespaces/${scope.namespace}/configmaps/${beaconName(scope)}`
    : `/api/v1/namespaces/${scope.namespaces[0]}`
}

/** Makes the ConfigMap that stands for a run in an existing namespace. */
export async function createBeacon(
  client: KubeClient,
  scope: ScopeOfExistingNamespace,
  options: BeaconOptions,
  signal: AbortSignal,
): Promise<void> {
  const labels = { ...scope.labels, [BEACON_LABEL]: 'true' }
  const metadata = { name: beaconName(scope), labels, annotations: beaconAnnotations(options) }
  await client.create(
    `/api/v1/namespaces/${scope.namespace}/configmaps`,
    { apiVersion: 'v1', kind: 'ConfigMap', metadata },
    { signal },
  )
}

/**
 * Keeps the heartbeat fresh until disposed. A beat that fails is made up by the next: only 3 missed ones count.
 * @param clock read anew from the API server when that of this machine is set: a run must not look dead for that
 */
export function startHeartbeat(
  client: KubeClient,
  scope: RunScope,
  clock: Clock,
  intervalMs = HEARTBEAT_INTERVAL_MS,
): AsyncDisposable {
  const stop = new AbortController()
  // A run without namespaces of its own or of others has nothing that could be taken for dead.
  if (scope.kind === 'own-namespaces' && scope.namespaces.length === 0) stop.abort()
  const { signal } = stop
  const beat = async () => {
    let now = clock
    let setMs = wallClockSetMs()
    while (!signal.aborted) {
      await sleep(intervalMs, undefined, { signal }).catch(() => {})
      if (signal.aborted) return
      try {
        if (Math.abs(wallClockSetMs() - setMs) > CLOCK_TOLERANCE_MS) {
          now = await readServerClock(client, signal)
          setMs = wallClockSetMs()
        }
        const body = { metadata: { annotations: { [HEARTBEAT_ANNOTATION]: now().toISOString() } } }
        await client.patch(beaconPath(scope), body, { signal })
      } catch {
        // The next beat makes up for it.
      }
    }
  }
  const beating = beat()
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await beating
    },
  }
}

/** Changes when the clock of this machine is set, or has gone on while this program did not. */
function wallClockSetMs(): number {
  return Date.now() - performance.now()
}

function beaconName({ runId }: RunScope): string {
  return `perf-${runId}`
}
