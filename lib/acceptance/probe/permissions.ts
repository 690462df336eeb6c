import { type Permission, permit } from '../../kube/preflight.ts'
import type { RunScope } from '../../run/run-scope.ts'
import type { ProbeParameters } from './probe-parameters.ts'

export interface WantedRights {
  resource: string
  group?: string
  verbs: readonly string[]
}

/**
 * What every item with pods needs, with more of its own: in the whole cluster where the run makes its namespace itself. The
 * nodes need not be readable.
 */
export function basePermissions(scope: RunScope, own: readonly WantedRights[]): Permission[] {
  const isGuest = scope.kind === 'existing-namespace'
  const where = isGuest ? { namespace: scope.namespace } : {}
  const removal = isGuest ? ['deletecollection', 'list', 'watch'] : []
  const rights = (verbs: readonly string[], permission: Omit<Permission, 'verb'>): Permission[] =>
    permit(verbs, { ...permission, ...where })
  return [
    ...rights(['create', 'list', 'watch', ...removal], { resource: 'pods' }),
    // A WebSocket begins as GET; newer API servers want to see that the user may create as well.
    ...rights(['create', 'get'], { resource: 'pods', subresource: 'exec' }),
    ...own.flatMap(({ resource, group, verbs }) =>
      rights([...verbs, ...(verbs.includes('create') ? removal : [])], {
        resource,
        ...(group === undefined ? {} : { group }),
      }),
    ),
    ...(isGuest
      ? rights(['create', 'patch', 'delete'], { resource: 'configmaps' })
      : rights(['create', 'patch', 'delete', 'list', 'watch'], { resource: 'namespaces' })),
  ]
}

/** Until all pods of an item are ready, and until they are gone again with their namespace: measured with images in place. */
export function secondsOfPods({ nodes }: Pick<ProbeParameters, 'nodes'>): number {
  return 10 + nodes * 0.2
}
