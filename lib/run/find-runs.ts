import { type ApiError, isApiError } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import {
  BEACON_LABEL,
  COMMAND_ANNOTATION,
  HEARTBEAT_ANNOTATION,
  KEEP_ANNOTATION,
  MANAGED_BY,
  MANAGED_BY_LABEL,
  RESOURCES_ANNOTATION,
} from './ownership.ts'
import { isResource, type Resource } from './resource.ts'
import { runIdOf } from './run-scope.ts'

/** A run of which the cluster still holds objects. */
export interface FoundRun {
  runId: string
  /** The namespaces it made. */
  namespaces: string[]
  /** Existing namespaces in which it left objects. */
  guestIn: string[]
  /** Its last sign of life, in ms since the epoch; undefined where nothing carries one. */
  heartbeatMs?: number
  command?: string
  /** What it made outside of its own namespaces. */
  resources: readonly Resource[]
  /** Left on purpose, by --keep. */
  kept: boolean
}

interface OwnedObject {
  metadata: {
    name: string
    namespace?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
  }
}

/** A run that has shown no sign of life for so long is dead: three heartbeats. */
export const DEAD_AFTER_MS = 30_000

/**
 * Finds all runs by their labels.
 * @param namespace look there alone; undefined: in the whole cluster
 * @param onUnseen told that runs in namespaces that were there before may not be looked for, where those with namespaces of
 *   their own may; without it that is thrown
 */
export async function findRuns(
  client: KubeClient,
  namespace: string | undefined,
  signal: AbortSignal,
  onUnseen?: (refusal: ApiError) => void,
): Promise<FoundRun[]> {
  const runs = new Map<string, FoundRun>()
  const managed = `${MANAGED_BY_LABEL}=${MANAGED_BY}`
  const collect = async (
    path: string,
    labelSelector: string,
    take: (run: FoundRun, object: OwnedObject) => void,
  ): Promise<void> => {
    const { items } = await client.list<OwnedObject>(path, { labelSelector, signal })
    for (const object of items) {
      const runId = runIdOf(object)
      if (runId === undefined) continue
      const run = runs.get(runId) ?? { runId, namespaces: [], guestIn: [], resources: [], kept: false }
      runs.set(runId, run)
      take(run, object)
      readBeacon(run, object)
    }
  }
  if (namespace === undefined) {
    await collect('/api/v1/namespaces', managed, (run, { metadata }) => run.namespaces.push(metadata.name))
  }
  const configMaps = `/api/v1${namespace === undefined ? '' : `/namespaces/${namespace}`}/configmaps`
  await collect(configMaps, `${managed},${BEACON_LABEL}`, (run, { metadata }) => {
    if (metadata.namespace !== undefined) run.guestIn.push(metadata.namespace)
  }).catch((error: unknown) => {
    if (namespace !== undefined || onUnseen === undefined || !isApiError(error) || error.code !== 403) throw error
    onUnseen(error)
  })
  return [...runs.values()].sort((a, b) => (a.heartbeatMs ?? 0) - (b.heartbeatMs ?? 0))
}

/** Is the run over, and not kept on purpose? */
export function isAbandoned({ heartbeatMs, kept }: FoundRun, nowMs: number): boolean {
  return !kept && (heartbeatMs === undefined || nowMs - heartbeatMs > DEAD_AFTER_MS)
}

function readBeacon(run: FoundRun, { metadata: { annotations = {} } }: OwnedObject): void {
  const heartbeat = Date.parse(annotations[HEARTBEAT_ANNOTATION] ?? '')
  if (!Number.isNaN(heartbeat)) run.heartbeatMs = Math.max(run.heartbeatMs ?? 0, heartbeat)
  const command = annotations[COMMAND_ANNOTATION]
  if (command !== undefined) run.command = command
  if (annotations[KEEP_ANNOTATION] === 'true') run.kept = true
  const resources = annotations[RESOURCES_ANNOTATION]
  if (resources !== undefined) run.resources = parseResources(resources)
}

// Anybody may write an annotation: what does not look like ours is not followed.
function parseResources(text: string): Resource[] {
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) ? list.filter(isResource) : []
  } catch {
    return []
  }
}
