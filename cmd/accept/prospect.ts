import { PerfError, UsageError } from '../../lib/errors/perf-error.ts'
import { isApiError } from '../../lib/kube/api-error.ts'
import type { KubeClient } from '../../lib/kube/client.ts'
import { findMissingPermissions, type Permission } from '../../lib/kube/preflight.ts'
import { ownNamespaces } from '../../lib/run/run-scope.ts'
import { readNodes } from '../../lib/workload/nodes/read-nodes.ts'
import { allPermissions, outlookOf, type PlannedTask, permissionKey, type Task } from './plan.ts'
import type { Surroundings } from './work.ts'

/** What is known of all tasks before the first begins. */
export interface Prospect {
  readonly tasks: readonly PlannedTask[]
  readonly missing: readonly Permission[]
}

/** Looks at the cluster: which tasks apply, what they make, and what is not permitted. Makes nothing. */
export async function lookAhead(
  tasks: readonly Task[],
  client: KubeClient,
  runId: string,
  signal: AbortSignal,
): Promise<Prospect> {
  const nodes = await readNodes(client, signal)
  const planned = await outlooks(tasks, { nodes, scope: ownNamespaces(runId, 1), connect: async () => client, signal })
  return { tasks: planned, missing: await findMissingPermissions(client, allPermissions(planned), signal) }
}

export async function outlooks(tasks: readonly Task[], surroundings: Surroundings): Promise<PlannedTask[]> {
  return Promise.all(
    tasks.map(async (task) => {
      try {
        return { ...task, outlook: await outlookOf(task, surroundings) }
      } catch (error) {
        // Such as a load for each node where there is none.
        if (!(error instanceof PerfError) || error instanceof UsageError || isApiError(error)) throw error
        return { ...task, outlook: { permissions: [], seconds: 0, objects: [], impossible: error.message } }
      }
    }),
  )
}

/** What a task may not do, of all that it has to. */
export function missingFor({ outlook }: PlannedTask, missing: readonly Permission[]): readonly Permission[] {
  const keys = new Set(missing.map(permissionKey))
  return outlook.permissions.filter((permission) => keys.has(permissionKey(permission)))
}

/** Those that apply and are permitted. */
export function toBegin({ tasks, missing }: Prospect): readonly PlannedTask[] {
  return tasks.filter((task) => task.outlook.impossible === undefined && missingFor(task, missing).length === 0)
}
