import { randomUUID } from 'node:crypto'
import type { Pace } from '../../run/pacer.ts'
import type { Resource } from '../../run/resource.ts'
import { namespaceFor, objectName, type RunScope } from '../../run/run-scope.ts'
import type { FindResource } from '../../workload/discovery.ts'
import { readManifests } from '../../workload/template/manifests.ts'
import { renderWithLines, type Template } from '../../workload/template/template.ts'
import type { Value } from '../../workload/template/value.ts'
import type { Load, Operation, Step } from '../load.ts'
import { createOperation, imagesOf, podsMadeBy, refuseUnknownKind } from '../phases/object-operation.ts'
import { type PodSpec, podSpecsOf } from '../phases/pod-specs.ts'

export interface TemplateWorkload {
  templates: readonly Template[]
  iterations: number
  /** How often each template is rendered in an iteration. */
  replicas: number
  pace: Pace
  random: () => number
}

/**
 * Any objects, from templates that see Iteration (from 0), Replica (from 1), Index (from 0, over all), Name, Namespace,
 * RunID and UUID; kube-burner's and ClusterLoader2's functions are there too.
 * @throws UsageError `file:line: what`; PerfError for a kind that the cluster does not have
 */
export async function templateLoad(
  scope: RunScope,
  { templates, iterations, replicas, pace, random }: TemplateWorkload,
  findResource: FindResource,
): Promise<Load> {
  const uuid = randomUUID()
  const render = (template: Template, iteration: number, replica: number) => {
    const index = iteration * replicas + replica - 1
    const namespace = namespaceFor(scope, iteration)
    const variables: [string, Value][] = [
      ['Iteration', BigInt(iteration)],
      ['Replica', BigInt(replica)],
      ['Index', BigInt(index)],
      ['Name', objectName(scope, `object-${index}`)],
      ['Namespace', namespace],
      ['RunID', scope.runId],
      ['UUID', uuid],
    ]
    const rendered = renderWithLines(template, new Map(variables), { random })
    return { namespace, manifests: readManifests(rendered, template.fileName) }
  }
  // The first iteration tells the kinds, so that one that is absent is found before anything is created.
  const resources = new Map<string, Resource>()
  const images = new Set<string>()
  const podSpecs: PodSpec[] = []
  let pods = 0
  let count = 0
  for (const template of templates) {
    for (const manifest of render(template, 0, 1).manifests) {
      const resource = await findResource(manifest)
      resources.set(`${manifest.apiVersion} ${manifest.kind}`, resource)
      for (const image of imagesOf(manifest)) images.add(image)
      podSpecs.push(...podSpecsOf(manifest))
      const made = podsMadeBy(manifest)
      if (made !== 'unknown') pods += made
      count += 1
    }
  }
  async function* steps(): AsyncIterable<Step> {
    for (let iteration = 0; iteration < iterations; iteration += 1) {
      for (const template of templates) {
        for (let replica = 1; replica <= replicas; replica += 1) {
          const { namespace, manifests } = render(template, iteration, replica)
          for (const manifest of manifests) {
            const known = resources.get(`${manifest.apiVersion} ${manifest.kind}`)
            const resource = known ?? (await findResource(manifest))
            if (known === undefined) refuseUnknownKind(scope, manifest, resource, template.fileName)
            yield createOperation(manifest, { resource, namespace, labels: scope.labels }) satisfies Operation
          }
        }
      }
    }
  }
  const times = iterations * replicas
  return {
    phases: [{ name: 'create', count: count * times, steps, pace, waitsForPods: true }],
    resources: ownersFirst([...resources.values()]),
    pods: pods * times,
    images: [...images],
    podSpecs,
  }
}

/** Clean-up takes what owns pods first. */
export function ownersFirst(resources: readonly Resource[]): Resource[] {
  const distinct = new Map(resources.map((resource) => [`${resource.group}/${resource.resource}`, resource]))
  return [...distinct.values()].sort((a, b) => Number(b.ownsPods) - Number(a.ownsPods))
}
