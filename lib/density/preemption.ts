import { isApiError } from '../kube/api-error.ts'
import type { KubeClient } from '../kube/client.ts'
import { counted } from '../record/counted.ts'
import type { Finding } from '../record/run-record.ts'
import { priorityOf, readOccupants } from '../workload/pods/occupants.ts'
import type { Load } from './load.ts'

const CLASSES = '/apis/scheduling.k8s.io/v1/priorityclasses'

interface PriorityClass {
  metadata: { name: string }
  value: number
  globalDefault?: boolean
  preemptionPolicy?: string
}

/**
 * Warns of pods of others that the scheduler may remove to make room for those of the load: those of a lower priority.
 * Below 0 a pod comes only by a PriorityClass, so that of most clusters no pod has to be read.
 */
export async function findPreemption(
  client: Pick<KubeClient, 'list' | 'fold'>,
  load: Pick<Load, 'resources' | 'podSpecs'>,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  if (!load.resources.some(({ ownsPods }) => ownsPods)) return undefined
  try {
    const { items: classes } = await client.list<PriorityClass>(CLASSES, { signal })
    const priority = highestPriority(load, classes)
    if (priority === undefined) return undefined
    const least = Math.min(0, ...classes.map(({ value }) => value))
    return least < priority ? await warn(client, priority, signal) : undefined
  } catch (error) {
    if (!isApiError(error) || error.code !== 403) throw error
    const message = `whether pods of a lower priority may have to make room is not known: ${error.serverMessage}`
    return { severity: 'info', code: 'PreemptionUnknown', message }
  }
}

/** Of those pods of the load that may have others removed; undefined where none may. */
function highestPriority({ podSpecs }: Pick<Load, 'podSpecs'>, classes: readonly PriorityClass[]): number | undefined {
  const names = podSpecs === undefined ? [undefined] : podSpecs.map(({ priorityClassName }) => priorityClassName)
  const priorities = names.flatMap((name) => {
    const found = classes.find(({ metadata, globalDefault }) =>
      name === undefined ? globalDefault === true : metadata.name === name,
    )
    return found?.preemptionPolicy === 'Never' ? [] : [found?.value ?? 0]
  })
  return priorities.length === 0 ? undefined : Math.max(...priorities)
}

async function warn(
  client: Pick<KubeClient, 'fold'>,
  priority: number,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  const { lower, least } = await readOccupants(client, priority, { signal })
  if (least === undefined) return undefined
  const { namespace, name } = least.metadata
  return {
    severity: 'warning',
    code: 'MayPreempt',
    message: `${counted(lower, 'pod')} of a priority below ${priority} may be removed by the scheduler if those of this load find no room, such as ${namespace}/${name} of ${priorityOf(least)}`,
    advice: 'keep the load below what is free, as kubectl perf maxpods-check --pods N tells',
    count: lower,
  }
}
