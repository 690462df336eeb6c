import { type Permission, permit } from '../../kube/preflight.ts'
import type { LoadPlan } from './load-plan.ts'

/** What a load must be allowed to do, in the whole cluster: it makes its namespace itself. */
export function loadPermissions({ keep }: Pick<LoadPlan, 'keep'>): Permission[] {
  return [
    ...permit(['create', 'list', 'watch'], { resource: 'pods' }),
    ...permit(['create', 'get'], { resource: 'pods', subresource: 'exec' }),
    ...permit(['create'], { resource: 'services' }),
    ...permit(['create', 'patch', ...(keep ? [] : ['delete', 'list', 'watch'])], { resource: 'namespaces' }),
  ]
}
