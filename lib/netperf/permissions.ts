import { type Permission, permit } from '../kube/preflight.ts'
import type { NetperfPlan } from './netperf-plan.ts'

/** What a netperf run must be allowed to do; in the whole cluster when it makes its namespace itself. */
export function netperfPermissions(plan: Pick<NetperfPlan, 'scope' | 'tests' | 'keep'>): Permission[] {
  const { scope, keep } = plan
  const isGuest = scope.kind === 'existing-namespace'
  const where = isGuest ? { namespace: scope.namespace } : {}
  const allow = (verbs: readonly string[], resource: string, subresource?: string): Permission[] =>
    permit(verbs, { resource, ...(subresource === undefined ? {} : { subresource }), ...where })
  const removal = isGuest && !keep ? ['deletecollection'] : []
  const beacon = ['create', 'patch', ...(keep ? [] : ['delete'])]
  return [
    ...allow(['create', 'list', 'watch', ...removal], 'pods'),
    // A WebSocket begins as GET; newer API servers want to see that the user may create as well.
    ...allow(['create', 'get'], 'pods', 'exec'),
    ...(needsServices(plan)
      ? allow(['create', 'get', 'patch', ...removal, ...(isGuest ? ['list', 'watch'] : [])], 'services')
      : []),
    ...(isGuest ? allow(beacon, 'configmaps') : allow([...beacon, ...(keep ? [] : ['list', 'watch'])], 'namespaces')),
  ]
}

/** Does a test go through a Service? */
export function needsServices({ tests }: Pick<NetperfPlan, 'tests'>): boolean {
  return tests.some(({ path }) => path === 'service' || path === 'nodeport' || path === 'loadbalancer')
}
