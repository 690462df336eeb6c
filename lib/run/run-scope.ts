import { RUN_LABEL, runLabels, runNamespace, runSelector } from './ownership.ts'

/**
 * What a run may touch: the namespaces that it makes itself, or one that exists, where namespace-scoped rights are
 * enough and only objects with the run's labels are its own.
 */
export type RunScope = ScopeOfNamespaces | ScopeOfExistingNamespace

interface RunIdentity {
  runId: string
  labels: Readonly<Record<string, string>>
  selector: string
}

export interface ScopeOfNamespaces extends RunIdentity {
  kind: 'own-namespaces'
  namespaces: readonly string[]
}

export interface ScopeOfExistingNamespace extends RunIdentity {
  kind: 'existing-namespace'
  namespace: string
}

/**
 * Namespaces that the run makes and names itself: `perf-<id>-0` and so on.
 * @param count may be 0, for a run that makes no objects
 */
export function ownNamespaces(runId: string, count: number): ScopeOfNamespaces {
  return namedNamespaces(
    runId,
    Array.from({ length: count }, (_, index) => runNamespace(runId, index)),
  )
}

/** Namespaces that the run makes under names from a user's file. */
export function namedNamespaces(runId: string, namespaces: readonly string[]): ScopeOfNamespaces {
  return { kind: 'own-namespaces', ...identity(runId), namespaces }
}

/** A namespace that was there before and stays. */
export function existingNamespace(runId: string, namespace: string): ScopeOfExistingNamespace {
  return { kind: 'existing-namespace', ...identity(runId), namespace }
}

/** Where an object with this number goes: round robin over the namespaces of the run. */
export function namespaceFor(scope: RunScope, index: number): string {
  if (scope.kind === 'existing-namespace') return scope.namespace
  const { namespaces } = scope
  const namespace = namespaces[index % namespaces.length]
  if (namespace === undefined) throw new RangeError(`run ${scope.runId} has no namespace`)
  return namespace
}

/** An object's name in the run's own namespaces, or one that no other run has in an existing one. */
export function objectName(scope: RunScope, name: string): string {
  return scope.kind === 'existing-namespace' ? `perf-${scope.runId}-${name}` : name
}

/** All namespaces with objects of the run. */
export function scopeNamespaces(scope: RunScope): readonly string[] {
  return scope.kind === 'existing-namespace' ? [scope.namespace] : scope.namespaces
}

/** The collection of a core resource: of the one namespace, or of the cluster where the run has several namespaces. */
export function scopePath(scope: RunScope, resource: string): string {
  return scope.kind === 'existing-namespace'
    ? `/api/v1/namespaces/${scope.namespace}/${resource}`
    : `/api/v1/${resource}`
}

function identity(runId: string): RunIdentity {
  return { runId, labels: runLabels(runId), selector: runSelector(runId) }
}

/** The run an object belongs to, by its labels. */
export function runIdOf(object: { metadata: { labels?: Readonly<Record<string, string>> } }): string | undefined {
  return object.metadata.labels?.[RUN_LABEL]
}
