import { randomInt } from 'node:crypto'

/** Every object of a run carries these two labels; clean-up selects by them alone. */
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by'
export const MANAGED_BY = 'kubectl-perf'
export const RUN_LABEL = 'kubectl-perf/run'

/** On the ConfigMap that stands for a run in an existing namespace: it goes after all else that carries the two labels. */
export const BEACON_LABEL = 'kubectl-perf/beacon'

/** RFC 3339 time of the last sign of life, on the object that stands for the run (see run-beacon.ts). */
export const HEARTBEAT_ANNOTATION = 'kubectl-perf/heartbeat'
/** The command that made the run, for people who find it later. */
export const COMMAND_ANNOTATION = 'kubectl-perf/command'
/** The kinds of objects that the run makes, as JSON: what clean-up looks for. */
export const RESOURCES_ANNOTATION = 'kubectl-perf/resources'
/** "true" on what --keep left on purpose: `cleanup` removes it only when told to. */
export const KEEP_ANNOTATION = 'kubectl-perf/keep'

const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789'

/** Six characters that are easy to read aloud; 30 bits, so two runs in one cluster do not meet by chance. */
export function newRunId(): string {
  return Array.from({ length: 6 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}

/** Could it be the id of a run? What a user types may be anything. */
export function isRunId(text: string): boolean {
  return /^[a-z0-9]{6}$/.test(text)
}

/** What every object of a run carries. */
export function runLabels(runId: string): Record<string, string> {
  return { [MANAGED_BY_LABEL]: MANAGED_BY, [RUN_LABEL]: runId }
}

/** The label selector that finds all objects of a run, and no others. */
export function runSelector(runId: string): string {
  return `${MANAGED_BY_LABEL}=${MANAGED_BY},${RUN_LABEL}=${runId}`
}

/** The namespace of a run with this number. */
export function runNamespace(runId: string, index: number): string {
  return `perf-${runId}-${index}`
}
