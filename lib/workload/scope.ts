import type { KubeClient } from '../kube/client.ts'
import type { Finding, Phase } from '../record/run-record.ts'
import { cleanUp } from '../run/clean-up.ts'
import type { Resource } from '../run/resource.ts'
import { createBeacon } from '../run/run-beacon.ts'
import { type RunScope, scopeNamespaces } from '../run/run-scope.ts'
import type { Clock } from '../run/server-clock.ts'
import { timedPhase } from '../run/timed-phase.ts'
import { createNamespaces, type MetadataOfNamespace } from './namespaces.ts'

/** What every run that makes objects says of them, whatever it measures. */
export interface ScopePlan {
  scope: RunScope
  keep: boolean
  /** For a namespace to get its service account. */
  timeoutMs: number
  cleanUpTimeoutMs: number
  /** The command line, for whoever finds the objects. */
  command: string
  /** What removes the objects later, if they cannot be removed now. */
  cleanUpCommand: string
}

interface ScopeRun {
  /** Of the run's record. */
  phases: Phase[]
  /** Every kind of object that the run makes. */
  resources: readonly Resource[]
  onProgress: (progress: ScopeProgress) => void
}

export interface ScopeProgress {
  phase: 'namespaces' | 'clean-up'
  of: 'namespaces' | 'objects'
  done: number
  total: number
}

interface MakeOptions extends ScopeRun {
  clock: Clock
  metadataOf?: MetadataOfNamespace | undefined
  signal: AbortSignal
  /** Of the requests that make something; see lateSignal. */
  lateSignal: AbortSignal
}

/**
 * Makes what the objects of a run live in: its namespaces, as a phase, or the beacon in the namespace that is there. A run
 * without namespaces of its own makes nothing.
 * @throws ApiError when it is refused, PerfError when a namespace gets no service account
 */
export async function makeScope(
  client: KubeClient,
  { scope, command, keep, timeoutMs }: ScopePlan,
  { clock, resources, phases, metadataOf, signal, lateSignal, onProgress }: MakeOptions,
): Promise<void> {
  const beacon = { clock, command, keep, resources }
  if (scope.kind === 'existing-namespace') return createBeacon(client, scope, beacon, lateSignal)
  const count = scope.namespaces.length
  if (count === 0) return
  onProgress({ phase: 'namespaces', of: 'namespaces', done: 0, total: count })
  await timedPhase(phases, 'namespaces', async (facts) => {
    await createNamespaces(client, scope, beacon, { metadataOf, signal, lateSignal, timeoutMs })
    facts.count = count
  })
}

/**
 * Removes all that the run made, as a phase: nothing ends it but its own time, since a second signal of the user's leaves
 * the program at once.
 * @returns what is left behind, as findings
 */
export async function removeScope(
  client: KubeClient,
  { scope, cleanUpTimeoutMs, cleanUpCommand }: ScopePlan,
  { resources, phases, onProgress }: ScopeRun,
): Promise<Finding[]> {
  let most = scopeNamespaces(scope).length
  const of = scope.kind === 'existing-namespace' ? 'objects' : 'namespaces'
  onProgress({ phase: 'clean-up', of, done: 0, total: most })
  return timedPhase(phases, 'clean-up', () =>
    cleanUp(client, scope, resources, {
      timeoutMs: cleanUpTimeoutMs,
      signal: new AbortController().signal,
      command: cleanUpCommand,
      onLeft(left) {
        most = Math.max(most, left)
        onProgress({ phase: 'clean-up', of, done: most - left, total: most })
      },
    }),
  )
}
