import { PerfError, UsageError } from '../../errors/perf-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { collectionPath, type Resource } from '../../run/resource.ts'
import { type RunScope, scopeNamespaces } from '../../run/run-scope.ts'
import { untilGone } from '../../run/until-gone.ts'
import type { Operation, Step } from '../load.ts'
import { createOperation, refuseUnknownKind } from '../phases/object-operation.ts'
import { churnSteps, namespacePath } from './churn-steps.ts'
import type { CreateJob } from './kube-burner-config.ts'
import { awaitedPods, expandIteration, namespacesOf, type PlannedObject } from './plan-job.ts'
import type { CreateWorkload, StandingObject } from './standing-object.ts'

/**
 * What a create job does first: its iterations with their waits.
 * @param standing gets the objects, where the job goes on to churn them
 */
export async function* createSteps(workload: CreateWorkload, standing: StandingObject[]): AsyncIterable<Step> {
  const { job } = workload.plan
  const mustRemember = job.churn !== undefined
  for (let iteration = 0; iteration < job.iterations; iteration += 1) {
    for (const planned of expandIteration(workload.plan, iteration)) {
      const object = await standingObject(workload, planned)
      if (mustRemember) standing.push(object)
      yield object.creation
    }
    if (job.podWait) yield { wait: 'pods' }
    if (job.iterationDelayMs > 0) yield { pauseMs: job.iterationDelayMs }
  }
}

/** What the delays behind its iterations take. */
export function createPausesMs({ iterations, iterationDelayMs }: CreateJob): number {
  return iterations * iterationDelayMs
}

/** What its churn and the pause behind the job take at least. */
export function laterPausesMs({ churn, pauseMs }: CreateJob): number {
  if (churn === undefined) return pauseMs
  const { cycles, durationMs, delayMs, deleteDelayMs } = churn
  const cyclesMs = cycles === undefined ? undefined : cycles * (delayMs + deleteDelayMs)
  return pauseMs + Math.min(cyclesMs ?? Number.POSITIVE_INFINITY, durationMs ?? Number.POSITIVE_INFINITY)
}

/** What it does then, if anything: `churn`, `pause` or `remove`. */
export function laterPhase({ churn, pauseMs, gc }: CreateJob): string | undefined {
  if (churn !== undefined) return 'churn'
  if (pauseMs > 0) return 'pause'
  return gc ? 'remove' : undefined
}

/** Churn, the pause behind the job, and its removal where the file wants it. */
export async function* laterSteps(workload: CreateWorkload, standing: StandingObject[]): AsyncIterable<Step> {
  const { job } = workload.plan
  if (job.churn !== undefined) yield* churnSteps(workload, standing, job.churn)
  if (job.pauseMs > 0) yield { pauseMs: job.pauseMs }
  if (job.gc) yield* remove(workload)
}

async function standingObject(
  { scope, plan, findResource }: CreateWorkload,
  planned: PlannedObject,
): Promise<StandingObject> {
  const { manifest, kind } = planned
  const resource = await findResource(manifest)
  const isKnown = plan.kinds.some(
    ({ sample }) => sample.kind === manifest.kind && sample.apiVersion === manifest.apiVersion,
  )
  if (!isKnown) refuseUnknownKind(scope, manifest, resource, kind.object.template.fileName)
  const namespace = resource.namespaced ? checkPlace(scope, planned) : ''
  const creation = createOperation(manifest, { resource, namespace, labels: scope.labels })
  // What the file does not wait for is measured, but not expected.
  const unawaited: Operation = { ...creation, controlledPods: creation.pod === undefined ? 0 : -1 }
  return {
    planned,
    resource,
    creation: kind.object.wait ? creation : unawaited,
    path: `${creation.path}/${manifest.metadata.name}`,
  }
}

/**
 * The namespace of an object that belongs in one. What is made in a namespace of others would stay there: clean-up takes
 * the run's own, with all that is in them.
 * @throws UsageError where that is none of the run's, or none at all
 */
export function checkPlace(
  scope: RunScope,
  { kind: { object }, manifest, namespace }: Pick<PlannedObject, 'kind' | 'manifest' | 'namespace'>,
): string {
  if (namespace !== undefined && scopeNamespaces(scope).includes(namespace)) return namespace
  const what = `${object.template.fileName}: ${manifest.kind} "${manifest.metadata.name ?? manifest.metadata.generateName}"`
  throw namespace === undefined
    ? new UsageError(`${what} belongs in a namespace, and its job has none`, { advice: ['give the job a namespace'] })
    : new UsageError(`${what} names the namespace "${namespace}", which none of the jobs makes`, {
        advice: ['leave metadata.namespace out: the object goes to the namespace of its job'],
      })
}

interface Counted {
  resource: Resource
  kind: string
  count: number
}

async function plannedKinds({ plan, findResource }: Omit<CreateWorkload, 'connect'>): Promise<Counted[]> {
  const kinds = new Map<string, Counted>()
  for (const { sample, count } of plan.kinds) {
    const resource = await findResource(sample)
    const key = `${resource.group}/${resource.resource}`
    const counted = kinds.get(key) ?? { resource, kind: sample.kind, count: 0 }
    counted.count += count
    kinds.set(key, counted)
  }
  return [...kinds.values()]
}

function selectorOf({ scope, plan }: Pick<CreateWorkload, 'scope' | 'plan'>): string {
  return `${scope.selector},kube-burner.io/job=${plan.job.name}`
}

/** Counts the objects of the job by their labels, as kube-burner's verifyObjects does. */
export async function verifyObjects(
  client: KubeClient,
  workload: Omit<CreateWorkload, 'connect'>,
  signal: AbortSignal,
): Promise<void> {
  for (const { resource, kind, count } of await plannedKinds(workload)) {
    // Pods of controllers carry the labels too, and are counted by the watch.
    if (resource.resource === 'pods') continue
    const { items } = await client.list(collectionPath(resource), { labelSelector: selectorOf(workload), signal })
    if (items.length !== count) {
      throw new PerfError(
        `job "${workload.plan.job.name}" made ${count} objects of kind ${kind}, and ${items.length} are there`,
      )
    }
  }
}

/** The file's gc of one job: its objects go before the next job begins. */
async function* remove(workload: CreateWorkload): AsyncIterable<Step> {
  const { plan } = workload
  const pods = awaitedPods(plan)
  yield { departing: namespacesOf(plan.job).map(namespacePath), count: pods }
  yield { until: (signal) => removeAll(workload, signal) }
}

async function removeAll(workload: CreateWorkload, signal: AbortSignal): Promise<void> {
  const client = await workload.connect()
  const labelSelector = selectorOf(workload)
  const kinds = await plannedKinds(workload)
  // Pods last: their controllers, whose pods carry the same labels, would make them again.
  const ordered = kinds.sort((a, b) => Number(a.resource.resource === 'pods') - Number(b.resource.resource === 'pods'))
  for (const { resource } of ordered) {
    const { items } = await client.list<Named>(collectionPath(resource), { labelSelector, signal })
    for (const namespace of new Set(items.map(({ metadata }) => metadata.namespace))) {
      const path = collectionPath(resource, namespace)
      await client.deleteCollection(path, { labelSelector, propagationPolicy: 'Background', signal })
    }
  }
  for (const { resource } of ordered) await untilGone(client, collectionPath(resource), labelSelector, { signal })
}

interface Named {
  metadata: { name: string; namespace?: string }
}
