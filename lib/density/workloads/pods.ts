import type { Pace } from '../../run/pacer.ts'
import { collectionPath, PODS } from '../../run/resource.ts'
import { namespaceFor, objectName, type RunScope } from '../../run/run-scope.ts'
import { manifestText, type PodOptions, podManifest } from '../../workload/pods/pod-manifest.ts'
import type { Load, Operation, Step } from '../load.ts'
import { type ChurnPlan, churnPhase } from '../phases/churn.ts'

export interface PodsWorkload {
  iterations: number
  podsPerIteration: number
  pod: PodOptions
  pace: Pace
  churn?: ChurnPlan
}

/** Bare pods; an iteration's pods lie in one namespace. */
export function podsLoad(scope: RunScope, { iterations, podsPerIteration, pod, pace, churn }: PodsWorkload): Load {
  const pods = iterations * podsPerIteration
  const body = manifestText((name) => podManifest(name, pod))
  const namespaceOf = (index: number) => namespaceFor(scope, Math.floor(index / podsPerIteration))
  const nameOf = (index: number, cycle: number) =>
    objectName(scope, cycle === 0 ? `pod-${index}` : `pod-${index}-${cycle}`)
  const create = (index: number, cycle: number): Operation => {
    const namespace = namespaceOf(index)
    const name = nameOf(index, cycle)
    return { method: 'POST', path: collectionPath(PODS, namespace), body: body(name), pod: { namespace, name } }
  }
  const remove = (index: number, cycle: number): Operation => ({
    method: 'DELETE',
    path: `${collectionPath(PODS, namespaceOf(index))}/${nameOf(index, cycle)}`,
    controlledPods: -1,
  })
  function* steps(): Iterable<Step> {
    for (let index = 0; index < pods; index += 1) yield create(index, 0)
  }
  return {
    phases: [
      { name: 'create', count: pods, steps, pace, waitsForPods: true },
      ...(churn === undefined ? [] : [churnPhase(churn, pods, { remove, create }, pace)]),
    ],
    resources: [PODS],
    pods,
    images: [pod.image],
  }
}
