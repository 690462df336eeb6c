import type { KubeClient } from '../../kube/client.ts'
import type { Permission } from '../../kube/preflight.ts'
import type { Pace } from '../../run/pacer.ts'
import type { Resource } from '../../run/resource.ts'
import { namedNamespaces, ownNamespaces, type RunScope } from '../../run/run-scope.ts'
import type { FindResource } from '../../workload/discovery.ts'
import {
  checkPlace,
  createPausesMs,
  createSteps,
  laterPausesMs,
  laterPhase,
  laterSteps,
  verifyObjects,
} from '../kube-burner/create-steps.ts'
import { jobConfig } from '../kube-burner/job-config.ts'
import type { CreateJob, KubeBurnerConfig, KubeBurnerJob } from '../kube-burner/kube-burner-config.ts'
import {
  awaitedPods,
  namespaceMetadata,
  namespaceOf,
  namespacesOf,
  type PlanOptions,
  planJob,
  type RunIdentity,
} from '../kube-burner/plan-job.ts'
import { type SelectedJob, selectedSteps } from '../kube-burner/selected-steps.ts'
import type { StandingObject } from '../kube-burner/standing-object.ts'
import type { Load, LoadPhase } from '../load.ts'
import { imagesOf } from '../phases/object-operation.ts'
import { podSpecsOf } from '../phases/pod-specs.ts'
import { ownersFirst } from './template.ts'

export interface KubeBurnerWorkload {
  config: KubeBurnerConfig
  identity: RunIdentity
  options: PlanOptions
  concurrency: number
  /** Objects that the run did not make may be changed or deleted, as the file's selectors say. */
  mayTouchOthers: boolean
}

/**
 * The namespaces that the jobs of a configuration make. Where they make only objects that belong in none, one of the
 * run's own stands for it, so that what a killed run leaves can be found.
 */
export function kubeBurnerScope(runId: string, { jobs }: KubeBurnerConfig): RunScope {
  const creating = jobs.filter((job) => job.type === 'create')
  const namespaces = [...new Set(creating.flatMap(namespacesOf))]
  return creating.length > 0 && namespaces.length === 0 ? ownNamespaces(runId, 1) : namedNamespaces(runId, namespaces)
}

/**
 * A kube-burner configuration as a load: a phase for each job, in the file's order. All namespaces are made before the
 * first job.
 * @throws UsageError for a template that fails; PerfError for a kind that the cluster does not have
 */
export async function kubeBurnerLoad(
  scope: RunScope,
  workload: KubeBurnerWorkload,
  findResource: FindResource,
): Promise<Load> {
  const { config, identity } = workload
  const loads: JobLoad[] = []
  for (const [index, job] of config.jobs.entries()) {
    const isLast = index === config.jobs.length - 1
    const phase: PhaseOfJob = {
      name: phaseName(job, config),
      pace: paceOf(job, workload.concurrency),
      job: { name: job.name, config: jobConfig(job) },
      waitTimeoutMs: job.maxWaitTimeoutMs,
      waitsForPods: config.waitWhenFinished ? isLast : job.waitWhenFinished,
    }
    loads.push(
      job.type === 'create'
        ? await createJobLoad(scope, job, phase, workload, findResource)
        : await selectedJobLoad(scope, job, phase, workload, findResource),
    )
  }
  const creating = config.jobs.filter((job) => job.type === 'create')
  return {
    phases: loads.flatMap(({ phases }) => phases),
    resources: ownersFirst(loads.flatMap(({ resources = [] }) => resources)),
    permissions: loads.flatMap(({ permissions }) => permissions),
    pods: loads.reduce((sum, { pods = 0 }) => sum + pods, 0),
    images: [...new Set(loads.flatMap(({ images = [] }) => images))],
    podSpecs: loads.flatMap(({ podSpecs = [] }) => podSpecs),
    uuid: identity.uuid,
    preloadSelector: Object.assign({}, ...creating.map(({ preload }) => preload?.nodeLabels ?? {})) as Record<
      string,
      string
    >,
    namespaceMetadata(namespace) {
      const owner = creating.find((job) => namespacesOf(job).includes(namespace))
      return owner === undefined ? { labels: {}, annotations: {} } : namespaceMetadata(owner, identity)
    },
  }
}

type PhaseOfJob = Omit<LoadPhase, 'count' | 'steps'>

