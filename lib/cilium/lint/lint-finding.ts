import type { Place } from './values/values-document.ts'

/** error: the value does not do what it says. warning: it may not, or will not after the next upgrade. */
export type LintSeverity = 'error' | 'warning'

export interface LintFinding {
  readonly severity: LintSeverity
  /** In upper camel case: `UnknownKey`. */
  readonly code: string
  readonly place: Place
  /** From the top of the values: `bpf.natMapMax`. */
  readonly path: string
  /** What is wrong, and what comes of it. */
  readonly message: string
  /** What to write instead; absent where there is nothing to write. */
  readonly advice?: string
}

/** What checks work with. */
export interface LintTarget {
  /** 18 for Cilium 1.18; one whose chart is known. */
  readonly minor: number
}
