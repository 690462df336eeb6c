import type { Permission } from '../kube/preflight.ts'

/** Without these there is nothing to say. */
export const NEEDED: readonly Permission[] = [
  { verb: 'list', resource: 'nodes' },
  { verb: 'list', resource: 'pods' },
]

/** What filling a node takes beside them. */
export const NEEDED_TO_VERIFY: readonly Permission[] = [
  ...NEEDED,
  { verb: 'create', resource: 'namespaces' },
  { verb: 'patch', resource: 'namespaces' },
  { verb: 'delete', resource: 'namespaces' },
  { verb: 'list', resource: 'namespaces' },
  { verb: 'watch', resource: 'namespaces' },
  { verb: 'create', resource: 'pods' },
  { verb: 'watch', resource: 'pods' },
]
