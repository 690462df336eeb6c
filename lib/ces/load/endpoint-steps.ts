import type { KubeClient } from '../../kube/client.ts'
import { collectionPath, type Resource } from '../../run/resource.ts'
import { deleteIfThere } from './delete-if-there.ts'
import {
  type EndpointLoadNames,
  endpointManifest,
  endpointName,
  groupCount,
  relabelPatch,
} from './endpoint-manifest.ts'
import type { LoadStep } from './load-step.ts'
import { type LoadSize, loadSteps } from './load-steps.ts'

interface Parts {
  client: KubeClient
  resource: Resource
  names: EndpointLoadNames
  /** Of requests that make objects: they end when the run does. */
  lateSignal: AbortSignal
}

/** CiliumEndpoints without pods: made, given other identities, churned, deleted. */
export function endpointSteps(size: LoadSize, { client, resource, names, lateSignal: signal }: Parts): LoadStep[] {
  const path = collectionPath(resource, names.namespace)
  const groups = groupCount(size.count)
  return loadSteps(size, {
    async create(index, round) {
      await client.request({ method: 'POST', path, body: endpointManifest(names, index, groups, round), signal })
    },
    async update(index) {
      const object = `${path}/${endpointName(index, groups)}`
      await client.patch(object, relabelPatch(names, index, groups), { signal })
    },
    remove: (index, round) => deleteIfThere(client, `${path}/${endpointName(index, groups, round)}`, signal),
    updatesAreSeen: true,
  })
}
