import type { Pace } from '../../run/pacer.ts'
import { collectionPath, DEPLOYMENTS } from '../../run/resource.ts'
import { namespaceFor, objectName, type RunScope } from '../../run/run-scope.ts'
import { deploymentManifest } from '../../workload/pods/deployment-manifest.ts'
import { manifestText, type PodOptions } from '../../workload/pods/pod-manifest.ts'
import type { Load, LoadPhase, Operation, Step } from '../load.ts'
import { type ChurnPlan, churnPhase } from '../phases/churn.ts'

export interface DeploymentsWorkload {
  iterations: number
  deploymentsPerIteration: number
  replicas: number
  /** A second phase changes all Deployments to so many replicas. */
  scaleTo?: number
  pod: PodOptions
  pace: Pace
  /** Not together with `scaleTo`: the scaled Deployments are those that were created first. */
  churn?: ChurnPlan
}

/** Deployments that become ready, are scaled, and are deleted: each a phase of its own. */
export function deploymentsLoad(scope: RunScope, workload: DeploymentsWorkload): Load {
  const { iterations, deploymentsPerIteration, replicas, scaleTo, pod, pace, churn } = workload
  const count = iterations * deploymentsPerIteration
  const body = manifestText((name) => deploymentManifest(name, replicas, pod))
  const path = (index: number) =>
    collectionPath(DEPLOYMENTS, namespaceFor(scope, Math.floor(index / deploymentsPerIteration)))
  const nameOf = (index: number, cycle: number) =>
    objectName(scope, `deployment-${index}${cycle === 0 ? '' : `-${cycle}`}`)
  const madeBy = new Map<number, number>()
  const createOne = (index: number, cycle: number): Operation => ({
    method: 'POST',
    path: path(index),
    body: body(nameOf(index, cycle)),
    controlledPods: replicas,
  })
  const removeOne = (index: number, cycle: number): Operation => ({
    method: 'DELETE',
    path: `${path(index)}/${nameOf(index, cycle)}`,
    query: { propagationPolicy: 'Background' },
    controlledPods: -replicas,
  })
  function* create(): Iterable<Step> {
    for (let index = 0; index < count; index += 1) yield createOne(index, 0)
  }
  function* scale(to: number): Iterable<Step> {
    const patch = JSON.stringify({ spec: { replicas: to } })
    for (let index = 0; index < count; index += 1) {
      yield {
        method: 'PATCH',
        path: `${path(index)}/${nameOf(index, madeBy.get(index) ?? 0)}/scale`,
        body: patch,
        contentType: 'application/merge-patch+json',
        controlledPods: to - replicas,
      }
    }
  }
  const phase = (name: string, steps: () => Iterable<Step>): LoadPhase => ({
    name,
    count,
    steps,
    pace,
    waitsForPods: true,
    shrinks: scaleTo !== undefined && scaleTo < replicas && name === 'scale',
  })
  return {
    phases: [
      phase('create', create),
      ...(churn === undefined
        ? []
        : [churnPhase(churn, count, { remove: removeOne, create: createOne }, pace, madeBy)]),
      ...(scaleTo === undefined ? [] : [phase('scale', () => scale(scaleTo))]),
    ],
    resources: [DEPLOYMENTS],
    pods: count * Math.max(replicas, scaleTo ?? 0),
    images: [pod.image],
  }
}
