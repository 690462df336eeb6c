import type { PodObject } from './pod-status.ts'

/**
 * The controller that made a pod, as its path in the API ends: `deployments/web`, `jobs/once`; undefined for a bare pod.
 * A ReplicaSet that a Deployment made stands for the Deployment.
 */
export function podOwner({ metadata: { ownerReferences, labels } }: PodObject): string | undefined {
  const owner = ownerReferences?.find(({ controller }) => controller === true)
  if (owner === undefined) return undefined
  const ofTemplate = `-${labels?.['pod-template-hash']}`
  if (owner.kind === 'ReplicaSet' && owner.name.endsWith(ofTemplate)) {
    return `deployments/${owner.name.slice(0, -ofTemplate.length)}`
  }
  return `${owner.kind.toLowerCase()}s/${owner.name}`
}
