import type { Candidate } from './complete.ts'

// What kubectl reads from `kubectl_complete-perf`: a candidate a line, with its description after a tab, and in the end a
// line with the sum of these (cobra's ShellCompDirective, completions.go).

const NO_SPACE = 2
const NO_FILES = 4
const DIRECTORIES_ONLY = 16
const KEEP_ORDER = 32

/** What the shell does with the candidates. */
export interface Directive {
  /** Adds no space behind the only one. */
  readonly goesOn?: boolean | undefined
  /** Offers names of files as well, or of directories. */
  readonly also?: 'files' | 'directories' | undefined
}

/** The whole answer. Descriptions are one line, whatever they were made of. */
export function renderAnswer(candidates: readonly Candidate[], { goesOn = false, also }: Directive): string {
  const lines = candidates.map(({ value, description }) =>
    description === '' ? value : `${value}\t${description.replace(/\s+/g, ' ')}`,
  )
  const files = also === 'files' ? 0 : also === 'directories' ? DIRECTORIES_ONLY : NO_FILES
  const directive = files + (goesOn ? NO_SPACE : 0) + (candidates.length > 0 ? KEEP_ORDER : 0)
  return `${[...lines, `:${directive}`].join('\n')}\n`
}
