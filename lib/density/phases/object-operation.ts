import { UsageError } from '../../errors/perf-error.ts'
import { collectionPath, type Resource } from '../../run/resource.ts'
import type { RunScope } from '../../run/run-scope.ts'
import type { Operation } from '../load.ts'
import { containersOf, podSpecsOf } from './pod-specs.ts'

/** An object from a template or a file: what is read of it, everything else stays as it is. */
export interface ManifestObject {
  apiVersion: string
  kind: string
  metadata: { name?: string; generateName?: string; namespace?: string; labels?: Readonly<Record<string, string>> }
  spec?: Readonly<Record<string, unknown>>
}

interface Place {
  resource: Resource
  /** Where it goes, unless it belongs to no namespace. */
  namespace: string
  /** Added to its labels and to those of the pods that it makes. */
  labels: Readonly<Record<string, string>>
}

/**
 * Clean-up looks for the kinds that were known when the run began; of others it takes only what goes with the run's own
 * namespaces.
 * @throws UsageError for an object of a kind that came up later, and would stay
 */
export function refuseUnknownKind(
  scope: RunScope,
  { kind }: ManifestObject,
  { namespaced }: Resource,
  fileName: string,
): void {
  if (namespaced && scope.kind === 'own-namespaces') return
  throw new UsageError(`${fileName}: a ${kind}, of which there is none in the first iteration`, {
    advice: ['give each template the same kinds every time'],
  })
}

/** Controllers that make as many pods as they have replicas. */
const REPLICATED = new Set(['Deployment', 'ReplicaSet', 'ReplicationController', 'StatefulSet'])

/**
 * The request that creates an object: with the labels of the run on it and on its pods, so that both are followed and
 * removed.
 * @throws UsageError for an object that names another namespace than the one it is to go to
 */
export function createOperation(manifest: ManifestObject, { resource, namespace, labels }: Place): Operation {
  const { kind, metadata } = manifest
  if (resource.namespaced && metadata.namespace !== undefined && metadata.namespace !== namespace) {
    throw new UsageError(
      `${kind} "${metadata.name}" names the namespace "${metadata.namespace}", but the load creates it in "${namespace}"`,
      { advice: ['leave metadata.namespace out, or write {{.Namespace}}'] },
    )
  }
  const labelled = labelObject(manifest, labels)
  return {
    method: 'POST',
    path: collectionPath(resource, resource.namespaced ? namespace : undefined),
    body: JSON.stringify(labelled),
    ...podsOf(labelled, namespace),
  }
}

function labelObject(manifest: ManifestObject, labels: Readonly<Record<string, string>>): ManifestObject {
  const metadata = { ...manifest.metadata, labels: { ...manifest.metadata.labels, ...labels } }
  const { spec } = manifest
  return spec === undefined ? { ...manifest, metadata } : { ...manifest, metadata, spec: labelTemplates(spec, labels) }
}

// Pods are made from spec.template, those of a CronJob from spec.jobTemplate.spec.template.
function labelTemplates(
  spec: Readonly<Record<string, unknown>>,
  labels: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const changed: Record<string, unknown> = { ...spec }
  const { template, jobTemplate } = spec as { template?: PodTemplate; jobTemplate?: { spec?: Record<string, unknown> } }
  if (template?.spec !== undefined) {
    const metadata = { ...template.metadata, labels: { ...template.metadata?.labels, ...labels } }
    changed.template = { ...template, metadata }
  }
  if (jobTemplate?.spec !== undefined) {
    changed.jobTemplate = { ...jobTemplate, spec: labelTemplates(jobTemplate.spec, labels) }
  }
  return changed
}

interface PodTemplate {
  metadata?: { labels?: Readonly<Record<string, string>> }
  spec?: object
}

type PodsOfOperation = Pick<Operation, 'pod' | 'controlledPods' | 'isDaemonSet'>

function podsOf({ kind, metadata, spec }: ManifestObject, namespace: string): PodsOfOperation {
  if (kind === 'Pod') {
    // The API server chooses the name of one with generateName.
    return metadata.name === undefined ? { controlledPods: 1 } : { pod: { namespace, name: metadata.name } }
  }
  if (REPLICATED.has(kind)) return { controlledPods: typeof spec?.replicas === 'number' ? spec.replicas : 1 }
  if (kind === 'Job') {
    const parallelism = typeof spec?.parallelism === 'number' ? spec.parallelism : 1
    return {
      controlledPods: typeof spec?.completions === 'number' ? Math.min(parallelism, spec.completions) : parallelism,
    }
  }
  return kind === 'DaemonSet' ? { isDaemonSet: true } : {}
}

/** How many pods an operation brings, as far as it says itself. */
export function podCount({ pod, controlledPods = 0 }: PodsOfOperation): number {
  return controlledPods + (pod === undefined ? 0 : 1)
}

/** How many pods come of an object; of a DaemonSet only the cluster knows. */
export function podsMadeBy(manifest: ManifestObject): number | 'unknown' {
  const pods = podsOf(manifest, '')
  return pods.isDaemonSet === true ? 'unknown' : podCount(pods)
}

/** The images of all containers of the pods that an object makes. */
export function imagesOf(manifest: ManifestObject): string[] {
  const images = podSpecsOf(manifest)
    .flatMap(containersOf)
    .map(({ image }) => image)
  return [...new Set(images.filter((image) => image !== undefined))]
}
