import type { Pace } from '../../run/pacer.ts'
import { CONFIG_MAPS, collectionPath, DEPLOYMENTS, type Resource, SECRETS, SERVICES } from '../../run/resource.ts'
import { namespaceFor, objectName, type RunScope } from '../../run/run-scope.ts'
import { deploymentManifest } from '../../workload/pods/deployment-manifest.ts'
import type { PodOptions } from '../../workload/pods/pod-manifest.ts'
import type { Load, Step } from '../load.ts'

export interface ClusterWorkload {
  iterations: number
  replicas: number
  pod: PodOptions
  pace: Pace
}

/** What each iteration makes, in this order: what a team's namespace holds, without anything that needs a provider. */
export const CLUSTER_MIX = { configMaps: 5, secrets: 5, services: 2, deployments: 2 } as const

const DATA_BYTES = 1024

/** A mix of objects in each namespace: ConfigMaps, Secrets, and Deployments with a Service for each. */
export function clusterLoad(scope: RunScope, { iterations, replicas, pod, pace }: ClusterWorkload): Load {
  const { labels } = scope
  const create = (iteration: number, resource: Resource, body: object, controlledPods?: number): Step => ({
    method: 'POST',
    path: collectionPath(resource, namespaceFor(scope, iteration)),
    body: JSON.stringify(body),
    ...(controlledPods === undefined ? {} : { controlledPods }),
  })
  function* steps(): Iterable<Step> {
    for (let iteration = 0; iteration < iterations; iteration += 1) {
      for (let index = 0; index < CLUSTER_MIX.configMaps; index += 1) {
        const metadata = { name: objectName(scope, `configmap-${iteration}-${index}`), labels }
        const data = { data: 'x'.repeat(DATA_BYTES) }
        yield create(iteration, CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data })
      }
      for (let index = 0; index < CLUSTER_MIX.secrets; index += 1) {
        const metadata = { name: objectName(scope, `secret-${iteration}-${index}`), labels }
        const stringData = { data: 'x'.repeat(DATA_BYTES) }
        yield create(iteration, SECRETS, { apiVersion: 'v1', kind: 'Secret', metadata, stringData })
      }
      for (let index = 0; index < CLUSTER_MIX.services; index += 1) {
        const metadata = { name: objectName(scope, `service-${iteration}-${index}`), labels }
        const spec = { selector: { app: objectName(scope, `deployment-${iteration}-${index}`) }, ports: [{ port: 80 }] }
        yield create(iteration, SERVICES, { apiVersion: 'v1', kind: 'Service', metadata, spec })
      }
      for (let index = 0; index < CLUSTER_MIX.deployments; index += 1) {
        const body = deploymentManifest(objectName(scope, `deployment-${iteration}-${index}`), replicas, pod)
        yield create(iteration, DEPLOYMENTS, body, replicas)
      }
    }
  }
  const perIteration = Object.values(CLUSTER_MIX).reduce((sum, count) => sum + count, 0)
  return {
    phases: [{ name: 'create', count: iterations * perIteration, steps, pace, waitsForPods: true }],
    resources: [DEPLOYMENTS, SERVICES, SECRETS, CONFIG_MAPS],
    pods: iterations * CLUSTER_MIX.deployments * replicas,
    images: [pod.image],
  }
}
