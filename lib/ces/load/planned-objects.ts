import { collectionPath, PODS, type Resource } from '../../run/resource.ts'
import { podManifest } from '../../workload/pods/pod-manifest.ts'
import type { LoadWork } from '../ces-plan.ts'
import { endpointManifest, groupCount } from './endpoint-manifest.ts'

export interface PlannedObjects {
  /** Of the collection that the objects are created in, given a namespace. */
  path: (namespace: string) => string
  /** As they are created at first; of endpoints the numbers of identities are examples. */
  objects: () => Iterable<object>
}

/** The objects of a load, for those who want to see or check them beforehand. */
export function plannedObjects({ scope, size, of }: LoadWork, endpoints: Resource): PlannedObjects {
  const resource = of.kind === 'pods' ? PODS : endpoints
  const groups = groupCount(size.count)
  const names = {
    namespace: scope.namespaces[0] ?? '',
    labels: scope.labels,
    identities: Array.from({ length: 2 * groups }, (_, index) => 65_535 - index),
    owner: undefined,
  }
  return {
    path: (namespace) => collectionPath(resource, namespace),
    *objects() {
      for (let index = 0; index < size.count; index += 1) {
        yield of.kind === 'pods' ? podManifest(`pod-${index}`, of.pod) : endpointManifest(names, index, groups)
      }
    },
  }
}
