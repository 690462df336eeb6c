import { isApiError } from '../../kube/api-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { pause } from '../../kube/pause.ts'
import { forEach } from '../../run/for-each.ts'
import type { Step } from '../load.ts'
import { podCount } from '../phases/object-operation.ts'
import type { ChurnConfig } from './kube-burner-config.ts'
import type { CreateWorkload, StandingObject } from './standing-object.ts'

const CONCURRENCY = 20
const GONE_POLL_MS = 100

interface NamespaceObject {
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> }
}

/**
 * kube-burner's churn: in each cycle a part of the job's namespaces in a row, chosen at random, or the oldest part of each kind, is
 * deleted, and when it is gone made anew under the same names. Ends after the cycles, or with the cycle in which the
 * duration runs out.
 */
export async function* churnSteps(
  workload: CreateWorkload,
  standing: StandingObject[],
  churn: ChurnConfig,
): AsyncIterable<Step> {
  const startedMs = performance.now()
  const isOver = (cycle: number) =>
    (churn.cycles !== undefined && cycle >= churn.cycles) ||
    (churn.durationMs !== undefined && performance.now() - startedMs >= churn.durationMs)
  yield { churn: 'begins' }
  for (let cycle = 0; !isOver(cycle); cycle += 1) {
    const chosen =
      churn.mode === 'namespaces' ? chooseNamespaces(workload, standing, churn) : chooseOldest(standing, churn)
    yield {
      departing: churn.mode === 'namespaces' ? namespacesOf(chosen).map(namespacePath) : chosen.map(({ path }) => path),
      count: chosen.reduce((sum, { creation }) => sum + podCount(creation), 0),
    }
    if (churn.mode === 'namespaces')
      yield { until: (signal) => replaceNamespaces(workload, namespacesOf(chosen), churn, signal) }
    else {
      yield { until: (signal) => removeObjects(workload, chosen, signal) }
      if (churn.deleteDelayMs > 0) yield { pauseMs: churn.deleteDelayMs }
    }
    for (const { creation } of chosen) yield creation
    // The oldest are now the youngest.
    const replaced = new Set(chosen)
    standing.push(...standing.splice(0).filter((object) => !replaced.has(object)), ...chosen)
    yield { wait: 'pods' }
    if (churn.delayMs > 0) yield { pauseMs: churn.delayMs }
  }
  yield { churn: 'ends' }
}

function share(count: number, percent: number): number {
  return Math.max(1, Math.floor((count * percent) / 100))
}

function chooseOldest(standing: readonly StandingObject[], { percent }: ChurnConfig): StandingObject[] {
  const byKind = Map.groupBy(
    standing.filter(({ planned }) => planned.kind.object.churn),
    ({ resource }) => `${resource.group}/${resource.resource}`,
  )
  return [...byKind.values()].flatMap((objects) => objects.slice(0, share(objects.length, percent)))
}

function chooseNamespaces(
  { plan }: CreateWorkload,
  standing: readonly StandingObject[],
  { percent }: ChurnConfig,
): StandingObject[] {
  const all = namespacesOf(standing)
  const count = share(all.length, percent)
  const random = plan.options.random ?? Math.random
  const first = Math.floor(random() * (all.length - count + 1))
  const chosen = new Set(all.slice(first, first + count))
  return standing.filter(({ planned }) => chosen.has(planned.namespace ?? ''))
}

/** A namespace's own path. */
export function namespacePath(name: string): string {
  return `/api/v1/namespaces/${name}`
}

function namespacesOf(objects: readonly StandingObject[]): string[] {
  return [...new Set(objects.map(({ planned }) => planned.namespace ?? ''))].filter((name) => name !== '')
}

async function removeObjects(
  { connect }: CreateWorkload,
  objects: readonly StandingObject[],
  signal: AbortSignal,
): Promise<void> {
  const client = await connect()
  await forEach(objects, CONCURRENCY, signal, async ({ path }) => {
    await client.delete(path, { propagationPolicy: 'Foreground', signal })
    await untilAbsent(client, path, signal)
  })
}

/** Makes the namespaces anew with the labels and annotations that they had, the beacon's among them. */
async function replaceNamespaces(
  { connect }: CreateWorkload,
  names: readonly string[],
  { deleteDelayMs }: ChurnConfig,
  signal: AbortSignal,
): Promise<void> {
  const client = await connect()
  await forEach(names, CONCURRENCY, signal, async (name) => {
    const path = namespacePath(name)
    const { metadata } = await client.getJson<NamespaceObject>(path, { signal })
    await client.delete(path, { signal })
    await untilAbsent(client, path, signal)
    if (deleteDelayMs > 0) await pause(deleteDelayMs, signal)
    const { labels = {}, annotations = {} } = metadata
    await client.create(
      '/api/v1/namespaces',
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels, annotations } },
      { signal },
    )
    await untilPresent(client, `${path}/serviceaccounts/default`, signal)
  })
}

function untilAbsent(client: KubeClient, path: string, signal: AbortSignal): Promise<void> {
  return poll(signal, async () => !(await exists(client, path, signal)))
}

function untilPresent(client: KubeClient, path: string, signal: AbortSignal): Promise<void> {
  return poll(signal, () => exists(client, path, signal))
}

async function poll(signal: AbortSignal, isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) await pause(GONE_POLL_MS, signal)
}

async function exists(client: KubeClient, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    await client.getJson(path, { signal })
    return true
  } catch (error) {
    if (isApiError(error) && error.code === 404) return false
    throw error
  }
}
