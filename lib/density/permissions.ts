import { type Permission, permit } from '../kube/preflight.ts'
import type { Resource } from '../run/resource.ts'
import { type DensityPlan, madeResources } from './density-plan.ts'

/** What a density run must be allowed to do; in the whole cluster when it makes its namespaces itself. */
export function densityPermissions(plan: Pick<DensityPlan, 'scope' | 'load' | 'preload' | 'keep'>): Permission[] {
  const { scope, load, keep } = plan
  const isGuest = scope.kind === 'existing-namespace'
  const where = isGuest ? { namespace: scope.namespace } : {}
  const allow = (verbs: readonly string[], resource: string, group = '', subresource?: string): Permission[] =>
    permit(verbs, {
      resource,
      ...(group === '' ? {} : { group }),
      ...(subresource === undefined ? {} : { subresource }),
      ...where,
    })
  const beacon = ['create', 'patch', ...(keep ? [] : ['delete'])]
  // The names of a configuration's jobs are its own.
  const phases = load.phases.flatMap(({ name, job }) => (job === undefined ? [name] : []))
  const scales = phases.includes('scale')
  // Where nodes cannot be listed, as with rights in one namespace alone, no image is pulled ahead.
  const created = (resource: Resource) => !isGuest || load.resources.includes(resource)
  const needed = [
    ...allow(['list', 'watch'], 'pods'),
    ...madeResources(plan).flatMap((resource) => {
      const verbs = [...(created(resource) ? ['create'] : []), ...laterVerbs(resource, phases, keep, isGuest)]
      return allow(verbs, resource.resource, resource.group)
    }),
    ...(scales ? allow(['patch'], 'deployments', 'apps', 'scale') : []),
    ...(isGuest ? allow(beacon, 'configmaps') : allow([...beacon, ...(keep ? [] : ['list', 'watch'])], 'namespaces')),
    ...(load.permissions ?? []),
  ]
  return [...new Map(needed.map((permission) => [JSON.stringify(permission), permission])).values()]
}

/** What is done with objects of the run after their creation. */
function laterVerbs({ ownsPods }: Resource, phases: readonly string[], keep: boolean, isGuest: boolean): string[] {
  const ofPhase: Readonly<Record<string, string>> = { list: 'list', update: 'patch', delete: 'delete', churn: 'delete' }
  const removal = keep || !(ownsPods || isGuest) ? [] : ['deletecollection', ...(isGuest ? ['list', 'watch'] : [])]
  return [...new Set([...phases.flatMap((phase) => ofPhase[phase] ?? []), ...removal])]
}
