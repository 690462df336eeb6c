import { PerfError } from '../errors/perf-error.ts'
import { isApiError } from './api-error.ts'
import type { KubeClient } from './client.ts'

/** One thing to be allowed to do. Without a namespace: in all of them, or outside of any. */
export interface Permission {
  verb: string
  /** API group; empty or absent for the core one. */
  group?: string
  /** Plural, e.g. pods. */
  resource: string
  subresource?: string
  namespace?: string
  name?: string
}

/** To be allowed to do all this with objects of one kind. */
export function permit(verbs: readonly string[], where: Omit<Permission, 'verb'>): Permission[] {
  return [...new Set(verbs)].map((verb) => ({ verb, ...where }))
}

/** The permissions that a run needs and does not have. */
export class PermissionError extends PerfError {
  override name = 'PermissionError'
  readonly missing: readonly Permission[]

  constructor(message: string, missing: readonly Permission[], advice: readonly string[]) {
    super(message, { advice })
    this.missing = missing
  }
}

/**
 * Asks the API server about all of them at once (SelfSubjectAccessReview) and gives those it denies, in their order.
 * @throws ApiError when not even asking is allowed
 */
export async function findMissingPermissions(
  client: KubeClient,
  permissions: readonly Permission[],
  signal?: AbortSignal,
): Promise<Permission[]> {
  const allowed = await Promise.all(permissions.map((permission) => isAllowed(client, permission, signal)))
  return permissions.filter((_, index) => !allowed[index])
}

/**
 * The same as an error that says what is needed, what is missing, and what to do.
 * @param advice what would help, e.g. the file with the roles to apply
 * @throws PermissionError
 */
export async function requirePermissions(
  client: KubeClient,
  permissions: readonly Permission[],
  signal?: AbortSignal,
  advice: readonly string[] = [],
): Promise<void> {
  const missing = await findMissingPermissions(client, permissions, signal)
  const [first] = missing
  if (first === undefined) return
  const user = await whoAmI(client, signal)
  const where = first.namespace === undefined ? '' : ` in namespace "${first.namespace}"`
  throw new PermissionError(
    `error: cannot ${describe(first.verb, first)}${where}: forbidden for user "${user}"`,
    missing,
    [
      `needs:   ${describePermissions(permissions)}`,
      `missing: ${describePermissions(missing)}`,
      ...(advice.length === 0 ? [] : [`try:     ${advice.join(', or ')}`]),
    ],
  )
}

async function isAllowed(
  client: KubeClient,
  permission: Permission,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { verb, group, resource, subresource, namespace, name } = permission
  const review = await client.create<{ status?: { allowed?: boolean } }>(
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb, group, resource, subresource, namespace, name } },
    },
    { signal },
  )
  return review.status?.allowed === true
}

/** The name that the API server knows the user by, or the kubeconfig's where the server is too old to tell (before 1.28). */
async function whoAmI(client: KubeClient, signal: AbortSignal | undefined): Promise<string> {
  try {
    const review = await client.create<{ status?: { userInfo?: { username?: string } } }>(
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      { signal },
    )
    return review.status?.userInfo?.username ?? client.userName
  } catch (error) {
    if (isApiError(error)) return client.userName
    throw error
  }
}

function describe(verb: string, { group, resource, subresource, name }: Permission): string {
  const full = `${resource}${group ? `.${group}` : ''}${subresource ? `/${subresource}` : ''}`
  return `${verb} ${full}${name ? ` "${name}"` : ''}`
}

/** One entry for each resource and place: `create,list pods in x, create namespaces`. */
export function describePermissions(permissions: readonly Permission[]): string {
  const verbs = new Map<string, string[]>()
  for (const permission of permissions) {
    const { namespace } = permission
    const rest = `${describe('', permission)}${namespace === undefined ? '' : ` in ${namespace}`}`
    verbs.set(rest, [...(verbs.get(rest) ?? []), permission.verb])
  }
  return [...verbs].map(([rest, list]) => `${[...new Set(list)].join(',')}${rest}`).join(', ')
}
