import { isObject } from '../../record/json.ts'
import type { Manifest } from '../../workload/template/manifests.ts'

/** Which run and which place in it an object comes from, as kube-burner's users select by it. */
export interface ObjectPlace {
  uuid: string
  runId: string
  job: string
  /** Of the object's template in the job, counted over the documents of all of them. */
  index: number
  iteration: number
  /** From 1 on. */
  replica: number
}

// Objects that make pods from a template of theirs; a StatefulSet's selector must name what its pods carry.
const POD_TEMPLATES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  DaemonSet: [['spec', 'template', 'metadata', 'labels']],
  // kube-burner leaves Jobs out, and misses their pods.
  Job: [['spec', 'template', 'metadata', 'labels']],
  CronJob: [['spec', 'jobTemplate', 'spec', 'template', 'metadata', 'labels']],
  ReplicationController: [['spec', 'template', 'metadata', 'labels']],
  Deployment: [['spec', 'template', 'metadata', 'labels']],
  ReplicaSet: [['spec', 'template', 'metadata', 'labels']],
  StatefulSet: [
    ['spec', 'template', 'metadata', 'labels'],
    ['spec', 'selector', 'matchLabels'],
  ],
  VirtualMachine: [['spec', 'template', 'metadata', 'labels']],
}

/** The labels that kube-burner puts on an object. */
export function placeLabels({ uuid, runId, job, index, iteration, replica }: ObjectPlace): Record<string, string> {
  return {
    'kube-burner.io/uuid': uuid,
    'kube-burner.io/runid': runId,
    'kube-burner.io/job': job,
    'kube-burner.io/index': String(index),
    'kube-burner.io/job-iteration': String(iteration),
    'kube-burner.io/replica': String(replica),
    'kube-burner.io/group': '0',
  }
}

/**
 * Puts labels on an object, behind which its own stand, and all of them then on the pods that come of it: measurements
 * find these by the labels. As kube-burner does it, which copies the object's own labels to its pods too.
 */
export function stampLabels(manifest: Manifest, added: Readonly<Record<string, string>>): void {
  const labels = { ...added, ...manifest.metadata.labels }
  manifest.metadata.labels = labels
  for (const path of POD_TEMPLATES[manifest.kind] ?? []) mergeAt(manifest, path, labels)
  if (manifest.kind === 'VirtualMachine') {
    const { spec } = manifest
    const templates = isObject(spec) ? spec.dataVolumeTemplates : undefined
    if (Array.isArray(templates)) {
      for (const template of templates) if (isObject(template)) mergeAt(template, ['metadata', 'labels'], labels)
    }
  }
}

// A path through what is no map stays as it is: the API server will say what is wrong with it.
function mergeAt(
  object: Record<string, unknown>,
  path: readonly string[],
  labels: Readonly<Record<string, string>>,
): void {
  let place = object
  for (const key of path) {
    const next = place[key] ?? {}
    if (!isObject(next)) return
    place[key] = next
    place = next
  }
  Object.assign(place, labels)
}
