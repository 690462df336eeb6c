import { isApiError } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import { counted } from '../record/counted.ts'
import type { Finding } from '../record/run-record.ts'
import type { CleanUpOptions, Collection } from './clean-up-options.ts'
import { beaconPath } from './run-beacon.ts'
import type { RunScope } from './run-scope.ts'
import { isAway } from './while-away.ts'

const LOOK_TIMEOUT_MS = 10_000
const MOST_OBJECTS = 100

interface LeftObject {
  metadata: { name: string }
  status?: { conditions?: readonly { type: string; status: string; message?: string }[] }
}

interface Circumstances extends CleanUpOptions {
  /** Why the clean-up ended; undefined: its time was over. */
  fault: unknown
}

/** Looks at what a clean-up did not get rid of: which objects, why they stay, and what to run later. */
export async function whatIsLeft(
  client: KubeClient,
  scope: RunScope,
  collections: readonly Collection[],
  { fault, timeoutMs, command }: Circumstances,
): Promise<Finding[]> {
  const ending = (count: number) =>
    fault !== undefined
      ? 'could not be removed'
      : `${count === 1 ? 'is' : 'are'} still there after ${timeoutMs / 1000}s`
  const unknown = (reason: unknown): Finding[] => {
    const message = `the objects of run ${scope.runId} ${ending(0)}: ${messageOf(reason)}`
    return [{ severity: 'error', code: 'LeftBehind', message, advice: command }]
  }
  // Where nobody answers there is nothing to look at.
  if (isAway(fault)) return unknown(fault)
  try {
    const signal = AbortSignal.timeout(LOOK_TIMEOUT_MS)
    const objects: string[] = []
    const reasons = new Set<string>()
    for (const { path, selector } of collections) {
      for (const item of await listIfKnown(client, path, selector, signal)) {
        objects.push(nameOf(path, item))
        for (const reason of stuckReasons(item)) reasons.add(reason)
      }
    }
    if (scope.kind === 'existing-namespace') objects.push(`configmaps/${beaconPath(scope).split('/').at(-1)}`)
    if (objects.length === 0) return []
    const why = reasons.size > 0 ? [...reasons].join('; ') : fault === undefined ? undefined : messageOf(fault)
    const what = objects.some((name) => name.includes('/')) ? 'object' : 'namespace'
    return [
      {
        severity: 'error',
        code: 'LeftBehind',
        message: `${counted(objects.length, what)} of run ${scope.runId} ${ending(objects.length)}${why === undefined ? '' : `: ${why}`}`,
        advice: command,
        objects: objects.slice(0, MOST_OBJECTS),
        count: objects.length,
      },
    ]
  } catch (error) {
    return unknown(fault ?? error)
  }
}

async function listIfKnown(
  client: KubeClient,
  path: string,
  labelSelector: string,
  signal: AbortSignal,
): Promise<LeftObject[]> {
  try {
    return (await client.list<LeftObject>(path, { labelSelector, signal })).items
  } catch (error) {
    if (isApiError(error) && error.code === 404) return []
    throw error
  }
}

/** A namespace by its name alone, everything else with its kind, e.g. pods/pod-3. */
function nameOf(path: string, { metadata: { name } }: LeftObject): string {
  const resource = path.split('/').at(-1)
  return resource === 'namespaces' ? name : `${resource}/${name}`
}

/** What keeps a namespace in Terminating, in the words of the namespace controller. */
function stuckReasons({ status }: LeftObject): string[] {
  return (status?.conditions ?? []).flatMap(({ type, status: state, message }) =>
    state === 'True' && type.startsWith('Namespace') && message !== undefined ? [message] : [],
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
