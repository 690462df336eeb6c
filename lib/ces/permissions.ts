import { type Permission, permit } from '../kube/preflight.ts'
import type { CesPlan } from './ces-plan.ts'
import { CEP_RESOURCE, CILIUM_GROUP } from './kinds.ts'

/** What helps who has not the rights. */
export const RIGHTS = 'apply docs/rbac/ces-compare.yaml'

/** What a load must be allowed to do beside listing and watching the two kinds. */
export function loadPermissions({ work }: Pick<CesPlan, 'work'>): Permission[] {
  if (work.kind === 'observe') return []
  const endpoints = { resource: CEP_RESOURCE, group: CILIUM_GROUP }
  const changes = ['create', ...(work.size.updates > 0 ? ['patch'] : [])]
  const removal = work.keep && work.size.churned === 0 ? [] : ['delete']
  return [
    ...permit(['list', 'watch'], endpoints),
    ...permit(['create', 'patch', ...(work.keep ? [] : ['delete', 'list', 'watch'])], { resource: 'namespaces' }),
    ...(work.of.kind === 'pods'
      ? permit([...changes, ...removal, 'list', 'watch'], { resource: 'pods' })
      : [
          ...permit([...changes, ...removal], endpoints),
          ...permit(['list'], { resource: 'ciliumidentities', group: CILIUM_GROUP }),
        ]),
  ]
}
