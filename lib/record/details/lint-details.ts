import type { RunRecord } from '../run-record.ts'

/** `details` of the record of `cilium lint`. */
export type LintDetails = {
  /** That the values were held against, as given or found: `1.18.3`. */
  readonly ciliumVersion: string
  /** Who said so: the flag, the cluster, or nobody, and then it is the newest that is known. */
  readonly versionSource: 'flag' | 'cluster' | 'newest'
  /** The chart whose keys are known for that version: `1.18.11`. */
  readonly chartRelease: string
  readonly files: readonly string[]
  /** In all files, those of maps too. */
  readonly keys: number
  readonly problems: readonly LintProblem[]
}

export interface LintProblem {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From the top of the values: `bpf.natMapMax`. */
  readonly path: string
  readonly severity: 'error' | 'warning'
  readonly code: string
  readonly message: string
  readonly advice?: string
}

/** Of a record of `cilium lint`; undefined where it is of another kind. */
export function lintDetailsOf({ kind, details }: Pick<RunRecord, 'kind' | 'details'>): LintDetails | undefined {
  return kind === 'cilium-lint' && Array.isArray(details.problems) ? (details as LintDetails) : undefined
}
