import { collectionPath, PODS, type Resource } from '../../run/resource.ts'
import type { Clock } from '../../run/server-clock.ts'
import { watchPods } from '../../workload/pods/pod-watch.ts'
import { makeScope } from '../../workload/scope.ts'
import type { LoadWork } from '../ces-plan.ts'
import type { CesSession } from '../session.ts'
import { groupCount } from './endpoint-manifest.ts'
import { endpointSteps } from './endpoint-steps.ts'
import { findFreeIdentities } from './free-identities.ts'
import type { LoadStep } from './load-step.ts'
import { podSteps } from './pod-steps.ts'

/** What clean-up has to look for. */
export function madeResources({ of }: Pick<LoadWork, 'of'>, endpoints: Resource): Resource[] {
  return of.kind === 'pods' ? [PODS] : [endpoints]
}

export interface PreparedLoad extends AsyncDisposable {
  steps: readonly LoadStep[]
}

/** Makes the namespace of the load and all that its steps need. */
export async function prepareLoad(session: CesSession, work: LoadWork, clock: Clock): Promise<PreparedLoad> {
  const { client, plan, run, host, signal, lateSignal } = session
  const { scope, size, of } = work
  const resource = plan.detection.resources.cep
  const [namespace] = scope.namespaces
  if (namespace === undefined) throw new RangeError('a load needs a namespace')
  // Before anything is made: it may be refused.
  const identities = of.kind === 'pods' ? [] : await findFreeIdentities(client, 2 * groupCount(size.count), signal)
  await makeScope(client, work, {
    clock,
    resources: madeResources(work, resource),
    phases: run.phases,
    signal,
    lateSignal,
    onProgress: ({ phase, done, total }) => host.onProgress({ phase, done, total }),
  })
  if (of.kind === 'endpoints') {
    const [owner] = plan.detection.ciliumNodes ?? []
    const names = { namespace, labels: scope.labels, identities, owner }
    return { steps: endpointSteps(size, { client, resource, names, lateSignal }), async [Symbol.asyncDispose]() {} }
  }
  const pods = await watchPods(client, collectionPath(PODS, namespace), scope.selector, signal)
  const { timeoutMs } = plan
  return {
    steps: podSteps(size, { client, namespace, pod: of.pod, pods, signal, lateSignal, timeoutMs }),
    [Symbol.asyncDispose]: () => pods[Symbol.asyncDispose](),
  }
}
