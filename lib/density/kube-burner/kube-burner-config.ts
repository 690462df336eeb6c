import type { MetricName } from '../../record/catalogue/metric-catalogue.ts'
import type { Template } from '../../workload/template/template.ts'
import type { Dict } from '../../workload/template/value.ts'

/** A kube-burner configuration with its defaults in force; what cannot be done has been refused before. */
export interface KubeBurnerConfig {
  fileName: string
  /** kube-burner's timeout for each request. */
  requestTimeoutMs: number
  /** Remove everything at the end; ours does so in any case, unless it is told to keep. */
  gc: boolean
  /** Wait once, behind the last job, for the objects of all jobs; then no job waits by itself. */
  waitWhenFinished: boolean
  jobs: readonly KubeBurnerJob[]
  /** What the file says that is not followed, for the user to know; nothing of it changes the load or what is measured. */
  warnings: readonly string[]
}

export type KubeBurnerJob = CreateJob | DeleteJob | PatchJob | ReadJob

interface JobBase {
  name: string
  /** Of the job in the file. */
  line: number
  iterations: number
  /** Requests per second, as a token bucket of `burst`. */
  qps: number
  burst: number
  /** Limit of each wait. */
  maxWaitTimeoutMs: number
  /** Wait for the objects behind the last iteration. */
  waitWhenFinished: boolean
  iterationDelayMs: number
  /** Pause behind the job, before what was measured is taken. */
  pauseMs: number
  thresholds: readonly LatencyThreshold[]
  /** Remove the job's objects right behind it. */
  gc: boolean
}

export interface CreateJob extends JobBase {
  type: 'create'
  /** Name, or the part before `-<number>`, of the namespaces; empty where no object needs one. */
  namespace: string
  namespacedIterations: boolean
  iterationsPerNamespace: number
  /** Make all namespaces before the first object. */
  preCreateNamespaces: boolean
  namespaceLabels: Readonly<Record<string, string>>
  namespaceAnnotations: Readonly<Record<string, string>>
  /** Wait behind each iteration. */
  podWait: boolean
  /** Count the objects behind the job; `errorOnVerify`: a wrong count is an error. */
  verifyObjects: boolean
  errorOnVerify: boolean
  /** Remove what earlier runs of a job of this name left, before the run. */
  cleanup: boolean
  preload: { periodMs: number; nodeLabels: Readonly<Record<string, string>> } | undefined
  churn: ChurnConfig | undefined
  /** A key that a template names and that is not there is `<no value>` instead of a fault. */
  missingKey: 'zero' | 'error'
  objects: readonly CreateObject[]
}

export interface CreateObject {
  line: number
  template: Template
  replicas: number
  inputVars: Dict
  /** Whether waiting for the job's objects means this one too. */
  wait: boolean
  /** In the first iteration only. */
  runOnce: boolean
  /** In the iterations 0, n, 2n …; its templates then see the iteration divided by n. */
  everyIterations: number
  /** Whether churn takes it. */
  churn: boolean
}

export interface ChurnConfig {
  /** `namespaces`: as many whole namespaces in a row, chosen at random; `objects`: the oldest of each kind. */
  mode: 'namespaces' | 'objects'
  /** Share of them, at least one. */
  percent: number
  /** Ends after so many cycles, or when the duration is over, whichever is first; undefined: no such end. */
  cycles: number | undefined
  durationMs: number | undefined
  /** Pause behind each cycle. */
  delayMs: number
  /** Pause between deleting and creating anew. */
  deleteDelayMs: number
}

/** Objects that exist, of one kind, by their labels in all namespaces. */
export interface SelectedObjects {
  line: number
  apiVersion: string
  kind: string
  labelSelector: Readonly<Record<string, string>>
}

export interface DeleteJob extends JobBase {
  type: 'delete'
  /** Wait until the objects of one entry are gone before the next one. */
  waitForDeletion: boolean
  objects: readonly SelectedObjects[]
}

export interface ReadJob extends JobBase {
  type: 'read'
  objects: readonly SelectedObjects[]
}

export interface PatchJob extends JobBase {
  type: 'patch'
  missingKey: 'zero' | 'error'
  objects: readonly PatchObject[]
}

export interface PatchObject extends SelectedObjects {
  patchType: PatchType
  template: Template
  inputVars: Dict
}

export const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
] as const
export type PatchType = (typeof PATCH_TYPES)[number]

/** On the pods of its job: kube-burner fails when the figure is larger. */
export interface LatencyThreshold {
  line: number
  metric: MetricName
  statistic: 'p50' | 'p95' | 'p99' | 'mean' | 'max'
  limitMs: number
}
