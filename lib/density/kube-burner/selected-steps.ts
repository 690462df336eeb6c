import { PerfError } from '../../errors/perf-error.ts'
import type { KubeClient } from '../../kube/client.ts'
import { RUN_LABEL } from '../../run/ownership.ts'
import { collectionPath } from '../../run/resource.ts'
import type { RunScope } from '../../run/run-scope.ts'
import { untilGone } from '../../run/until-gone.ts'
import type { FindResource } from '../../workload/discovery.ts'
import type { Step } from '../load.ts'
import { type ManifestObject, podsMadeBy } from '../phases/object-operation.ts'
import type { DeleteJob, KubeBurnerJob, PatchJob, ReadJob, SelectedObjects } from './kube-burner-config.ts'
import type { PlanOptions, RunIdentity } from './plan-job.ts'
import { renderPatch } from './render-patch.ts'

export interface SelectedWorkload {
  identity: RunIdentity
  options: PlanOptions
  /** Objects that the run did not make may be changed or deleted, as the file's selectors say. */
  mayTouchOthers: boolean
}

export type SelectedJob = DeleteJob | PatchJob | ReadJob

interface FoundObject extends ManifestObject {
  metadata: ManifestObject['metadata'] & { name: string }
}

/** What a job does that patches, reads or deletes the objects its selectors find when it begins. */
export async function* selectedSteps(
  connect: () => Promise<KubeClient>,
  scope: RunScope,
  job: SelectedJob,
  { identity, options, mayTouchOthers }: SelectedWorkload,
  findResource: FindResource,
  signal: AbortSignal,
): AsyncIterable<Step> {
  const client = await connect()
  const iterations = job.type === 'delete' ? 1 : job.iterations
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    for (const selected of job.objects) {
      const resource = await findResource(selected)
      const labelSelector = selectorOf(selected)
      const { items } = await client.list<FoundObject>(collectionPath(resource), { labelSelector, signal })
      if (job.type !== 'read' && !mayTouchOthers) refuseOthers(items, selected, job, scope)
      const paths = items.map(
        (object) => `${collectionPath(resource, object.metadata.namespace)}/${object.metadata.name}`,
      )
      for (const [index, path] of paths.entries()) {
        if (job.type === 'read') yield { method: 'GET', path }
        else if (job.type === 'delete') yield deletion(path, { ...selected, ...items[index] } as FoundObject)
        else {
          const patch = job.objects.find((candidate) => candidate === selected)
          if (patch === undefined) continue
          const { body, contentType, fieldManager } = renderPatch(job, patch, identity, iteration, options)
          yield {
            method: 'PATCH',
            path,
            body,
            contentType,
            query: { fieldManager },
          }
        }
      }
      if (job.type === 'delete' && job.waitForDeletion) {
        yield { until: (limited) => untilGone(client, collectionPath(resource), labelSelector, { signal: limited }) }
      }
    }
    if (job.iterationDelayMs > 0) yield { pauseMs: job.iterationDelayMs }
  }
  if (job.pauseMs > 0) yield { pauseMs: job.pauseMs }
}

function deletion(path: string, object: FoundObject): Step {
  const pods = podsMadeBy(object)
  return {
    method: 'DELETE',
    path,
    query: { propagationPolicy: 'Background' },
    ...(pods === 0 || pods === 'unknown' ? {} : { controlledPods: -pods }),
  }
}

function selectorOf({ labelSelector }: SelectedObjects): string {
  return Object.entries(labelSelector)
    .map(([label, value]) => `${label}=${value}`)
    .join(',')
}

/** Selectors of a file reach into the whole cluster: what this run did not make is only touched when a person said so. */
function refuseOthers(
  items: readonly FoundObject[],
  { kind, line }: SelectedObjects,
  { name, type }: KubeBurnerJob,
  scope: RunScope,
): void {
  const others = items.filter(({ metadata }) => metadata.labels?.[RUN_LABEL] !== scope.runId)
  const [first] = others
  if (first === undefined) return
  throw new PerfError(
    `job "${name}" (line ${line}) would ${type} ${others.length} objects of kind ${kind} that this run did not make, such as "${first.metadata.name}"`,
    { advice: ['confirm it with --yes, or narrow the labelSelector'] },
  )
}
