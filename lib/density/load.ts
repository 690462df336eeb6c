import type { KubeClient } from '../kube/client.ts'
import type { Permission } from '../kube/preflight.ts'
import type { JobDetail } from '../record/details/density-details.ts'
import type { Pace } from '../run/pacer.ts'
import type { Resource } from '../run/resource.ts'
import type { PodSpec } from './phases/pod-specs.ts'

/** One request of the load. */
export interface Operation {
  method: 'POST' | 'GET' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  query?: Readonly<Record<string, string | undefined>>
  body?: string
  contentType?: string
  /** The pod that it creates: followed from the moment the request is sent. */
  pod?: { namespace: string; name: string }
  /** Pods that controllers make of it, e.g. a Deployment's replicas; negative when it takes some away. */
  controlledPods?: number
  /** Its status says how many pods come of it, as soon as its controller has looked at it. */
  isDaemonSet?: boolean
}

/** What a phase does next. All but operations let everything that is under way end first. */
export type Step =
  | Operation
  | { wait: 'pods' }
  /** What is made in between takes the place of something else. */
  | { churn: 'begins' | 'ends' }
  | Departure
  | { pauseMs: number }
  | { until: (signal: AbortSignal) => Promise<void> }

/** Pods that go because the load wants it, by requests that are not operations of its own. */
export interface Departure {
  /** API paths of what is deleted: pods, objects that own pods, whole namespaces. */
  departing: readonly string[]
  /** How many pods of those that were waited for. */
  count: number
}

/** Part of a load that is paced and measured by itself. */
export interface LoadPhase {
  /** `create`, `scale`, `update` …; the wait for the pods that come of it is a phase of its own. */
  name: string
  /** How many operations there are; undefined where only the cluster knows. */
  count: number | undefined
  /** @param connect for steps that depend on what is in the cluster */
  steps: (connect: () => Promise<KubeClient>, signal: AbortSignal) => Iterable<Step> | AsyncIterable<Step>
  pace: Pace
  /** Limit of each wait for its pods, where that is below the run's limit of a phase. */
  waitTimeoutMs?: number
  /** What its pauses take at least, beside the time that its pace takes. */
  pausesMs?: number
  /** Wait at the end until every pod is as far as the run wants it. */
  waitsForPods: boolean
  /** Looks, once the pods are there, whether all is as it should be. Throws when it is not. */
  verify?: (client: KubeClient, signal: AbortSignal) => Promise<void>
  /** Wait then also until those that are too many are on their way out. */
  shrinks?: boolean
  /** The job of a kube-burner configuration that it does, with what its documents say of the job. */
  job?: Pick<JobDetail, 'name' | 'config'>
}

/** What a phase takes at least: its requests at their rate, on average where they come at random, and its pauses. */
export function leastDurationMs({ count = 0, pace: { perSecond, burst }, pausesMs = 0 }: LoadPhase): number {
  return pausesMs + (perSecond === 0 ? 0 : (Math.max(0, count - burst) * 1000) / perSecond)
}

/** The phase in which the pods of another one are waited for. */
export function waitPhaseName(name: string, waitFor: 'ready' | 'scheduled'): string {
  return name === 'create' ? waitFor : `${name} ${waitFor}`
}

export interface Load {
  phases: readonly LoadPhase[]
  /** Every kind of object that the load makes, those that own pods first: what clean-up has to remove. */
  resources: readonly Resource[]
  /** What it does beside making and removing them, where its phases do not say so by their names. */
  permissions?: readonly Permission[]
  /** How many pods there are to be in the end. */
  pods: number
  /** The images of its pods: what a preload pulls. */
  images: readonly string[]
  /** Of the pods that a user's files make, one of each kind; absent where the pods are those of a built-in load. */
  podSpecs?: readonly PodSpec[]
  /** Labels and annotations of its namespaces, where it wants some. */
  namespaceMetadata?: (namespace: string) => NamespaceMetadata
  /** Only nodes with these labels need the images. */
  preloadSelector?: Readonly<Record<string, string>>
  /** Value of the label kube-burner.io/uuid, where its objects have one. */
  uuid?: string
}

export interface NamespaceMetadata {
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
}
