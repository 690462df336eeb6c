/** What this program reads of a pod: the API's own names, all optional as a pod comes into being bit by bit. */
export interface PodObject {
  metadata: {
    name: string
    namespace?: string
    uid?: string
    resourceVersion?: string
    labels?: Readonly<Record<string, string>>
    annotations?: Readonly<Record<string, string>>
    ownerReferences?: readonly { kind: string; name: string; controller?: boolean }[]
    creationTimestamp?: string
    deletionTimestamp?: string
  }
  spec?: {
    nodeName?: string
    containers?: readonly { name: string; image?: string; resources?: { limits?: Readonly<Record<string, string>> } }[]
  }
  status?: {
    phase?: string
    reason?: string
    message?: string
    podIP?: string
    podIPs?: readonly { ip: string }[]
    hostIP?: string
    hostIPs?: readonly { ip: string }[]
    conditions?: readonly PodCondition[]
    initContainerStatuses?: readonly ContainerStatus[]
    containerStatuses?: readonly ContainerStatus[]
  }
}

export interface PodCondition {
  type: string
  status: string
  reason?: string
  message?: string
  lastTransitionTime?: string
}

interface ContainerStatus {
  name: string
  started?: boolean
  /** Set once the image is on the node. */
  imageID?: string
  restartCount?: number
  state?: ContainerState
  /** How it ended before it was started again. */
  lastState?: ContainerState
}

interface ContainerState {
  running?: { startedAt?: string }
  waiting?: { reason?: string; message?: string }
  terminated?: { reason?: string; message?: string; exitCode?: number; startedAt?: string }
}

/** The steps of a pod's way to Ready, in their order. */
export const MILESTONES = ['scheduled', 'sandboxReady', 'initialized', 'started', 'ready'] as const
export type Milestone = (typeof MILESTONES)[number]

const conditionOf: Partial<Record<Milestone, string>> = {
  scheduled: 'PodScheduled',
  sandboxReady: 'PodReadyToStartContainers',
  initialized: 'Initialized',
  ready: 'Ready',
}

/** Has the pod passed the milestone, by its own status? */
export function hasPassed(pod: PodObject, milestone: Milestone): boolean {
  if (milestone === 'scheduled' && pod.spec?.nodeName !== undefined) return true
  const type = conditionOf[milestone]
  if (type !== undefined) return condition(pod, type)?.status === 'True'
  const statuses = pod.status?.containerStatuses ?? []
  return statuses.length > 0 && statuses.every(({ state }) => (state?.running ?? state?.terminated) !== undefined)
}

/**
 * When the server says the milestone was passed, in ms since the epoch: whole seconds of the clock of the component
 * that wrote it. Undefined where the status does not say.
 */
export function serverTime(pod: PodObject, milestone: Milestone): number | undefined {
  const type = conditionOf[milestone]
  if (type !== undefined) {
    const found = condition(pod, type)
    return found?.status === 'True' ? parseTime(found.lastTransitionTime) : undefined
  }
  const times = (pod.status?.containerStatuses ?? []).map(({ state }) =>
    parseTime((state?.running ?? state?.terminated)?.startedAt),
  )
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 || known.length < times.length ? undefined : Math.max(...known)
}

/** When the API server made the pod, in ms since the epoch, to the second. */
export function creationTime(pod: PodObject): number | undefined {
  return parseTime(pod.metadata.creationTimestamp)
}

/** The pod's condition of this type; undefined where the status does not have it yet. */
export function condition(pod: PodObject, type: string): PodCondition | undefined {
  return pod.status?.conditions?.find((candidate) => candidate.type === type)
}

function parseTime(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(time) ? undefined : time
}
