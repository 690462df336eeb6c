import { UsageError } from '../../errors/perf-error.ts'
import { type Manifest, readManifests } from '../../workload/template/manifests.ts'
import { type RenderOptions, renderWithLines } from '../../workload/template/template.ts'
import type { Value } from '../../workload/template/value.ts'
import { podsMadeBy } from '../phases/object-operation.ts'
import type { CreateJob, CreateObject } from './kube-burner-config.ts'
import { placeLabels, stampLabels } from './stamp-labels.ts'

/** What the templates of a run see beside their own variables. */
export interface RunIdentity {
  readonly uuid: string
  readonly runId: string
}

export type PlanOptions = Pick<RenderOptions, 'random' | 'now' | 'environment' | 'readFile'>

/** A create job with its templates tried out: what it will make is known, its objects are made one by one. */
export interface JobPlan {
  readonly job: CreateJob
  readonly identity: RunIdentity
  /** One for each document of each template, in the order in which they are created. */
  readonly kinds: readonly PlannedKind[]
  /** Sum of the counts. */
  readonly objectCount: number
  readonly options: PlanOptions
}

export interface PlannedKind {
  /** `kube-burner.io/index`. */
  readonly index: number
  readonly object: CreateObject
  /** How many of it there are to be. */
  readonly count: number
  /** The first of them, without labels of kube-burner's. */
  readonly sample: Manifest
}

export interface PlannedObject {
  readonly kind: PlannedKind
  readonly iteration: number
  /** From 1 on. */
  readonly replica: number
  /**
   * Where it goes when its kind is namespaced: its own namespace or the iteration's; undefined where the job names none.
   */
  readonly namespace: string | undefined
  readonly manifest: Manifest
}

/**
 * Renders every template of the job once, for its first iteration, to know what the job makes.
 * @throws UsageError for a template that gives no object
 */
export function planJob(job: CreateJob, identity: RunIdentity, options: PlanOptions = {}): JobPlan {
  const kinds: PlannedKind[] = []
  for (const object of job.objects) {
    const samples = renderObjects(job, object, identity, options, 0, 1)
    if (samples.length === 0) throw new UsageError(`${object.template.fileName}: no object in this file`)
    const count = object.replicas * iterationsOf(object, job.iterations)
    for (const sample of samples) kinds.push({ index: kinds.length, object, count, sample })
  }
  const objectCount = kinds.reduce((sum, { count }) => sum + count, 0)
  return { job, identity, kinds, objectCount, options }
}

/** How many pods the job makes and waits for, those of DaemonSets not counted. */
export function awaitedPods({ kinds }: JobPlan): number {
  return kinds.reduce((sum, { sample, count, object }) => {
    const pods = podsMadeBy(sample)
    return object.wait && pods !== 'unknown' ? sum + count * pods : sum
  }, 0)
}

function iterationsOf({ runOnce, everyIterations }: CreateObject, iterations: number): number {
  return runOnce ? 1 : Math.ceil(iterations / everyIterations)
}

/** The namespace of an iteration: `<namespace>-<iteration / iterationsPerNamespace>`, or the one of all. */
export function namespaceOf(job: CreateJob, iteration: number): string | undefined {
  if (job.namespace === '') return undefined
  if (!job.namespacedIterations) return job.namespace
  return `${job.namespace}-${Math.floor(iteration / job.iterationsPerNamespace)}`
}

/** All namespaces of the job, in the order in which its iterations need them. */
export function namespacesOf(job: CreateJob): string[] {
  const last = namespaceOf(job, job.iterations - 1)
  if (last === undefined) return []
  if (!job.namespacedIterations) return [last]
  const count = Math.ceil(job.iterations / job.iterationsPerNamespace)
  return Array.from({ length: count }, (_, index) => `${job.namespace}-${index}`)
}

/** What kube-burner puts on the job's namespaces, under what the file puts there. */
export function namespaceMetadata(
  { name, namespaceLabels, namespaceAnnotations }: CreateJob,
  { uuid, runId }: RunIdentity,
): { labels: Record<string, string>; annotations: Record<string, string> } {
  return {
    labels: {
      'kube-burner.io/job': name,
      'kube-burner.io/uuid': uuid,
      'kube-burner.io/runid': runId,
      ...namespaceLabels,
    },
    annotations: { ...namespaceAnnotations },
  }
}

/**
 * The objects of one iteration (from 0 on), in kube-burner's order: template after template, replica after replica, each
 * rendered when it is asked for. The documents of one template come from one rendering, so that what is random in them is
 * the same.
 * @throws UsageError for a template that fails, or gives another number of objects than in the first iteration
 */
export function* expandIteration(plan: JobPlan, iteration: number): Generator<PlannedObject> {
  const { job, identity, kinds, options } = plan
  const namespace = namespaceOf(job, iteration)
  for (const object of job.objects) {
    if (object.runOnce ? iteration > 0 : iteration % object.everyIterations > 0) continue
    const own = kinds.filter((kind) => kind.object === object)
    for (let replica = 1; replica <= object.replicas; replica += 1) {
      const manifests = renderObjects(job, object, identity, options, iteration, replica)
      if (manifests.length !== own.length) throw changedCount(object, own.length, manifests.length, iteration)
      for (const [position, kind] of own.entries()) {
        const manifest = manifests[position]
        if (manifest === undefined) throw new Error('fewer objects than were counted')
        stampLabels(manifest, placeLabels({ ...identity, job: job.name, index: kind.index, iteration, replica }))
        yield { kind, iteration, replica, namespace: manifest.metadata.namespace ?? namespace, manifest }
      }
    }
  }
}

function changedCount({ template }: CreateObject, before: number, now: number, iteration: number): UsageError {
  return new UsageError(
    `${template.fileName}: ${before} objects in iteration 0 and ${now} in iteration ${iteration}: each template must give the same objects every time`,
  )
}

function renderObjects(
  job: CreateJob,
  object: CreateObject,
  identity: RunIdentity,
  options: PlanOptions,
  iteration: number,
  replica: number,
): Manifest[] {
  const data = templateData(
    job.name,
    identity,
    object.inputVars.entries,
    Math.floor(iteration / object.everyIterations),
    replica,
  )
  const rendered = renderWithLines(object.template, data, { ...options, missingKey: job.missingKey })
  return readManifests(rendered, object.template.fileName)
}

/** What kube-burner gives each template; the variables of the file stand for these where they have the same name. */
export function templateData(
  jobName: string,
  { uuid, runId }: RunIdentity,
  inputVars: ReadonlyMap<string, Value>,
  iteration: number,
  replica: number,
): Map<string, Value> {
  return new Map<string, Value>([
    ['JobName', jobName],
    ['Iteration', BigInt(iteration)],
    ['UUID', uuid],
    ['RunID', runId],
    ['Replica', BigInt(replica)],
    ...inputVars,
  ])
}
