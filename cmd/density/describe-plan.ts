import type { DensityPlan } from '../../lib/density/density-plan.ts'
import type { Load } from '../../lib/density/load.ts'
import { isPrivileged, nodeAccess } from '../../lib/density/phases/pod-specs.ts'
import { counted } from '../../lib/record/counted.ts'
import { scale } from '../../lib/report/scale.ts'
import { concernOfPods } from '../confirm.ts'

/** What a run is about to do: `Creating 2 namespaces with 6 objects, 36 pods at 20.0/s; all removed afterwards.` */
export function describePlan({ scope, load, keep }: Pick<DensityPlan, 'scope' | 'load' | 'keep'>): string {
  const perSecond = load.phases[0]?.pace.perSecond ?? 0
  const speed = perSecond === 0 ? 'as fast as possible' : `at ${scale(perSecond, '1/s')}`
  const access = nodeAccess(load.podSpecs ?? [])
  const reach = access.length === 0 ? '' : ` Its pods reach into their nodes by ${access.join(', ')}.`
  const end = `${keep ? 'all kept' : 'all removed afterwards'}.${reach}`
  if (scope.kind === 'existing-namespace') {
    return `Creating ${describeLoad(load)} in namespace ${scope.namespace} ${speed}; ${end}`
  }
  const { length } = scope.namespaces
  if (length === 0) return `Working on objects that are there already ${speed}.`
  return `Creating ${counted(length, 'namespace')} with ${describeLoad(load)} ${speed}; ${end}`
}

/** Why a load has to be confirmed before it begins, if it has to. */
export function concernOfLoad({ pods, podSpecs = [] }: Load): string | undefined {
  const concerns = [
    concernOfPods(pods),
    podSpecs.some(isPrivileged) ? 'This creates pods with privileged containers.' : undefined,
  ].filter((concern) => concern !== undefined)
  return concerns.length === 0 ? undefined : concerns.join(' ')
}

function describeLoad({ phases, pods }: Load): string {
  const [first] = phases
  // Every job of a kube-burner configuration may create; of other loads only the first phase does.
  const creating = phases.filter((phase) => phase === first || phase.job !== undefined)
  const objects = creating.reduce((sum, { count = 0 }) => sum + count, 0)
  const parts = [
    ...(objects === pods ? [] : [counted(objects, 'object')]),
    ...(pods === 0 ? [] : [counted(pods, 'pod')]),
  ]
  return parts.join(', ')
}
