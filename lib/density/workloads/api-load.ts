import type { Pace } from '../../run/pacer.ts'
import { CONFIG_MAPS, collectionPath } from '../../run/resource.ts'
import { namespaceFor, objectName, type RunScope } from '../../run/run-scope.ts'
import { manifestText } from '../../workload/pods/pod-manifest.ts'
import type { Load, Step } from '../load.ts'

export interface ApiLoadWorkload {
  iterations: number
  configMapsPerIteration: number
  pace: Record<'create' | 'list' | 'update' | 'delete', Pace>
}

/** Bytes of data in each ConfigMap: small, so that the request and not its size is measured. */
const DATA_BYTES = 100

/**
 * ConfigMaps that are created, listed by their label, updated and deleted, each in a phase at its own rate and once for
 * each ConfigMap. A list gives what one iteration made.
 */
export function apiLoad(scope: RunScope, { iterations, configMapsPerIteration, pace }: ApiLoadWorkload): Load {
  const count = iterations * configMapsPerIteration
  const body = (iteration: number) =>
    manifestText((name) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, labels: { ...scope.labels, ...iterationLabel(iteration) } },
      data: { data: 'x'.repeat(DATA_BYTES) },
    }))
  const each = (step: (path: string, name: string, iteration: number) => Step) =>
    function* steps(): Iterable<Step> {
      for (let index = 0; index < count; index += 1) {
        const iteration = Math.floor(index / configMapsPerIteration)
        yield step(
          collectionPath(CONFIG_MAPS, namespaceFor(scope, iteration)),
          objectName(scope, `configmap-${index}`),
          iteration,
        )
      }
    }
  const update = JSON.stringify({ data: { data: 'y'.repeat(DATA_BYTES) } })
  const steps = {
    create: each((path, name, iteration) => ({ method: 'POST', path, body: body(iteration)(name) })),
    list: each((path, _, iteration) => ({
      method: 'GET',
      path,
      query: { labelSelector: `${scope.selector},iteration=${iteration}` },
    })),
    update: each((path, name) => ({
      method: 'PATCH',
      path: `${path}/${name}`,
      body: update,
      contentType: 'application/merge-patch+json',
    })),
    delete: each((path, name) => ({ method: 'DELETE', path: `${path}/${name}` })),
  }
  return {
    phases: (['create', 'list', 'update', 'delete'] as const).map((name) => ({
      name,
      count,
      steps: steps[name],
      pace: pace[name],
      waitsForPods: false,
    })),
    resources: [CONFIG_MAPS],
    pods: 0,
    images: [],
  }
}

function iterationLabel(iteration: number): Record<string, string> {
  return { iteration: String(iteration) }
}
