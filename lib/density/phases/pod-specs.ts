import { isObject } from '../../record/json.ts'

/** What is read of the spec of a pod that a user's file makes. */
export interface PodSpec {
  containers: readonly PodContainer[]
  initContainers?: readonly PodContainer[]
  volumes?: readonly { hostPath?: object }[]
  hostNetwork?: boolean
  hostPID?: boolean
  hostIPC?: boolean
  priorityClassName?: string
}

interface PodContainer {
  image?: string
  securityContext?: { privileged?: boolean }
}

/** The specs of the pods that an object makes, wherever it has them: a Pod, a controller, a CronJob, a custom resource. */
export function podSpecsOf({ spec }: { kind: string; spec?: unknown }): PodSpec[] {
  const found: PodSpec[] = []
  const visit = (value: unknown) => {
    if (Array.isArray(value)) value.forEach(visit)
    else if (isObject(value)) {
      if (Array.isArray(value.containers)) found.push(value as unknown as PodSpec)
      Object.values(value).forEach(visit)
    }
  }
  visit(spec)
  return found
}

export function containersOf({ containers, initContainers = [] }: PodSpec): readonly PodContainer[] {
  return [...containers, ...initContainers]
}

/** By what pods reach out of their containers into their nodes, in the Pod API's words. */
const ACCESS: Readonly<Record<string, (pod: PodSpec) => boolean>> = {
  'privileged containers': isPrivileged,
  'hostPath volumes': ({ volumes = [] }) => volumes.some(({ hostPath }) => hostPath !== undefined),
  hostNetwork: ({ hostNetwork }) => hostNetwork === true,
  hostPID: ({ hostPID }) => hostPID === true,
  hostIPC: ({ hostIPC }) => hostIPC === true,
}

export function isPrivileged(pod: PodSpec): boolean {
  return containersOf(pod).some(({ securityContext }) => securityContext?.privileged === true)
}

/** How these pods reach into their nodes, such as `hostPath volumes`. */
export function nodeAccess(pods: readonly PodSpec[]): string[] {
  return Object.keys(ACCESS).filter((access) => pods.some((pod) => ACCESS[access]?.(pod)))
}