interface JobLoad extends Pick<Load, 'phases'>, Partial<Pick<Load, 'resources' | 'pods' | 'images' | 'podSpecs'>> {
  permissions: Permission[]
}

async function createJobLoad(
  scope: RunScope,
  job: CreateJob,
  phase: PhaseOfJob,
  { identity, options }: KubeBurnerWorkload,
  findResource: FindResource,
): Promise<JobLoad> {
  const plan = planJob(job, identity, options)
  const resources = await Promise.all(plan.kinds.map(({ sample }) => findResource(sample)))
  for (const [index, kind] of plan.kinds.entries()) {
    const { sample: manifest } = kind
    const namespace = manifest.metadata.namespace ?? namespaceOf(job, 0)
    if (resources[index]?.namespaced === true) checkPlace(scope, { kind, manifest, namespace })
  }
  const standing: StandingObject[] = []
  const made = { scope, plan, findResource }
  const verifies = job.verifyObjects && job.errorOnVerify
  const create: LoadPhase = {
    ...phase,
    count: plan.objectCount,
    steps: (connect) => createSteps({ ...made, connect }, standing),
    pausesMs: createPausesMs(job),
    ...(verifies ? { verify: (client, signal) => verifyObjects(client, made, signal) } : {}),
  }
  const then = laterPhase(job)
  const later: LoadPhase = {
    ...phase,
    name: phase.name === 'create' ? `${then}` : `${phase.name} ${then}`,
    count: undefined,
    steps: (connect) => laterSteps({ ...made, connect }, standing),
    pausesMs: laterPausesMs(job),
    waitsForPods: phase.waitsForPods && then === 'churn' && !job.gc,
  }
  const verbs = [
    ...(verifies || job.gc ? ['list'] : []),
    ...(job.gc ? ['deletecollection'] : []),
    ...(job.churn?.mode === 'objects' ? ['get', 'delete'] : []),
  ]
  const churnsNamespaces = job.churn?.mode === 'namespaces'
  return {
    phases: then === undefined ? [create] : [create, later],
    resources,
    pods: awaitedPods(plan),
    podSpecs: plan.kinds.flatMap(({ sample }) => podSpecsOf(sample)),
    images: job.preload === undefined ? [] : plan.kinds.flatMap(({ sample }) => imagesOf(sample)),
    permissions: [
      ...resources.flatMap((resource) => allow(verbs, resource)),
      ...(churnsNamespaces ? ['get', 'delete'].map((verb) => ({ verb, resource: 'namespaces' })) : []),
    ],
  }
}

const VERB = { delete: 'delete', patch: 'patch', read: 'get' } as const

async function selectedJobLoad(
  scope: RunScope,
  job: SelectedJob,
  phase: PhaseOfJob,
  workload: KubeBurnerWorkload,
  findResource: FindResource,
): Promise<JobLoad> {
  const resources = await Promise.all(job.objects.map((selected) => findResource(selected)))
  const steps = (connect: () => Promise<KubeClient>, signal: AbortSignal) =>
    selectedSteps(connect, scope, job, workload, findResource, signal)
  return {
    phases: [{ ...phase, count: undefined, steps, waitsForPods: phase.waitsForPods && job.type !== 'read' }],
    permissions: resources.flatMap((resource) => allow(['list', VERB[job.type]], resource)),
  }
}

function allow(verbs: readonly string[], { group, resource }: Resource): Permission[] {
  return verbs.map((verb) => ({ verb, group, resource }))
}

/** What the phases that belong to every run are called. */
const OWN_PHASES: ReadonlySet<string> = new Set(['namespaces', 'preload', 'delete', 'clean-up'])

/** The name of the job, unless it is alone and creates: then its figures are those of any load. */
function phaseName({ name, type }: KubeBurnerJob, { jobs }: KubeBurnerConfig): string {
  if (jobs.length === 1 && type === 'create') return 'create'
  return OWN_PHASES.has(name) ? `job ${name}` : name
}

// kube-burner's limiter is a token bucket as ours is; without a qps it takes client-go's 5 with a burst of 10.
function paceOf({ qps, burst }: KubeBurnerJob, concurrency: number): Pace {
  return { perSecond: qps, burst: Math.max(1, burst), concurrency, arrival: 'constant' }
}
